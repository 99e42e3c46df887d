//! Fixed points in any dimension: f(x*) = 0, found from many starts, each one certified.
//!
//! ```text
//! many starts ─► damped Newton ─► certificate ─► duplicates merged ─► type, unstable dimensions ─► how many were missed
//!                     ▲                                │
//!                     └── deflation: what is known is divided out, the same starts lead elsewhere
//! ```
//!
//! | part | file |
//! |---|---|
//! | where to start | starts |
//! | damped Newton, many starts in step, each factorization used more than once | newton |
//! | certificate, spectrum, type | point |
//! | paths from an easy system | homotopy |
//! | minima of the speed abs(f) that are not 0 | slow |
//! | an estimate of what was missed | missed |
//!
//! *Merging.* Every certified point comes with a ball that holds a zero; two candidates are one point exactly if their balls
//! overlap. A start is taken to belong to a known point as soon as one Newton step brings it ten times nearer to it.
//!
//! *Singular zeros.* Where f = 0 to rounding and J is singular to rounding, Newton proves nothing: a fold, or one point of a
//! connected set. Such points are listed apart.
//!
//! A map x(k+1) = f(x(k)) is searched as the field f(x) - x with [`super::TimeKind::Map`], and judged by
//! the unit circle.
//!
//! Cost: an LU factorization, 2/3 n^3, for about every second value of f, 15 for a start in a network; for each point found 2 n^3 for the
//! certificate and about 10 n^3 for its eigenvalues. The bits are the same for any number of threads.
//! It fails, by finding less, where the region of the starts misses the points; the estimate of what was missed cannot know that.
//!
//! References: Deuflhard (2004), Newton methods for nonlinear problems; Ortega (1968), The Newton-Kantorovich theorem;
//! Farrell, Birkisson, Funke (2015), Deflation techniques for finding distinct solutions of nonlinear partial differential
//! equations; Sussillo, Barak (2013), Opening the black box; Chao (1984), Nonparametric estimation of the number of classes.
//!
//! ```
//! use dynamics::analyze::{FixedPointSearch, Region, search_fixed_points};
//! use dynamics::field::LinearSystem;
//! use dynamics::linalg::Matrix;
//! use dynamics::simulate::unwatched;
//! let mut system = LinearSystem::new(Matrix::from_rows(&[[-1.0, 0.5], [0.0, -2.0]]));
//! system.g = vec![1.0, 4.0];
//! let search = FixedPointSearch { region: Region::Box(vec![(-5.0, 5.0); 2]), ..FixedPointSearch::default() };
//! let found = search_fixed_points(&system, &[], &search, &unwatched).unwrap();
//! assert_eq!(found.points.len(), 1);
//! assert_eq!((&found.points[0].x[..], found.points[0].unstable), (&[2.0, 2.0][..], 0));
//! ```

mod homotopy;
mod missed;
mod newton;
mod point;
mod settings;
mod slow;
mod starts;

use super::linear::AnalyzeError;
use crate::field::{VectorField, Workspace};
use crate::simulate::Progress;
use homotopy::{Family, passages};
pub use missed::Missed;
use newton::{Arrival, Ended, Limits, Target, descend};
pub use point::{FoundPoint, PointKind};
use point::{Judge, distance, norm};
use rayon::prelude::*;
pub use settings::{FixedPointSearch, Homotopy, Region};
pub use slow::SlowPoint;

/// What was found.
#[derive(Clone, Debug)]
pub struct FixedPointsFound {
    /// Isolated fixed points: the fewest unstable dimensions first, then by their coordinates.
    pub points: Vec<FoundPoint>,
    /// Zeros to rounding where the Jacobian is singular to rounding: folds, or points of a connected set.
    pub singular: Vec<FoundPoint>,
    /// Minima of the speed that are no fixed points, the slowest first.
    pub slow: Vec<SlowPoint>,
    /// Starts that were followed: the given ones, the middle of the region and the scattered ones.
    pub starts: usize,
    /// Those that ended where the speed has a minimum, or where Newton's method made no headway.
    pub stalled: usize,
    /// Those that left the domain in which the field can be evaluated.
    pub failed: usize,
    /// Searches with the known points divided out.
    pub deflated: usize,
    /// How many points were missed, by an estimate.
    pub missed: Missed,
    /// Whether the caller stopped the search: then the lists hold what had been found.
    pub stopped: bool,
}

