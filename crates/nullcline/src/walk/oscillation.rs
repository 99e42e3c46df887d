//! Whether a run came to oscillate, and with which period.
//!
//! ```text
//! maxima t_1 < … < t_m of one variable, one in each cycle        period T = (t_m - t_1)/(m - 1)
//! ```
//!
//! | | |
//! |---|---|
//! | a cycle | from one rise through the middle of the range to the next, with 10 % of the range as hysteresis |
//! | its maximum | the quartic through five recorded values; with the parabola through three it says the error |
//! | oscillates | the last intervals agree to 2 %, the swing neither grows nor shrinks, every variable returns |
//! | comes to rest | in its last tenth no variable moves by more than 0.1 % of its range, and ever less |
//!
//! | a closed orbit | the last state is the first one, to 1e-6 of the range of each variable |
//!
//! Where a single unit spikes, or another event repeats, these are timed instead: they are located and need no interpolation,
//! and at a reset a maximum is a corner. Neither verdict is a proof: a run says nothing of what comes after its end.
//!
//! Cost: a few passes over the record for each variable tried (at most [`TRIED`]). It fails on bursts with several spikes a
//! cycle unless a slower variable has one maximum in each.

use crate::study::{Course, Cycle, Events, Oscillation, Spikes};
use dynamics::simulate::Trajectory;
use linalg::Matrix;

/// Variables that are tried, in the order of the model.
const TRIED: usize = 32;
/// The last intervals that a period is the mean of, at most.
const LAST: usize = 10;
/// Intervals that agree to this part of their mean are a period.
const EVEN: f64 = 0.02;
/// A last tenth that moves less than this part of the whole range is rest.
const STILL: f64 = 1e-3;

/// Moments that were located, with what they are: spikes and events of single units.
pub(super) fn located(spikes: &[Spikes], events: &[Events]) -> Vec<(String, Vec<f64>)> {
    let times = |all: &[(f64, usize)]| all.iter().map(|(t, _)| *t).collect::<Vec<f64>>();
    let single = spikes.iter().filter(|s| s.n == 1);
    let spikes = single.map(|s| (format!("spikes of {}", s.population), times(&s.times)));
    let single = events.iter().filter(|e| e.times.iter().all(|(_, unit)| *unit == 0));
    spikes.chain(single.map(|e| (format!("{} events", e.name), times(&e.times)))).collect()
}

/// What a run came to; `located` are the moments of [`located`].
pub(super) fn oscillation(run: &Trajectory, names: &[String], located: &[(String, Vec<f64>)]) -> Oscillation {
    let (n, count) = (run.x.rows(), run.t.len());
    if n == 0 || count < 20 || !run.x.is_finite() {
        return neither("the record is too short or leaves the finite numbers");
    }
    let mut why = None;
    for (timed, times) in located {
        let marks = times.iter().map(|&t| Mark { t, coarse: t, blunt: 0.0, swing: 1.0 }).collect();
        match judged(run, marks, timed) {
            Ok(cycle) => return oscillates(Cycle { error: None, ..cycle }),
            Err(reason) => why = why.or(reason),
        }
    }
    let mut last: Option<f64> = None;
    for i in 0..n.min(TRIED) {
        let row = run.x.row(i);
        let marks = [0.5, 0.8, 1.0].iter().map(|part| maxima(&run.t, &row, *part));
        let Some(marks) = marks.into_iter().find(|marks| marks.len() > 2) else { continue };
        let longest = marks.windows(2).map(|w| w[1].t - w[0].t).fold(0.0, f64::max);
        last = marks.last().map(|mark| mark.t + 2.0 * longest).into_iter().chain(last).reduce(f64::max);
        let name = names.get(i).map_or("a variable", String::as_str);
        match judged(run, marks, &format!("maxima of {name}")) {
            Ok(cycle) => return oscillates(cycle),
            Err(reason) => why = why.or(reason),
        }
    }
    if let Some(cycle) = closed(run) {
        return oscillates(cycle);
    }
    let quiet = last.is_none_or(|time| time < run.t[count - 1]);
    if quiet && rests(run) {
        return Oscillation { verdict: Course::Rests, reason: String::new(), cycle: None };
    }
    neither(why.as_deref().unwrap_or("the run shows fewer than three cycles, and still moves at its end"))
}

