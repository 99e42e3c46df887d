//! Why a nonlinear system does what it does: its fixed points side by side, and what the run makes of them.
//!
//! | the run | and a fixed point that is | is told as |
//! |---|---|---|
//! | oscillates | unstable, inside the orbit, in the plane | a limit cycle around it |
//! | | undecided, inside the orbit | a closed orbit, of which there may be many |
//! | | stable | two things that the start chooses between |
//! | | stable, but beyond a reset | never reached |
//! | comes to rest | near its end | where it rests |

use super::Paragraph;
use super::phrase::{count, long, quantity, state};
use super::readable::is_mixed;
use super::{rests, verdict};
use crate::study::{Course, Cycle, LinearAt, Point, Study};
use dynamics::analyze::{FixedPointVerdict, PlanarType, StabilityVerdict};

/// Variables that have a column of their own in the table of fixed points.
const COLUMNS: usize = 4;
/// Variables that have a row of their own; of more, groups have.
const ROWS: usize = 12;
/// Fixed points beside each other.
const BESIDE: usize = 6;
/// Fixed points one below the other.
const BELOW: usize = 32;

/// What comes before the linearizations are told one by one.
pub(super) fn paragraphs(study: &Study) -> Vec<Paragraph> {
    let mut out = Vec::new();
    if study.linear.is_empty() {
        let none = match study.rests.as_ref().map_or(0, |rests| rests.attractors.len()) {
            0 => "The search found no fixed point. There may be some all the same.",
            _ => "The search found no fixed point that stands alone.",
        };
        out.push(Paragraph::Text(none.into()));
    } else {
        let points = match study.linear.len() {
            1 => "one fixed point".into(),
            k => count(k, "fixed point"),
        };
        out.push(Paragraph::Text(format!(
            "The system is nonlinear; what follows holds near the {points} that the search found."
        )));
        out.push(table(study));
    }
    if let Some(rests) = &study.rests {
        out.extend(rests::paragraphs(study, rests));
    }
    let told = match study.oscillation.as_ref().map(|o| (o.verdict, &o.cycle)) {
        Some((Course::Oscillates, Some(cycle))) => goes_round(study, cycle),
        Some((Course::Rests, _)) => rests(study),
        _ => String::new(),
    };
    let told: Vec<String> = [told].into_iter().filter(|t| !t.is_empty()).chain(beyond(study)).collect();
    if !told.is_empty() {
        out.push(Paragraph::Text(told.join(" ")));
    }
    out
}

/// The state with what is rounding beside its largest value written as 0; where units differ nothing can be compared.
fn cleared(study: &Study, x: &[f64]) -> Vec<f64> {
    let most = if is_mixed(study) { 0.0 } else { x.iter().fold(0.0, |m: f64, v| m.max(v.abs())) };
    x.iter().map(|v| if v.abs() < 1e-13 * most { 0.0 } else { *v }).collect()
}

/// `fixed point 2 (V = -65 mV, n = 0.318)`, or without a number where there is one only.
fn named(study: &Study, k: usize) -> String {
    let number =
        if study.linear.len() > 1 { format!("fixed point {}", k + 1) } else { "the fixed point".into() };
    match point(&study.linear[k]).map(|p| state(study, &p.x)) {
        Some(at) if !at.is_empty() => format!("{number} ({at})"),
        _ => number,
    }
}

fn point(at: &LinearAt) -> Option<&Point> {
    at.point.as_ref()
}

fn stability(at: &LinearAt) -> &'static str {
    if verdict::is_critical(&at.analysis) { verdict::UNDECIDED } else { at.analysis.stability.verdict.name() }
}

fn is_stable(at: &LinearAt) -> bool {
    !verdict::is_critical(&at.analysis)
        && at.analysis.stability.verdict == StabilityVerdict::AsymptoticallyStable
}

fn is_unstable(at: &LinearAt) -> bool {
    !verdict::is_critical(&at.analysis) && at.analysis.stability.verdict == StabilityVerdict::Unstable
}

fn growing(at: &LinearAt) -> usize {
    (0..at.analysis.dimension).filter(|&i| verdict::growth(&at.analysis, i) > 0.0).count()
}

/// Whether a state lies in the box that the cycle fills, with a margin of 5 %.
fn inside(x: &[f64], cycle: &Cycle) -> bool {
    x.iter().zip(cycle.lowest.iter().zip(&cycle.highest)).all(|(x, (low, high))| {
        let margin = 0.05 * (high - low);
        *x >= low - margin && *x <= high + margin
    })
}

