//! Ours beside a peer, in turn: machines are noisy, ratios are not.
//!
//! A peer is a Python program in `benches/peers/`. It says `ready` when it is set up, and then, for every line that it
//! reads, does its work once and prints the milliseconds that it took. Where it does not start (no Python, a package that is
//! missing) the benchmark goes on without it.

#![allow(dead_code)]

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

/// A peer that waits for its turn.
pub struct Peer {
    name: String,
    child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Peer {
    /// Starts `benches/peers/SCRIPT ARGUMENTS` on one thread, if it can be started.
    pub fn start(name: &str, script: &str, arguments: &[&str]) -> Option<Self> {
        let mut command = python();
        command.arg(folder().join("peers").join(script)).args(arguments);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
        let (orders, answers) = (child.stdin.take()?, BufReader::new(child.stdout.take()?));
        let mut peer = Self { name: name.into(), child, orders, answers };
        (peer.line()? == "ready").then_some(peer)
    }

    /// The milliseconds of one turn.
    fn turn(&mut self) -> Option<f64> {
        writeln!(self.orders, "go").ok()?;
        self.line()?.parse().ok()
    }

    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        self.answers.read_line(&mut line).ok()?;
        (!line.is_empty()).then(|| line.trim().to_owned())
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Runs ours and the peers in turn so many times; prints minimum, median and the ratio of the medians.
pub fn compare(what: &str, rounds: usize, mut ours: impl FnMut() -> f64, peers: Vec<Option<Peer>>) {
    let mut peers: Vec<(Peer, Vec<f64>)> = peers.into_iter().flatten().map(|p| (p, Vec::new())).collect();
    let mut all = Vec::new();
    ours();
    for _ in 0..rounds {
        all.push(ours());
        for (peer, times) in &mut peers {
            times.extend(peer.turn());
        }
    }
    let (least, middle) = spread(&mut all);
    println!("{what}: {middle:.4} ms (least {least:.4})");
    for (peer, times) in &mut peers {
        if !times.is_empty() {
            let (least, median) = spread(times);
            println!(
                "    {:24} {median:10.4} ms (least {least:.4}), ratio {:.3}",
                peer.name,
                middle / median
            );
        }
    }
}

/// The least and the median.
pub fn spread(x: &mut [f64]) -> (f64, f64) {
    x.sort_by(f64::total_cmp);
    (x[0], x[x.len() / 2])
}

/// Milliseconds of wall time of one run.
pub fn wall<T>(run: impl FnOnce() -> T) -> f64 {
    let start = Instant::now();
    std::hint::black_box(run());
    start.elapsed().as_secs_f64() * 1e3
}

/// Milliseconds of CPU time of one of so many runs in a row, on this thread, as the kernel of Linux counts it in ticks of
/// some milliseconds (hence the repeats); elsewhere wall time.
pub fn cpu<T>(repeats: usize, mut run: impl FnMut() -> T) -> f64 {
    let (start, wall) = (thread_time(), Instant::now());
    for _ in 0..repeats {
        std::hint::black_box(run());
    }
    let all = match (start, thread_time()) {
        (Some(start), Some(end)) => end - start,
        _ => wall.elapsed().as_secs_f64() * 1e3,
    };
    all / repeats as f64
}

fn thread_time() -> Option<f64> {
    let nanoseconds = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    nanoseconds.split(' ').next()?.parse().ok().map(|ns: f64| ns * 1e-6)
}

/// Python on one thread: `NULLCLINE_PYTHON`, or else `python3`.
pub fn python() -> Command {
    let mut command = Command::new(std::env::var("NULLCLINE_PYTHON").unwrap_or_else(|_| "python3".into()));
    for variable in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"] {
        command.env(variable, "1");
    }
    command
}

/// The folder `benches/`.
pub fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../benches"))
}