fn neither(reason: &str) -> Oscillation {
    Oscillation { verdict: Course::Neither, reason: reason.into(), cycle: None }
}

fn oscillates(cycle: Cycle) -> Oscillation {
    Oscillation { verdict: Course::Oscillates, reason: String::new(), cycle: Some(cycle) }
}

/// A run that ends where it began, after it was elsewhere.
fn closed(run: &Trajectory) -> Option<Cycle> {
    let count = run.t.len();
    let (from, to) = (run.t[0], run.t[count - 1]);
    let (lowest, highest) = ranges(run, from, to);
    let moves = |i: usize| highest[i] - lowest[i] > 1e-9 * highest[i].abs().max(lowest[i].abs());
    let back = |i: usize| (run.x[(i, count - 1)] - run.x[(i, 0)]).abs() <= 1e-6 * (highest[i] - lowest[i]);
    // At rest from the start it would also end where it began: it must have left at once.
    let left = |i: usize| range(&run.x, i, 0..count / 10) > 1e-3 * (highest[i] - lowest[i]);
    let moving: Vec<usize> = (0..run.x.rows()).filter(|&i| moves(i)).collect();
    let is_closed = moving.iter().all(|&i| back(i)) && moving.iter().any(|&i| left(i));
    is_closed.then(|| Cycle {
        timed: Cycle::RETURN.into(),
        period: to - from,
        spread: 0.0,
        error: None,
        count: 1,
        lowest,
        highest,
    })
}

/// A moment that comes once in each cycle.
#[derive(Clone, Copy, Debug)]
struct Mark {
    t: f64,
    /// The same by a coarser interpolation.
    coarse: f64,
    /// How wrong it may be for a reason that interpolation does not see: at a corner, a sample.
    blunt: f64,
    /// From the lowest to the highest value of its cycle.
    swing: f64,
}

/// The cycle that the last marks bound; `Err` says what forbids it, or nothing where there are too few of them.
fn judged(run: &Trajectory, marks: Vec<Mark>, timed: &str) -> Result<Cycle, Option<String>> {
    let keep = (marks.len() * 2 / 3).clamp(2, LAST);
    let Some(first) = marks.len().checked_sub(keep + 1) else { return Err(None) };
    let marks = &marks[first..];
    let intervals: Vec<f64> = marks.windows(2).map(|w| w[1].t - w[0].t).collect();
    let (shortest, longest) = extent(&intervals);
    let (from, to) = (marks[0], marks[keep]);
    let period = (to.t - from.t) / keep as f64;
    if longest - shortest > EVEN * period {
        return Err(Some(format!("the {timed} come at uneven intervals")));
    }
    if run.t[run.t.len() - 1] - to.t > 1.5 * period {
        return Err(Some(format!("the {timed} stop before the end of the run")));
    }
    let swings: Vec<f64> = marks[..keep].iter().map(|mark| mark.swing).collect();
    let (least, most) = extent(&swings);
    let trend = swings.windows(2).all(|w| w[0] < w[1]) || swings.windows(2).all(|w| w[0] > w[1]);
    if most - least > (if trend { 0.01 } else { 0.05 }) * most {
        let verb = if swings[0] < swings[keep - 1] { "grows" } else { "shrinks" };
        return Err(Some(format!("the swing between the {timed} still {verb}")));
    }
    if !returns(run, to.t, period) {
        return Err(Some(format!("the {timed} come evenly, but not every variable returns with them")));
    }
    let (lowest, highest) = ranges(run, to.t - period, to.t);
    let coarse = (to.coarse - from.coarse) / keep as f64;
    let error = Some((period - coarse).abs() + from.blunt.max(to.blunt) / keep as f64);
    Ok(Cycle { timed: timed.into(), period, spread: longest - shortest, error, count: keep, lowest, highest })
}