fn goes_round(study: &Study, cycle: &Cycle) -> String {
    let within = |k: &usize| point(&study.linear[*k]).is_some_and(|p| inside(&p.x, cycle));
    let all: Vec<usize> = (0..study.linear.len()).collect();
    let planar = study.names.len() == 2;
    let jumps = study.spikes.iter().any(|s| s.resets);
    let mut out = String::new();
    let around = all
        .iter()
        .copied()
        .filter(within)
        .find(|&k| is_unstable(&study.linear[k]) && !is_saddle(&study.linear[k]));
    if let Some(k) = around {
        let at = &study.linear[k];
        if planar && !jumps {
            out += &format!(
                "States leave {}, which is unstable, and yet the run comes back to the same orbit around it: a limit cycle. \
                 In the plane every closed orbit surrounds a fixed point.",
                named(study, k)
            );
        } else if study.linear.len() == 1 {
            out += &format!(
                "The run cannot stay at {}: {} of {} there. It repeats a cycle instead, and if nearby states come to the \
                 same cycle, that is a limit cycle.",
                named(study, k),
                growing(at),
                if growing(at) == 1 {
                    format!("{} modes grows", at.analysis.dimension)
                } else {
                    format!("{} modes grow", at.analysis.dimension)
                }
            );
        }
    } else if let Some(&k) =
        all.iter().filter(|k| within(k)).find(|&&k| verdict::is_critical(&study.linear[k].analysis))
    {
        out += &format!(
            "The orbit surrounds {}, whose linearization does not decide: it may be a limit cycle, or one of many orbits of \
             which the start chooses one.",
            named(study, k)
        );
    }
    let rest = all.iter().copied().filter(|&k| is_stable(&study.linear[k]) && (!jumps || within(&k)));
    if let Some(k) = rest.into_iter().next() {
        let gap = if out.is_empty() { "" } else { " " };
        out += &format!(
            "{gap}But {} is stable as well: whether the system rests there or oscillates is for the start to choose \
             (bistability).",
            named(study, k)
        );
    }
    out
}

/// A fixed point of the flow that attracts, and that resets keep the run from.
fn beyond(study: &Study) -> Option<String> {
    let x = &study.simulation.as_ref()?.trajectory.x;
    if study.spikes.iter().all(|s| s.times.is_empty() || !s.resets) {
        return None;
    }
    let visited = |i: usize, v: f64| {
        let row = x.row(i);
        let (low, high) = (
            row.iter().copied().fold(f64::INFINITY, f64::min),
            row.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        );
        v >= low && v <= high
    };
    let outside = |at: &LinearAt| {
        point(at)
            .is_some_and(|p| p.x.len() == x.rows() && p.x.iter().enumerate().any(|(i, v)| !visited(i, *v)))
    };
    let k = study.linear.iter().position(|at| is_stable(at) && outside(at))?;
    Some(format!(
        "The flow alone would come to rest at {}, but this lies outside of what the run visits: a reset carries the state \
         back before it gets there, again and again.",
        named(study, k)
    ))
}

fn is_saddle(at: &LinearAt) -> bool {
    at.analysis.planar.as_ref().is_some_and(|p| p.kind == PlanarType::Saddle)
}

fn rests(study: &Study) -> String {
    let Some(simulation) = &study.simulation else { return String::new() };
    let x = &simulation.trajectory.x;
    let Some(last) = x.cols().checked_sub(1).map(|k| x.column(k)) else { return String::new() };
    // Each variable is measured by its own range and size, so that units do not matter.
    let size: Vec<f64> = (0..x.rows())
        .map(|i| {
            let row = x.row(i);
            let (low, high) =
                row.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(*v), b.max(*v)));
            (high - low).max(low.abs()).max(high.abs()).max(f64::MIN_POSITIVE)
        })
        .collect();
    let far = |at: &LinearAt| {
        let parts = point(at)?.x.iter().zip(last).zip(&size).map(|((p, x), size)| ((p - x) / size).abs());
        Some(parts.fold(0.0, f64::max))
    };
    let near = (0..study.linear.len()).filter_map(|k| Some((k, far(&study.linear[k])?)));
    let Some((k, _)) = near.min_by(|a, b| a.1.total_cmp(&b.1)).filter(|(_, far)| *far < 0.02) else {
        return String::new();
    };
    let at = &study.linear[k];
    let others = (0..study.linear.len()).filter(|&m| m != k && is_stable(&study.linear[m])).count();
    let others = match others {
        0 => String::new(),
        1 => " Another fixed point is stable, too: the start chooses between them.".into(),
        m => format!(" {m} other fixed points are stable, too: the start chooses between them."),
    };
    if is_unstable(at) {
        return format!(
            "The run rests at {}, which is unstable: it began there, or came along the directions that decay, and any push \
             along the others would end it.{others}",
            named(study, k)
        );
    }
    format!("The run came to rest at {}, which is {}.{others}", named(study, k), stability(at))
}

