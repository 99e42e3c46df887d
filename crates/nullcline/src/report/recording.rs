//! `trajectory.npz`: what was recorded, for NumPy.
//!
//! | key | shape | |
//! |---|---|---|
//! | t | (T,) | recorded times |
//! | x | (T, n) | states, in the order of the model |
//! | NAME | (T,) or (T, k) | the same by population |
//! | ensemble | (k, T, n) | other initial states, where the model asks for them |
//!
//! It holds no wall times: equal runs give equal bytes.

use crate::study::Study;
use linalg::Matrix;
use npyz::WriterBuilder;
use npyz::npz::NpzWriter;
use npyz::zip::DateTime;
use npyz::zip::write::FileOptions;
use std::io::{Cursor, Error, Result};

/// The bytes of the archive; `None` without a simulation.
///
/// # Errors
/// Never in practice: the archive is written to memory.
pub fn trajectory_npz(study: &Study) -> Option<Result<Vec<u8>>> {
    let run = &study.simulation.as_ref()?.trajectory;
    Some(archive(study, &run.t, &run.x))
}

fn archive(study: &Study, t: &[f64], x: &Matrix) -> Result<Vec<u8>> {
    let mut bytes = Cursor::new(Vec::new());
    let mut file = NpzWriter::new(&mut bytes);
    let (n, times) = (x.rows(), t.len());
    array(&mut file, "t", &[times], t.iter().copied())?;
    array(&mut file, "x", &[times, n], x.as_slice().iter().copied())?;
    for group in &study.groups {
        if group.name == "t" || group.name == "x" || group.name == "ensemble" {
            continue;
        }
        let shape = if group.scalar { vec![times] } else { vec![times, group.len] };
        let rows = group.start..group.start + group.len;
        array(
            &mut file,
            &group.name,
            &shape,
            (0..times).flat_map(|k| x.column(k)[rows.clone()].iter().copied()),
        )?;
    }
    if !study.ensemble.is_empty() {
        let shape = [study.ensemble.len(), times, n];
        array(
            &mut file,
            "ensemble",
            &shape,
            study.ensemble.iter().flat_map(|x| x.as_slice().iter().copied()),
        )?;
    }
    drop(file);
    Ok(bytes.into_inner())
}

fn array(
    file: &mut NpzWriter<&mut Cursor<Vec<u8>>>,
    name: &str,
    shape: &[usize],
    values: impl Iterator<Item = f64>,
) -> Result<()> {
    let large = shape.iter().product::<usize>() >= (u32::MAX / 8) as usize;
    let shape: Vec<u64> = shape.iter().map(|n| *n as u64).collect();
    // By default an archive bears the time of its writing: equal runs would differ.
    let options = FileOptions::default().last_modified_time(DateTime::default()).large_file(large);
    let mut writer =
        file.array(name, options).map_err(Error::other)?.default_dtype().shape(&shape).begin_nd()?;
    writer.extend(values)?;
    writer.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;
    use npyz::zip::ZipArchive;

    #[test]
    fn the_archive_bears_no_time_of_its_writing() {
        let bytes = trajectory_npz(&fixture::tornado()).unwrap().unwrap();
        let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
        for i in 0..archive.len() {
            assert_eq!(archive.by_index(i).unwrap().last_modified().year(), 1980);
        }
    }
}