/// Starts that are followed in step by one thread, at most.
const LANES: usize = 16;
/// Starts between two moments at which the points found are made known to all.
const ROUND: usize = 256;
/// Searches in a round between known points.
const BETWEEN: usize = 64;
/// Searches in a round of deflation.
const DEFLATED: usize = 16;

/// Searches the zeros of the field at time 0, with parameters `p`.
///
/// # Errors
/// When a start or the region does not fit the field, or has an entry that is not finite.
pub fn search_fixed_points(
    field: &dyn VectorField,
    p: &[f64],
    search: &FixedPointSearch,
    progress: Progress<'_>,
) -> Result<FixedPointsFound, AnalyzeError> {
    let (starts, chosen) = starts::starts(field.dimension(), search)?;
    let mut state = Search::new(field, p, search, &starts);
    let whole = (starts.len() + search.between + search.deflated).max(1) as f64;
    let mut done = 0;
    while done < starts.len() && !state.stopped {
        // The first rounds are small, so that the points found early spare the later starts their last steps.
        let round = ROUND.min((4 * LANES).max(done)).min(starts.len() - done);
        state.round(&starts[done..done + round], |k| done + k >= chosen)?;
        done += round;
        state.stopped = progress(done as f64 / whole).is_break();
    }
    state.starts = done;
    // What the next two stages find is not drawn at random: the estimate of what was missed rests on the scattered starts.
    let known = state.points.len();
    let (mut between, mut dry) = (0, 0);
    while dry < 2 && between < search.between && state.points.len() > 1 && !state.stopped {
        let before = state.points.len();
        let round = BETWEEN.min(search.between - between);
        let middles = starts::between(&state.points, search.seed, between, round);
        state.round(&middles, |_| false)?;
        between += round;
        dry = if state.points.len() == before { dry + 1 } else { 0 };
        state.stopped = progress((done + between) as f64 / whole).is_break();
    }
    state.follow(&starts, progress)?;
    while state.deflated < search.deflated.min(starts.len()) && !state.stopped {
        let from = state.deflated;
        let to = (from + DEFLATED).min(starts.len()).min(search.deflated);
        let before = state.points.len();
        state.deflate(&starts[from..to])?;
        state.deflated = to;
        state.stopped = progress((done + search.between + to) as f64 / whole).is_break();
        if state.points.len() == before {
            break;
        }
    }
    state.polish_slow()?;
    Ok(state.finish(known, done.saturating_sub(chosen)))
}

/// A search under way.
struct Search<'a> {
    judge: Judge<'a>,
    limits: Limits,
    settings: &'a FixedPointSearch,
    points: Vec<FoundPoint>,
    singular: Vec<FoundPoint>,
    stalled: Vec<Vec<f64>>,
    slow: Vec<SlowPoint>,
    /// Hits of each point by scattered starts.
    hits: Vec<usize>,
    starts: usize,
    failed: usize,
    deflated: usize,
    stopped: bool,
}

impl<'a> Search<'a> {
    fn new(
        field: &'a dyn VectorField,
        p: &'a [f64],
        settings: &'a FixedPointSearch,
        starts: &[Vec<f64>],
    ) -> Self {
        let reach = starts.iter().map(|x| norm(x)).fold(0.0, f64::max);
        let reach = if reach > 0.0 { 4.0 * reach } else { 4.0 };
        Self {
            judge: Judge {
                field,
                p,
                residual: settings.residual,
                time: settings.time,
                spectra: settings.spectra,
            },
            limits: Limits { iterations: settings.iterations, leaps: settings.leaps, reach },
            settings,
            points: Vec::new(),
            singular: Vec::new(),
            stalled: Vec::new(),
            slow: Vec::new(),
            hits: Vec::new(),
            starts: 0,
            failed: 0,
            deflated: 0,
            stopped: false,
        }
    }