/// The maxima of the cycles in the last `part` of a record.
fn maxima(t: &[f64], y: &[f64], part: f64) -> Vec<Mark> {
    let begin = ((1.0 - part) * y.len() as f64) as usize;
    let (low, high) = extent(&y[begin..]);
    let (middle, slack) = ((low + high) / 2.0, 0.1 * (high - low));
    let whole = extent(y);
    // NaN and constants end here, too.
    if !(high - low > 1e-6 * (whole.1 - whole.0) && high - low > 1e-12 * high.abs().max(low.abs())) {
        return Vec::new();
    }
    let mut rises = Vec::new();
    let mut is_low = false;
    for k in begin..y.len() {
        if y[k] < middle - slack {
            is_low = true;
        } else if is_low && y[k] > middle + slack {
            is_low = false;
            rises.push(k);
        }
    }
    // The last cycle is whole if it has fallen again.
    if is_low {
        rises.push(y.len());
    }
    let cycles = rises.windows(2).filter_map(|w| {
        let (from, to) = (w[0], w[1]);
        let top = (from..to).max_by(|&i, &j| y[i].total_cmp(&y[j]))?;
        let low = extent(&y[from..to]).0;
        if !is_smooth(y, top) {
            let blunt = t[(top + 1).min(t.len() - 1)] - t[top.saturating_sub(1)];
            return Some(Mark { t: t[top], coarse: t[top], blunt, swing: y[top] - low });
        }
        let (fine, coarse) = (vertex(t, y, top, 2), vertex(t, y, top, 1));
        Some(Mark { t: fine.0, coarse: coarse.0, blunt: 0.0, swing: fine.1 - low })
    });
    cycles.collect()
}

/// Time and height of the maximum of the polynomial through sample `k` and the `reach` samples on either side, where they are.
fn vertex(t: &[f64], y: &[f64], k: usize, reach: usize) -> (f64, f64) {
    let (t, y) = (&t[k - reach..=k + reach], &y[k - reach..=k + reach]);
    let (mut a, mut b) = (t[reach - 1], t[reach + 1]);
    // Golden section: the maximum of a smooth function is found to half of all digits of the step, which is enough.
    let golden = 0.5 * (5f64.sqrt() - 1.0);
    for _ in 0..45 {
        let (c, d) = (b - golden * (b - a), a + golden * (b - a));
        if interpolated(t, y, c) > interpolated(t, y, d) { b = d } else { a = c }
    }
    let top = (a + b) / 2.0;
    (top, interpolated(t, y, top).max(y[reach]))
}

/// Neville's value at `s` of the polynomial through all points.
fn interpolated(t: &[f64], y: &[f64], s: f64) -> f64 {
    let mut p = y.to_vec();
    for m in 1..t.len() {
        for i in 0..t.len() - m {
            p[i] = ((s - t[i + m]) * p[i] + (t[i] - s) * p[i + 1]) / (t[i] - t[i + m]);
        }
    }
    p[0]
}

/// Whether each variable goes through the last cycle as through the one before it, to 2 % of its range on average.
fn returns(run: &Trajectory, end: f64, period: f64) -> bool {
    let phases = 64;
    let (mut far, mut range) = (vec![0.0; run.x.rows()], ranges(run, end - period, end));
    for k in 0..phases {
        let t = end - period * (f64::from(k) + 0.5) / f64::from(phases);
        for (i, far) in far.iter_mut().enumerate() {
            *far += (value(run, i, t) - value(run, i, t - period)).abs() / f64::from(phases);
        }
    }
    let sizes =
        range.0.iter_mut().zip(&range.1).map(|(low, high)| high - *low + 1e-9 * high.abs().max(low.abs()));
    far.iter().zip(sizes).all(|(far, size)| *far <= EVEN * size)
}

/// The state between two recorded times, on a straight line.
fn value(run: &Trajectory, i: usize, t: f64) -> f64 {
    let k = run.t.partition_point(|u| *u <= t).clamp(1, run.t.len() - 1);
    let f = ((t - run.t[k - 1]) / (run.t[k] - run.t[k - 1])).clamp(0.0, 1.0);
    (1.0 - f) * run.x[(i, k - 1)] + f * run.x[(i, k)]
}

