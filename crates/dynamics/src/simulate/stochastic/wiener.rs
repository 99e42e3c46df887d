//! Wiener processes on a grid of time, the same path however fine the grid.
//!
//! The increments over the coarse steps of length dt are numbers of the stream (seed, trial, step); each halving divides an
//! increment by the Brownian bridge,
//!
//! ```text
//! W(t + h/2) - W(t) = (W(t + h) - W(t))/2 + sqrt(h)/2 zeta,   zeta ~ N(0, 1)
//! ```
//!
//! so that a run with half the step sees the same path: the increments of the coarse grid are sums of those of the fine one.
//!
//! ```
//! use dynamics::simulate::Wiener;
//! let (coarse, fine) = (Wiener::new(7, 0, 0.1, 0), Wiener::new(7, 0, 0.1, 1));
//! let increment = |path: &Wiener, step| {
//!     let mut w = [0.0; 2];
//!     path.increments(step, &mut w);
//!     w
//! };
//! let (first, second) = (increment(&fine, 6), increment(&fine, 7));
//! let both = increment(&coarse, 3);
//! assert!((first[1] + second[1] - both[1]).abs() < 1e-15);
//! ```

use crate::random::Stream;

/// What a stream of a trial is for: the low byte of its name, with the levels of halving from `LEVELS` on.
const INITIAL: u64 = 1;
const LEVELS: u64 = 2;
const PIECES: u64 = 254;
const CROSSINGS: u64 = 255;

/// Independent Wiener processes of one trial.
#[derive(Clone, Debug)]
pub struct Wiener {
    /// Increments, then the bridges of each halving.
    levels: Vec<Stream>,
    pieces: Stream,
    crossings: Stream,
    /// The coarse step.
    dt: f64,
}

impl Wiener {
    /// The processes of one trial, on a grid of step dt/2^halvings.
    pub fn new(seed: u64, trial: u64, dt: f64, halvings: u32) -> Self {
        let stream = |purpose: u64| Stream::new(seed, trial << 8 | purpose, 0);
        let bridges = (0..u64::from(halvings)).map(|level| stream(LEVELS + level));
        Self {
            levels: std::iter::once(stream(0)).chain(bridges).collect(),
            pieces: stream(PIECES),
            crossings: stream(CROSSINGS),
            dt,
        }
    }

    /// Writes the increments of all processes over fine step number `step`.
    pub fn increments(&self, step: u64, out: &mut [f64]) {
        let halvings = self.levels.len() - 1;
        let mut stream = self.levels[0].at(step >> halvings);
        let root = self.dt.sqrt();
        out.iter_mut().for_each(|w| *w = root * stream.normal());
        let mut h = self.dt;
        for (level, stream) in self.levels[1..].iter().enumerate() {
            let down = halvings - level - 1;
            let mut stream = stream.at(step >> (down + 1));
            let side = if step >> down & 1 == 0 { 0.5 } else { -0.5 };
            let bridge = side * h.sqrt();
            out.iter_mut().for_each(|w| *w = 0.5 * *w + bridge * stream.normal());
            h *= 0.5;
        }
    }

    /// The numbers that divide step `step` where it is cut.
    pub(super) fn pieces(&self, step: u64) -> Stream {
        self.pieces.at(step)
    }

    /// The numbers that say whether a path has crossed a border within step `step`.
    pub(super) fn crossings(&self, step: u64) -> Stream {
        self.crossings.at(step)
    }
}

/// A stream for the initial state of a trial.
pub fn initial_stream(seed: u64, trial: u64) -> Stream {
    Stream::new(seed, trial << 8 | INITIAL, 0)
}