    /// Follows the starts and merges what they find; a hit counts if the start was drawn at random.
    fn round(&mut self, starts: &[Vec<f64>], is_random: impl Fn(usize) -> bool) -> Result<(), AnalyzeError> {
        let known: Vec<&[f64]> = self.points.iter().map(|point| point.x.as_slice()).collect();
        let target =
            Target { field: self.judge.field, p: self.judge.p, known: &known, deflated: &[], length: 1.0 };
        let limits = &self.limits;
        let arrivals: Vec<Arrival> =
            starts.par_chunks(LANES).flat_map_iter(|starts| descend(&target, starts, limits)).collect();
        let counts: Vec<usize> = (0..starts.len()).map(|k| usize::from(is_random(k))).collect();
        self.merge(arrivals, &counts)
    }

    /// Follows paths from easy systems to this one, and searches from where they arrive.
    fn follow(&mut self, starts: &[Vec<f64>], progress: Progress<'_>) -> Result<(), AnalyzeError> {
        let Judge { field, p, .. } = self.judge;
        let reach = self.limits.reach / 4.0;
        let arrived: Vec<Vec<f64>> = match (self.stopped, &self.settings.homotopy) {
            (true, _) | (_, None) => return Ok(()),
            (_, Some(Homotopy::Pull { paths })) => starts[..starts.len().min(*paths)]
                .par_iter()
                .map(|x0| passages(field, p, &Family::Pull { x0 }, x0, reach))
                .collect::<Vec<_>>()
                .concat(),
            (_, Some(Homotopy::Parameter { index, from })) => {
                if *index >= p.len() {
                    let what = "the list of parameters, in which the homotopy looks,";
                    return Err(AnalyzeError::Length { what, found: p.len(), expected: index + 1 });
                }
                let mut q = p.to_vec();
                q[*index] = *from;
                let easy = FixedPointSearch {
                    homotopy: None,
                    spectra: false,
                    slow_points: 0,
                    ..self.settings.clone()
                };
                let found = search_fixed_points(field, &q, &easy, progress)?;
                let family = Family::Parameter { index: *index, from: *from };
                found
                    .points
                    .par_iter()
                    .map(|point| passages(field, p, &family, &point.x, reach))
                    .collect::<Vec<_>>()
                    .concat()
            }
        };
        self.round(&arrived, |_| false)
    }

    /// Follows the starts with the known points divided out.
    fn deflate(&mut self, starts: &[Vec<f64>]) -> Result<(), AnalyzeError> {
        let known: Vec<&[f64]> =
            self.points.iter().chain(&self.singular).map(|point| point.x.as_slice()).collect();
        // Each known point pushes as far as about half-way to its neighbors.
        let n = self.judge.field.dimension() as f64;
        let length = self.limits.reach / 4.0 * (known.len().max(1) as f64).powf(-1.0 / n) / n.sqrt();
        let target =
            Target { field: self.judge.field, p: self.judge.p, known: &[], deflated: &known, length };
        let limits = &self.limits;
        let arrivals: Vec<Arrival> =
            starts.par_chunks(2).flat_map_iter(|starts| descend(&target, starts, limits)).collect();
        // Where a search without its old aims stalls is no place of interest.
        let zeros: Vec<Arrival> = arrivals.into_iter().filter(|a| a.ended == Ended::Zero).collect();
        let counts = vec![0; zeros.len()];
        self.merge(zeros, &counts)
    }