/// The lowest and the highest value of each variable between two times; a smooth extreme is interpolated.
fn ranges(run: &Trajectory, from: f64, to: f64) -> (Vec<f64>, Vec<f64>) {
    let columns = columns(&run.t, from, to);
    let each = (0..run.x.rows()).map(|i| {
        let row = run.x.row(i);
        let top = columns.clone().max_by(|&j, &k| row[j].total_cmp(&row[k])).unwrap_or(0);
        let least = columns.clone().min_by(|&j, &k| row[j].total_cmp(&row[k])).unwrap_or(0);
        let below: Vec<f64> = row.iter().map(|v| -v).collect();
        (-smooth(&run.t, &below, least), smooth(&run.t, &row, top))
    });
    each.unzip()
}

/// The height of a maximum; at a corner, or where none is inside, that of the sample.
fn smooth(t: &[f64], y: &[f64], k: usize) -> f64 {
    if is_smooth(y, k) { vertex(t, y, k, 2).1 } else { y[k] }
}

/// Whether a maximum is round: the curve bends as much beside it, where a reset bends at once and the other way.
fn is_smooth(y: &[f64], k: usize) -> bool {
    let bend = |k: usize| y[k - 1] - 2.0 * y[k] + y[k + 1];
    k >= 2 && k + 2 < y.len() && bend(k) < 0.0 && bend(k - 1) <= 0.1 * bend(k) && bend(k + 1) <= 0.1 * bend(k)
}

fn columns(t: &[f64], from: f64, to: f64) -> std::ops::Range<usize> {
    let begin = t.partition_point(|u| *u < from).min(t.len() - 1);
    begin..t.partition_point(|u| *u <= to).max(begin + 1)
}

/// Whether nothing moves at the end: the last tenth moves little, and less than the tenth before it.
fn rests(run: &Trajectory) -> bool {
    let count = run.t.len();
    let tenth = count / 10;
    let moved = |i: usize, columns: std::ops::Range<usize>| range(&run.x, i, columns);
    (0..run.x.rows()).all(|i| {
        let whole = moved(i, 0..count);
        let size = (0..count).map(|k| run.x[(i, k)].abs()).fold(0.0, f64::max);
        let (late, before) = (moved(i, count - tenth..count), moved(i, count - 2 * tenth..count - tenth));
        late <= 1e-9 * size || late <= 1e-6 * whole || (late <= STILL * whole && late <= 0.7 * before)
    })
}

fn range(x: &Matrix, i: usize, columns: std::ops::Range<usize>) -> f64 {
    let values: Vec<f64> = columns.map(|k| x[(i, k)]).collect();
    let (low, high) = extent(&values);
    high - low
}

