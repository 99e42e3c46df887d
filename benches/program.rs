//! How long does the whole program take, from its start to its end, and how much memory?
//!
//! - `nullcline run models/tornado.toml`, which writes its report, findings, trajectory and figures;
//! - `nullcline analyze` of a random 1000 x 1000 matrix from a .npy file, in turn with NumPy doing eig, the condition of
//!   its eigenvectors and eigvalsh, as a whole process too, with and without the time that Python and NumPy take to start.
//!
//! Wall and CPU time; the memory is the peak of the resident set (Linux).
#![allow(clippy::print_stdout)]

#[path = "beside.rs"]
mod beside;

use beside::{folder, python, spread};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

fn main() {
    let program = Path::new(env!("CARGO_BIN_EXE_nullcline"));
    let size = std::fs::metadata(program).map_or(0, |m| m.len());
    println!("the program is a file of {:.1} MB", size as f64 / 1e6);
    let scratch = tempfile::tempdir().expect("a temporary folder");

    let model = folder().join("../models/tornado.toml");
    let mut run = Command::new(program);
    run.arg("run").arg(&model).arg("-o").arg(scratch.path().join("tornado"));
    report("run models/tornado.toml", &mut (0..21).map(|_| measure(&mut run)).collect::<Vec<_>>());

    let matrix = scratch.path().join("random.npy");
    write_random(&matrix, 1000);
    let mut analyze = Command::new(program);
    analyze.arg("analyze").arg(&matrix).args(["--threads", "1"]);
    let script = folder().join("peers/analyze.py");
    let (mut numpy, mut start) = (python(), python());
    numpy.arg(&script).arg(&matrix);
    start.arg(&script).arg(&matrix).arg("nothing");
    let has_numpy = start.output().is_ok_and(|o| o.status.success());
    let (mut ours, mut theirs, mut starts) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..7 {
        ours.push(measure(&mut analyze));
        if has_numpy {
            theirs.push(measure(&mut numpy));
            starts.push(measure(&mut start));
        }
    }
    let ours = report("analyze a random 1000 x 1000 matrix", &mut ours);
    if has_numpy {
        let theirs = report("    numpy: eig, cond, eigvalsh", &mut theirs);
        let starts = report("    numpy: start alone", &mut starts);
        println!(
            "    ratio of CPU time {:.3}, without the start of Python {:.3}",
            ours / theirs,
            ours / (theirs - starts)
        );
    }
}

/// What a process took.
struct Cost {
    wall: f64,
    cpu: f64,
    megabytes: f64,
}

/// Prints the medians; the median CPU time, or wall time where the system does not tell it.
fn report(what: &str, costs: &mut [Cost]) -> f64 {
    let median = |f: fn(&Cost) -> f64| spread(&mut costs.iter().map(f).collect::<Vec<_>>()).1;
    let (wall, cpu, peak) = (median(|c| c.wall), median(|c| c.cpu), median(|c| c.megabytes));
    println!("{what}: {wall:.0} ms wall, first {:.0}, {cpu:.0} ms CPU, {peak:.1} MB", costs[0].wall);
    if cpu > 0.0 { cpu } else { wall }
}

/// Runs a program to its end. Its peak memory is asked again and again, because the kernel forgets it with the process.
fn measure(command: &mut Command) -> Cost {
    let (before, start) = (children_time(), Instant::now());
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts");
    let status = format!("/proc/{}/status", child.id());
    let mut kilobytes = 0.0;
    let ended = loop {
        if let Some(ended) = child.try_wait().expect("the program can be waited for") {
            break ended;
        }
        if let Some(peak) = std::fs::read_to_string(&status).ok().and_then(|s| peak(&s)) {
            kilobytes = peak;
        }
        std::thread::sleep(Duration::from_micros(500));
    };
    let wall = start.elapsed().as_secs_f64() * 1e3;
    assert!(ended.success(), "{command:?} failed");
    Cost { wall, cpu: children_time() - before, megabytes: kilobytes * 1.024e-3 }
}

fn peak(status: &str) -> Option<f64> {
    status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?.trim().trim_end_matches(" kB").parse().ok()
}

/// Milliseconds of CPU time of all programs that have ended so far, in ticks of 10 ms; 0 where it is not told.
fn children_time() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(") ").next().unwrap_or_default();
    after_name.split(' ').skip(13).take(2).filter_map(|t| t.parse::<f64>().ok()).sum::<f64>() * 10.0
}

/// Writes a matrix of uniform numbers of variance 1/n as NumPy does.
fn write_random(path: &Path, n: usize) {
    let mut state = 1u64;
    let mut uniform = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 11) as f64 / (1u64 << 53) as f64 - 0.5
    };
    let header = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': ({n}, {n}), }}");
    let header = format!("{header:<117}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    (0..n * n).for_each(|_| bytes.extend((uniform() * (12.0 / n as f64).sqrt()).to_le_bytes()));
    let mut file = std::fs::File::create(path).expect("a file in the temporary folder");
    file.write_all(&bytes).expect("room for 8 MB");
}