    /// Certifies what is new and counts what is known.
    fn merge(&mut self, arrivals: Vec<Arrival>, counts: &[usize]) -> Result<(), AnalyzeError> {
        // First roughly, so that each new place is certified once; the balls of the certificates decide then.
        let mut places: Vec<(Vec<f64>, usize)> = Vec::new();
        for (arrival, &count) in arrivals.into_iter().zip(counts) {
            match arrival.ended {
                Ended::Known(k) => self.hits[k] += count,
                Ended::Failed => self.failed += 1,
                Ended::Stalled => self.stalled.push(arrival.x),
                Ended::Zero => {
                    let x = arrival.x;
                    if let Some(k) = self.points.iter().position(|known| known.holds(&x)) {
                        self.hits[k] += count;
                        continue;
                    }
                    let reach = 1e-9 * norm(&x).max(1.0);
                    match places.iter_mut().find(|(y, _)| distance(y, &x) <= reach) {
                        Some((_, hits)) => *hits += count,
                        None => places.push((x, count)),
                    }
                }
            }
        }
        let judge = &self.judge;
        let judged: Vec<_> = places
            .into_par_iter()
            .map(|(x, count)| judge.point(&x, &mut Workspace::default()).map(|point| (x, point, count)))
            .collect::<Result<_, AnalyzeError>>()?;
        for (x, point, count) in judged {
            match point {
                None => self.stalled.push(x),
                Some(point) if point.is_isolated() => {
                    match self.points.iter().position(|known| known.overlaps(&point)) {
                        Some(k) => self.hits[k] += count,
                        None => {
                            self.points.push(point);
                            self.hits.push(count);
                        }
                    }
                }
                Some(point) => {
                    let is_known =
                        |known: &FoundPoint| distance(&known.x, &point.x) <= 1e-6 * norm(&point.x).max(1.0);
                    if !self.singular.iter().any(is_known) {
                        self.singular.push(point);
                    }
                }
            }
        }
        Ok(())
    }

    /// Goes to the nearest minimum of the speed from the slowest places at which starts stalled.
    fn polish_slow(&mut self) -> Result<(), AnalyzeError> {
        let picked = slow::pick(&self.judge, &self.stalled, self.settings.slow_points)?;
        let judge = &self.judge;
        let polished: Vec<SlowPoint> = picked
            .par_iter()
            .map(|x| slow::polish(judge, x))
            .collect::<Result<Vec<_>, AnalyzeError>>()?
            .into_iter()
            .flatten()
            .collect();
        let mut zeros = Vec::new();
        for found in polished {
            if judge.may_be_zero(&found.x, &mut Workspace::default())? {
                zeros.push(Arrival { x: found.x, ended: Ended::Zero });
            } else if !slow::is_known(&self.slow, &found) {
                self.slow.push(found);
            }
        }
        let counts = vec![0; zeros.len()];
        self.merge(zeros, &counts)?;
        // A minimum beside a fixed point is that fixed point, seen to rounding.
        let points = &self.points;
        self.slow.retain(|slow| !points.iter().any(|point| point.overlaps_place(&slow.x)));
        self.slow.sort_by(|a, b| a.speed.total_cmp(&b.speed));
        Ok(())
    }

    fn finish(self, known: usize, draws: usize) -> FixedPointsFound {
        let missed = Missed::estimate(&self.hits[..known], self.points.len(), draws);
        let mut points = self.points;
        points.iter_mut().zip(&self.hits).for_each(|(point, &hits)| point.hits = hits);
        let order = |a: &FoundPoint, b: &FoundPoint| {
            let by_coordinates =
                a.x.iter().zip(&b.x).map(|(a, b)| a.total_cmp(b)).find(|order| order.is_ne());
            a.unstable.cmp(&b.unstable).then(by_coordinates.unwrap_or(std::cmp::Ordering::Equal))
        };
        points.sort_by(order);
        FixedPointsFound {
            points,
            singular: self.singular,
            slow: self.slow,
            starts: self.starts,
            stalled: self.stalled.len(),
            failed: self.failed,
            deflated: self.deflated,
            missed,
            stopped: self.stopped,
        }
    }
}

#[cfg(test)]
mod tests;