fn extent(values: &[f64]) -> (f64, f64) {
    values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(*v), b.max(*v)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use dynamics::simulate::{ErrorEstimate, Verdict};
    use std::f64::consts::TAU;

    fn run(h: f64, count: usize, x: impl Fn(f64) -> Vec<f64>) -> Trajectory {
        let t: Vec<f64> = (0..count).map(|k| k as f64 * h).collect();
        let data: Vec<f64> = t.iter().flat_map(|&t| x(t)).collect();
        Trajectory {
            x: Matrix::from_columns(data.len() / count, count, data),
            t,
            method: "exact".into(),
            reason: String::new(),
            steps: 0,
            rejected: 0,
            evaluations: 0,
            verdict: Verdict::Completed,
            error: ErrorEstimate { value: None, reason: String::new() },
        }
    }

    fn judge(run: &Trajectory) -> Oscillation {
        let names: Vec<String> = (0..run.x.rows()).map(|i| format!("x{}", i + 1)).collect();
        oscillation(run, &names, &[])
    }

    #[test]
    fn a_wave_with_harmonics_has_its_period_within_the_error_that_is_said() {
        // Two maxima a cycle in the first variable: the larger is timed. The quartic errs like h^4: 1e-6 of a period here.
        let (period, h) = (6.663_286_859_3, 0.05);
        let found = judge(&run(h, 2000, |t| {
            let w = TAU * t / period;
            vec![w.sin() + 0.4 * (2.0 * w).cos(), w.cos()]
        }));
        let cycle = found.cycle.expect("it oscillates");
        let error = cycle.error.expect("it was interpolated");
        assert!((cycle.period - period).abs() < 1e-5 * period, "{}", cycle.period);
        assert!((cycle.period - period).abs() <= error.max(1e-7), "{} {error}", cycle.period - period);
        assert!(cycle.spread < 1e-3 && cycle.count >= 4, "{cycle:?}");
        assert!((cycle.highest[1] - 1.0).abs() < 1e-6 && (cycle.lowest[1] + 1.0).abs() < 1e-6, "{cycle:?}");
    }

    #[test]
    fn a_damped_wave_comes_to_rest_and_a_slow_one_is_not_yet_there() {
        let damped = |rate: f64| run(0.05, 2000, move |t| vec![(-rate * t).exp() * t.cos()]);
        assert_eq!(judge(&damped(0.2)).verdict, Course::Rests);
        let slow = judge(&damped(0.01));
        assert_eq!((slow.verdict, slow.cycle), (Course::Neither, None));
        assert!(slow.reason.contains("shrinks"), "{}", slow.reason);
    }

    #[test]
    fn a_drift_and_a_wave_of_two_frequencies_are_neither() {
        assert_eq!(judge(&run(0.05, 2000, |t| vec![t])).verdict, Course::Neither);
        let two = judge(&run(0.05, 2000, |t| vec![t.sin() + 0.7 * (t * 2f64.sqrt()).sin()]));
        assert_eq!(two.verdict, Course::Neither, "{two:?}");
        // One variable is periodic, the other comes back every third time only.
        let third = judge(&run(0.05, 2000, |t| vec![t.sin(), (t / 3.0).sin()]));
        let cycle = third.cycle.expect("the slower variable closes the cycle");
        assert!((cycle.period - 3.0 * TAU).abs() < 1e-3 && cycle.timed.ends_with("x2"), "{cycle:?}");
    }

    #[test]
    fn one_turn_of_a_closed_orbit_is_a_period() {
        let found = judge(&run(TAU / 500.0, 501, |t| vec![2.0 * t.cos(), t.sin()]));
        let cycle = found.cycle.expect("it is back");
        assert!((cycle.period - TAU).abs() < 1e-12 && cycle.count == 1, "{cycle:?}");
        assert_eq!(judge(&run(0.9 * TAU / 500.0, 501, |t| vec![2.0 * t.cos(), t.sin()])).cycle, None);
    }

    #[test]
    fn a_fixed_point_is_rest_from_the_start() {
        assert_eq!(judge(&run(0.1, 200, |_| vec![0.3, 0.0])).verdict, Course::Rests);
        assert_eq!(judge(&run(0.1, 200, |t| vec![1.0 - (-t).exp()])).verdict, Course::Rests);
        assert_eq!(judge(&run(0.1, 200, |t| vec![(0.3 * t).exp()])).verdict, Course::Neither);
    }

    #[test]
    fn spikes_are_timed_where_a_reset_makes_corners() {
        let period = 0.7;
        let saw = run(0.013, 1000, |t| vec![(t / period).fract()]);
        let times = (1..19).map(|k| (f64::from(k) * period, 0)).collect();
        let spikes = Spikes {
            population: "cell".into(),
            n: 1,
            times,
            rate: 1.0 / period,
            cv: Some(0.0),
            resets: true,
        };
        let found = oscillation(&saw, &["v".into()], &located(&[spikes], &[]));
        let cycle = found.cycle.expect("it oscillates");
        assert!((cycle.period - period).abs() < 1e-12 && cycle.error.is_none(), "{cycle:?}");
        assert_eq!(cycle.timed, "spikes of cell");
        assert!(cycle.highest[0] <= 1.0, "no overshoot at a corner: {cycle:?}");
        let blunt = judge(&saw).cycle.expect("without its spikes it still oscillates");
        assert!((blunt.period - period).abs() <= blunt.error.expect("by samples"), "{blunt:?}");
    }
}