/// The fixed points: below each other where they have few variables, else beside each other.
fn table(study: &Study) -> Paragraph {
    let known: Vec<(usize, &LinearAt, &Point)> =
        study.linear.iter().enumerate().filter_map(|(k, at)| Some((k, at, point(at)?))).collect();
    let n = study.names.len();
    let kind = |at: &LinearAt, p: &Point| {
        let any = p.kind.map_or("", |kind| kind.name());
        at.analysis.planar.as_ref().map_or(any, |planar| planar.kind.name()).to_string()
    };
    let sure = |p: &Point| sure(p).to_string();
    if n <= COLUMNS {
        let mut head: Vec<String> = vec!["fixed point".into()];
        head.extend((0..n).map(|i| quantity(study, i)));
        head.push("stability".into());
        head.extend((n > 1).then(|| "type".to_string()));
        head.push("how sure".into());
        let row = |(k, at, p): &(usize, &LinearAt, &Point)| {
            let mut row = vec![(k + 1).to_string()];
            row.extend(cleared(study, &p.x).into_iter().map(long));
            row.push(stability(at).into());
            row.extend((n > 1).then(|| kind(at, p)));
            row.push(sure(p));
            row
        };
        return Paragraph::Table { rows: known.iter().take(BELOW).map(row).collect(), head };
    }
    let shown = &known[..known.len().min(BESIDE)];
    let mut head: Vec<String> = vec![String::new()];
    head.extend(shown.iter().map(|(k, ..)| format!("fixed point {}", k + 1)));
    let line = |name: String, cell: &dyn Fn(&LinearAt, &Point) -> String| {
        let cells = shown.iter().map(|(_, at, p)| cell(at, p));
        std::iter::once(name).chain(cells).collect::<Vec<_>>()
    };
    let mut rows: Vec<Vec<String>> = if n <= ROWS {
        (0..n).map(|i| line(quantity(study, i), &|_, p| long(cleared(study, &p.x)[i]))).collect()
    } else {
        let groups = study.groups.iter().take(ROWS);
        groups
            .map(|g| {
                line(group_label(study, g.start, &g.name), &|_, p| spread(&p.x[g.start..g.start + g.len]))
            })
            .collect()
    };
    rows.push(line("stability".into(), &|at, _| stability(at).into()));
    rows.push(line("type".into(), &|at, p| kind(at, p)));
    rows.push(line("growing modes".into(), &|at, _| growing(at).to_string()));
    rows.push(line("how sure".into(), &|_, p| sure(p)));
    Paragraph::Table { head, rows }
}

/// How sure a fixed point is, in a word.
fn sure(p: &Point) -> &'static str {
    match p.verdict {
        FixedPointVerdict::Certified => "certified",
        FixedPointVerdict::Converged => "not certified",
        FixedPointVerdict::Singular => "to rounding",
        FixedPointVerdict::SlowPoint => "slow point",
    }
}

/// The name of a group with the unit of its variables.
pub(super) fn group_label(study: &Study, start: usize, name: &str) -> String {
    match study.units.get(start) {
        Some(unit) if !unit.symbol.is_empty() => format!("{name} ({})", unit.symbol),
        _ => name.into(),
    }
}

/// One value, or the mean of many with the lowest and the highest.
fn spread(x: &[f64]) -> String {
    let (low, high) = x.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(*v), b.max(*v)));
    if high - low <= 1e-9 * high.abs().max(low.abs()) {
        return long(x.first().copied().unwrap_or(0.0));
    }
    format!("mean {} ({} to {})", long(x.iter().sum::<f64>() / x.len() as f64), long(low), long(high))
}

/// What heads the paragraphs on fixed point `k`.
pub(super) fn heading(study: &Study, k: usize) -> String {
    let Some(p) = study.linear.get(k).and_then(point) else { return String::new() };
    let number =
        if study.linear.len() > 1 { format!("Fixed point {}", k + 1) } else { "The fixed point".into() };
    let mut about: Vec<String> = Vec::new();
    let at = state(study, &p.x);
    if !at.is_empty() {
        about.push(at);
    }
    about.push(
        match p.verdict {
            FixedPointVerdict::Certified => "certified by Newton's contraction",
            FixedPointVerdict::Converged => "not certified, for the slopes of the system are not exact",
            FixedPointVerdict::Singular => "one to rounding, with a singular Jacobian",
            FixedPointVerdict::SlowPoint => "a slow point, no fixed point",
        }
        .into(),
    );
    if !is_mixed(study) {
        about.push(format!("residual {}", super::phrase::short(p.residual)));
    }
    format!("{number} ({}).", about.join(", "))
}
