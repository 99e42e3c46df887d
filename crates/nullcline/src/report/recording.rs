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
use npyz::npz::file_name_from_array_name;
use npyz::{WriteOptions, WriterBuilder};
use std::io::{Cursor, Error, Result};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

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
    let mut file = ZipWriter::new(&mut bytes);
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
    file.finish().map_err(Error::other)?;
    Ok(bytes.into_inner())
}

fn array(
    file: &mut ZipWriter<&mut Cursor<Vec<u8>>>,
    name: &str,
    shape: &[usize],
    values: impl Iterator<Item = f64>,
) -> Result<()> {
    let shape: Vec<u64> = shape.iter().map(|n| *n as u64).collect();
    let large = shape.iter().product::<u64>() >= u64::from(u32::MAX / 8);
    // Without the clock of the system an archive bears no time of its writing: equal runs are equal.
    let options = SimpleFileOptions::default().large_file(large);
    file.start_file(file_name_from_array_name(name), options).map_err(Error::other)?;
    let mut writer = WriteOptions::new().default_dtype().shape(&shape).writer(file).begin_nd()?;
    writer.extend(values)?;
    writer.finish()
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;
    use npyz::NpyFile;
    use zip::ZipArchive;

    #[test]
    fn an_archive_gives_back_its_numbers_and_carries_no_date() {
        let study = fixture::tornado();
        let run = &study.simulation.as_ref().expect("the fixture was run").trajectory;
        let bytes = trajectory_npz(&study).expect("it was run").expect("memory does not fail");
        let mut archive = ZipArchive::new(Cursor::new(bytes)).expect("it is an archive");
        let file = archive.by_name("x.npy").expect("x is there");
        assert_eq!(file.last_modified().map(|t| t.year()), Some(1980));
        let x = NpyFile::new(file).expect("x is an array");
        assert_eq!(x.shape(), [run.t.len() as u64, run.x.rows() as u64]);
        let x: Vec<f64> = x.into_vec().expect("of numbers");
        assert_eq!(x, run.x.as_slice());
    }
}
