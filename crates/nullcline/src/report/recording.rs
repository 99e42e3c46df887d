//! `trajectory.npz`: what was recorded, for NumPy.
//!
//! | key | shape | |
//! |---|---|---|
//! | t | (T,) | recorded times |
//! | x | (T, n) | states, in the order of the model |
//! | NAME | (T,) or (T, k) | the same by population |
//! | ensemble | (k, T, n) | other initial states, where the model asks for them |
//! | spikes_NAME_t | (S,) | times of the spikes of a population, in order |
//! | spikes_NAME_i | (S,) | the unit that fired, from 0 |
//! | events_NAME_t, events_NAME_i | (S,) | the same of other events |
//! | trials_values | (P,) | values of the parameter of the trials |
//! | trials_count | (P, K) | how often each stop came first; the stops are in the order of `trials.stops` in the findings |
//! | trials_mean_time, trials_sd_time | (P, K) | its time; NaN where it never came, or only once |
//! | trials_undecided | (P,) | runs without a stop |
//!
//! Everything is in SI units (in the model's own where it has none). It holds no wall times: equal runs give equal bytes.
//! Where a variable bears the name of an array below it, the variable is the one that is written.

use crate::study::{Study, Trials};
use linalg::Matrix;
use npyz::npz::file_name_from_array_name;
use npyz::{AutoSerialize, WriteOptions, WriterBuilder};
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
    let taken: Vec<&str> = study.groups.iter().map(|g| g.name.as_str()).collect();
    let spikes = study.spikes.iter().map(|s| (format!("spikes_{}", s.population), &s.times));
    let events = study.events.iter().map(|e| (format!("events_{}", e.name), &e.times));
    for (name, times) in spikes.chain(events) {
        let (t, i) = (format!("{name}_t"), format!("{name}_i"));
        if taken.contains(&t.as_str()) || taken.contains(&i.as_str()) {
            continue;
        }
        array(&mut file, &t, &[times.len()], times.iter().map(|(t, _)| *t))?;
        array(&mut file, &i, &[times.len()], times.iter().map(|(_, i)| *i as i64))?;
    }
    if let Some(trials) = study.trials.as_ref().filter(|_| !taken.iter().any(|n| n.starts_with("trials_"))) {
        many_runs(&mut file, trials)?;
    }
    file.finish().map_err(Error::other)?;
    Ok(bytes.into_inner())
}

fn many_runs(file: &mut ZipWriter<&mut Cursor<Vec<u8>>>, trials: &Trials) -> Result<()> {
    let points = &trials.points;
    let stops = points.first().map_or(0, |p| p.stops.len());
    let table = [points.len(), stops];
    let each = || points.iter().flat_map(|p| p.stops.iter().take(stops));
    array(file, "trials_values", &[points.len()], points.iter().map(|p| p.value))?;
    array(file, "trials_count", &table, each().map(|s| s.count as i64))?;
    array(file, "trials_mean_time", &table, each().map(|s| s.mean_time.unwrap_or(f64::NAN)))?;
    array(file, "trials_sd_time", &table, each().map(|s| s.sd_time.unwrap_or(f64::NAN)))?;
    array(file, "trials_undecided", &[points.len()], points.iter().map(|p| p.undecided as i64))
}

fn array<T: AutoSerialize>(
    file: &mut ZipWriter<&mut Cursor<Vec<u8>>>,
    name: &str,
    shape: &[usize],
    values: impl Iterator<Item = T>,
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

    #[test]
    fn spikes_and_trials_are_arrays_too() {
        let mut study = fixture::decision();
        study.spikes = fixture::populations().spikes;
        let bytes = trajectory_npz(&study).expect("it was run").expect("memory does not fail");
        let mut archive = ZipArchive::new(Cursor::new(bytes)).expect("it is an archive");
        let spikes = &study.spikes[0].times;
        let units = NpyFile::new(archive.by_name("spikes_E_i.npy").expect("units")).expect("an array");
        let units: Vec<i64> = units.into_vec().expect("of integers");
        assert!(
            units.iter().zip(spikes).all(|(i, spike)| *i == spike.1 as i64) && units.len() == spikes.len()
        );
        {
            let count = NpyFile::new(archive.by_name("trials_count.npy").expect("counts")).expect("an array");
            assert_eq!(count.shape(), [6, 2]);
        }
        let sd = NpyFile::new(archive.by_name("trials_sd_time.npy").expect("times")).expect("an array");
        let sd: Vec<f64> = sd.into_vec().expect("of numbers");
        assert!(sd[11].is_nan() && sd[10] == 0.15);
        assert!(archive.by_name("events_correct_t.npy").is_ok());
    }
}
