//! Branches and bifurcations told: as JSON, in sentences, and as rows of a table.

use super::Paragraph;
use super::number::{number, numbers, optional};
use super::phrase::{Clock, count, digits, list, long, short};
use super::readable::readable;
use crate::study::{Continuation, Group, SecondParameter, Study};
use dynamics::analyze::continuation::{
    BranchEnd, BranchKind, BranchPoint, CurveEnd, CurveSpecial, ParameterCurve, ParameterCurveKind, Special,
    SpecialKind,
};
use serde_json::{Map, Value, json};

/// What `continue --json` prints: `branches` and `specials`, and what they belong to.
pub fn continuation_json(study: &Study) -> Value {
    let mut all = Map::new();
    all.insert("nullcline".into(), env!("CARGO_PKG_VERSION").into());
    all.insert("model".into(), json!({"name": study.name, "sha256": study.sha256, "seed": study.seed}));
    if let Some(found) = &study.continuation {
        all.extend(found_json(study, found));
    }
    Value::Object(all)
}

/// The same as a part of the findings.
pub(super) fn found_json(study: &Study, found: &Continuation) -> Map<String, Value> {
    let size = found.unit.size;
    let mut all = Map::new();
    all.insert(
        "parameter".into(),
        json!({
            "name": found.parameter,
            "unit": found.unit.symbol,
            "from": number(found.span.0 / size),
            "to": number(found.span.1 / size),
        }),
    );
    let diagram = &found.diagram;
    let branches = (0..diagram.branches.len()).map(|k| branch_json(study, found, k));
    all.insert("branches".into(), branches.collect());
    let specials = |list: &[Special]| list.iter().map(|s| special_json(study, s, size)).collect::<Value>();
    all.insert("specials".into(), specials(&diagram.specials));
    all.insert("outside".into(), specials(&diagram.outside));
    if let Some(second) = &found.second {
        all.insert("second".into(), second_json(study, found, second));
    }
    all.insert("notes".into(), diagram.notes.clone().into());
    all
}

fn branch_json(study: &Study, found: &Continuation, k: usize) -> Value {
    let branch = &found.diagram.branches[k];
    let size = found.unit.size;
    let segments = stable_segments(found, k);
    json!({
        "kind": kind_name(branch.kind),
        "stable": segments.iter().map(|(a, b)| numbers(&[a / size, b / size])).collect::<Vec<_>>(),
        "points": branch.points.iter().map(|point| point_json(study, point, size)).collect::<Vec<_>>(),
        "ends": branch.ends.iter().map(|end| end_json(study, found, end)).collect::<Vec<_>>(),
    })
}

fn second_json(study: &Study, found: &Continuation, second: &SecondParameter) -> Value {
    let sizes = [found.unit.size, second.unit.size];
    let pair = |p: [f64; 2]| numbers(&[p[0] / sizes[0], p[1] / sizes[1]]);
    let curve = |curve: &ParameterCurve| {
        let special = |s: &CurveSpecial| {
            json!({
                "kind": s.kind.name(),
                "value": pair(s.p),
                "error": pair(s.error),
                "state": state_json(study, &s.x),
            })
        };
        let ends = curve.ends.iter().map(|end| match end {
            CurveEnd::Border => json!({"why": "border"}),
            CurveEnd::Closed => json!({"why": "closed"}),
            CurveEnd::BogdanovTakens(k) => json!({"why": "bogdanov-takens", "special": k}),
            CurveEnd::Points => json!({"why": "points"}),
            CurveEnd::Failed { residual } => json!({"why": "failed", "residual": number(*residual)}),
        });
        json!({
            "kind": curve_name(curve.kind),
            "points": curve.points.iter().map(|q| pair(q.p)).collect::<Vec<_>>(),
            "specials": curve.specials.iter().map(special).collect::<Vec<_>>(),
            "ends": ends.collect::<Vec<_>>(),
            "notes": curve.notes,
        })
    };
    json!({
        "parameter": {
            "name": second.parameter,
            "unit": second.unit.symbol,
            "from": number(second.span.0 / sizes[1]),
            "to": number(second.span.1 / sizes[1]),
        },
        "curves": second.curves.iter().map(curve).collect::<Vec<_>>(),
    })
}

fn curve_name(kind: ParameterCurveKind) -> &'static str {
    match kind {
        ParameterCurveKind::Fold => "fold",
        ParameterCurveKind::Hopf => "hopf",
    }
}

/// What was found over two parameters.
fn second_paragraphs(found: &Continuation, second: &SecondParameter) -> Vec<Paragraph> {
    let of = |kind| second.curves.iter().filter(|c| c.kind == kind).count();
    let mut out = vec![Paragraph::Text(format!(
        "Over {} as well: {} of folds and {} of Hopf points.",
        second.parameter,
        count(of(ParameterCurveKind::Fold), "curve"),
        count(of(ParameterCurveKind::Hopf), "curve"),
    ))];
    let each = second.curves.iter().flat_map(|curve| curve.specials.iter().map(move |s| (curve, s)));
    let rows: Vec<[String; 4]> = each
        .map(|(curve, s)| {
            [
                s.kind.name().to_owned(),
                curve_name(curve.kind).to_owned(),
                digits(s.p[0] / found.unit.size, 10),
                digits(s.p[1] / second.unit.size, 10),
            ]
        })
        .take(ROWS)
        .collect();
    if !rows.is_empty() {
        let (a, b) = (
            with_parentheses(&found.parameter, &found.unit.symbol),
            with_parentheses(&second.parameter, &second.unit.symbol),
        );
        out.push(Paragraph::table(["special point", "on a curve of", a.as_str(), b.as_str()], rows));
    }
    let notes: Vec<String> =
        second.curves.iter().flat_map(|c| &c.notes).map(|n| super::phrase::sentence(n)).collect();
    if !notes.is_empty() {
        out.push(Paragraph::List(notes));
    }
    out
}

fn kind_name(kind: BranchKind) -> &'static str {
    match kind {
        BranchKind::Equilibrium => "equilibrium",
        BranchKind::Cycle => "cycle",
    }
}

/// The parameter at the ends of each run of stable points of a branch, inside the interval.
fn stable_segments(found: &Continuation, k: usize) -> Vec<(f64, f64)> {
    let (low, high) = (found.span.0.min(found.span.1), found.span.0.max(found.span.1));
    let points = &found.diagram.branches[k].points;
    let is_stable = |i: usize| points[i].is_stable == Some(true);
    let mut segments = Vec::new();
    let mut i = 0;
    while i < points.len() {
        let first = i;
        while i < points.len() && is_stable(i) {
            i += 1;
        }
        if i > first {
            let begins = border(found, k, first, first.checked_sub(1));
            let ends = border(found, k, i - 1, Some(i).filter(|i| *i < points.len()));
            let (a, b) = (begins.clamp(low, high), ends.clamp(low, high));
            if (a - b).abs() > SHORT * (high - low) {
                segments.push((a.min(b), a.max(b)));
            }
        }
        i = i.max(first) + usize::from(i == first);
    }
    // Arms that are mirror images are stable over the same stretch.
    let same = |a: f64, b: f64| (a - b).abs() <= SHORT * (high - low);
    segments.dedup_by(|a, b| same(a.0, b.0) && same(a.1, b.1));
    segments
}

/// Shorter stretches, in parts of the interval, are not told apart from a point.
const SHORT: f64 = 1e-9;

/// Where stability changes beside the stable point `i`: at the special point between it and its neighbor, if there is one.
fn border(found: &Continuation, k: usize, i: usize, neighbor: Option<usize>) -> f64 {
    let points = &found.diagram.branches[k].points;
    let here = points[i].p;
    // At an end of the branch the step before is as good a measure.
    let beside = neighbor.or_else(|| if i > 0 { Some(i - 1) } else { (points.len() > 1).then_some(1) });
    let Some(next) = beside else { return here };
    let reach = 3.0 * (points[next].p - here).abs() + 1e-3 * (found.span.1 - found.span.0).abs();
    let ends = found.diagram.branches[k].ends.iter().filter_map(|end| match end {
        BranchEnd::Special(j) => found.diagram.specials.get(*j),
        BranchEnd::Outside(j) => found.diagram.outside.get(*j),
        _ => None,
    });
    // A branch point lies on two branches and is listed with the first.
    let apart = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt();
    let crossed = |s: &Special| {
        s.kind == SpecialKind::BranchPoint
            && apart(&s.x, &points[i].x) <= 1.5 * apart(&points[next].x, &points[i].x)
    };
    let on = found.diagram.specials.iter().filter(|s| s.branch == k || crossed(s));
    let near = on.chain(ends).map(|s| s.p).filter(|p| (p - here).abs() <= reach);
    near.min_by(|a, b| (a - here).abs().total_cmp(&(b - here).abs())).unwrap_or(here)
}

fn point_json(study: &Study, point: &BranchPoint, size: f64) -> Value {
    let pairs = point.spectrum.iter().map(|z| numbers(&[z.re, z.im])).collect::<Vec<_>>();
    let mut all = Map::new();
    all.insert("value".into(), number(point.p / size));
    all.insert("state".into(), state_json(study, &point.x));
    all.insert("stable".into(), point.is_stable.into());
    all.insert("unstable".into(), point.unstable.into());
    match point.period {
        None => {
            all.insert("eigenvalues".into(), pairs.into());
        }
        Some(period) => {
            all.insert("period".into(), number(period));
            all.insert("low".into(), state_json(study, &point.low));
            all.insert("high".into(), state_json(study, &point.high));
            all.insert("multipliers".into(), pairs.into());
        }
    }
    Value::Object(all)
}

fn special_json(study: &Study, special: &Special, size: f64) -> Value {
    json!({
        "kind": special.kind.name(),
        "value": number(special.p / size),
        "error": number(special.error / size),
        "state": state_json(study, &special.x),
        "period": optional(special.period),
        "criticality": special.criticality.map(|c| c.name()),
        "coefficient": optional(special.coefficient),
        "branch": special.branch,
    })
}

fn end_json(study: &Study, found: &Continuation, end: &BranchEnd) -> Value {
    let size = found.unit.size;
    match end {
        BranchEnd::Interval => json!({"why": "interval"}),
        BranchEnd::Box { variable, value } => {
            let name = study.names.get(*variable).cloned().unwrap_or_else(|| variable.to_string());
            json!({"why": "box", "variable": name, "value": number(*value)})
        }
        BranchEnd::Closed => json!({"why": "closed"}),
        BranchEnd::Special(k) => json!({"why": "special", "special": k}),
        BranchEnd::Outside(k) => json!({"why": "special", "outside": k}),
        BranchEnd::GrowingPeriod { p } => json!({"why": "growing period", "value": number(p / size)}),
        BranchEnd::Points => json!({"why": "points"}),
        BranchEnd::Failed { residual } => json!({"why": "failed", "residual": number(*residual)}),
    }
}

/// A state by name.
fn state_json(study: &Study, x: &[f64]) -> Value {
    let part = |group: &Group| match x.get(group.start..group.start + group.len) {
        Some([value]) if group.scalar => number(*value),
        Some(part) => numbers(part),
        None => Value::Null,
    };
    study.groups.iter().map(|group| (group.name.clone(), part(group))).collect::<Map<_, _>>().into()
}

/// The most special points that the table shows.
const ROWS: usize = 40;

/// The whole story of `continue`.
pub fn continuation_story(study: &Study) -> Vec<Paragraph> {
    let mut out = vec![Paragraph::Heading(format!("What it is: {}", study.name))];
    out.push(Paragraph::Formula(study.equation.text.clone()));
    out.extend(paragraphs(&readable(study)));
    out
}

/// What was found, for a study in readable units.
pub(super) fn paragraphs(study: &Study) -> Vec<Paragraph> {
    let Some(found) = &study.continuation else { return Vec::new() };
    let diagram = &found.diagram;
    let told = |p: f64| with_unit(&digits(p / found.unit.size, 4), &found.unit.symbol);
    let mut out = vec![Paragraph::Heading(format!("How it changes with {}", found.parameter))];
    let of = |kind| diagram.branches.iter().filter(|b| b.kind == kind).count();
    let branches = |n: usize, noun: &str| {
        if n == 1 { format!("1 branch of {noun}") } else { format!("{n} branches of {noun}") }
    };
    let mut text = format!(
        "From {} to {}: {} and {}, with {} on them.",
        told(found.span.0),
        told(found.span.1),
        branches(of(BranchKind::Equilibrium), "equilibria"),
        branches(of(BranchKind::Cycle), "cycles"),
        count(diagram.specials.len(), "special point"),
    );
    for k in 0..diagram.branches.len() {
        text += &branch_words(study, found, k);
    }
    out.push(Paragraph::Text(text));
    if !diagram.specials.is_empty() {
        let rows = diagram.specials.iter().take(ROWS).map(|s| row(study, found, s)).collect();
        let header = [
            "special point".to_owned(),
            with_parentheses(&found.parameter, &found.unit.symbol),
            "error".to_owned(),
            "state".to_owned(),
            "period".to_owned(),
            "kind".to_owned(),
        ];
        out.push(Paragraph::table(header.each_ref().map(String::as_str), rows));
    }
    if let Some(second) = &found.second {
        out.extend(second_paragraphs(found, second));
    }
    if !diagram.notes.is_empty() {
        out.push(Paragraph::List(diagram.notes.iter().map(|n| super::phrase::sentence(n)).collect()));
    }
    out
}

fn with_unit(value: &str, symbol: &str) -> String {
    if symbol.is_empty() { value.to_owned() } else { format!("{value} {symbol}") }
}

fn with_parentheses(name: &str, symbol: &str) -> String {
    if symbol.is_empty() { name.to_owned() } else { format!("{name} ({symbol})") }
}

/// Where a branch is stable, and an end of it that is worth a word.
fn branch_words(study: &Study, found: &Continuation, k: usize) -> String {
    let branch = &found.diagram.branches[k];
    let told = |p: f64| with_unit(&digits(p / found.unit.size, 4), &found.unit.symbol);
    let segments = stable_segments(found, k);
    let name = format!("Branch {k} ({})", kind_name(branch.kind));
    let mut text = if segments.is_empty() {
        format!(" {name} is nowhere stable in this interval.")
    } else {
        let spans: Vec<String> =
            segments.iter().map(|(a, b)| format!("from {} to {}", told(*a), told(*b))).collect();
        format!(" {name} is stable {}.", list(&spans, "and"))
    };
    for end in &branch.ends {
        match end {
            BranchEnd::Box { variable, value } => {
                let name = study.names.get(*variable).map_or("a variable", String::as_str);
                let unit = study.units.get(*variable).map_or("", |unit| unit.symbol.as_str());
                text += &format!(" It leaves the box where {name} is {}.", with_unit(&short(*value), unit));
            }
            BranchEnd::GrowingPeriod { p } => {
                text += &format!(" Its period grows without a bound towards {}.", told(*p));
            }
            BranchEnd::Points => text += " It was followed as far as points were allowed.",
            BranchEnd::Failed { residual } if residual.is_finite() => {
                text += &format!(" There the corrector failed, with the residual {}.", short(*residual));
            }
            BranchEnd::Failed { .. } => text += " It could not be followed further.",
            BranchEnd::Interval | BranchEnd::Closed | BranchEnd::Special(_) | BranchEnd::Outside(_) => {}
        }
    }
    text
}

fn row(study: &Study, found: &Continuation, special: &Special) -> [String; 6] {
    let clock = Clock::of(study);
    let state: Vec<String> = special.x.iter().take(3).map(|x| long(*x)).collect();
    let more = if special.x.len() > 3 { ", \u{2026}" } else { "" };
    let period = match special.kind {
        SpecialKind::Homoclinic | SpecialKind::Snic => "infinite".to_owned(),
        _ => special.period.map_or(String::new(), |t| clock.span(t)),
    };
    [
        special.kind.name().to_owned(),
        digits(special.p / found.unit.size, 10),
        digits(special.error / found.unit.size, 2),
        format!("{}{more}", state.join(", ")),
        period,
        special.criticality.map_or(String::new(), |c| c.name().to_owned()),
    ]
}

/// The points of all branches as a table, comma-separated: one row a point.
pub fn diagram_csv(study: &Study) -> Option<String> {
    let found = study.continuation.as_ref()?;
    let mut text = String::from("branch,kind,value,stable,period");
    for name in &study.names {
        text += &format!(",{name},{name} low,{name} high");
    }
    text.push('\n');
    for (k, branch) in found.diagram.branches.iter().enumerate() {
        for point in &branch.points {
            let stable = point.is_stable.map_or("", |s| if s { "1" } else { "0" });
            let period = point.period.map_or(String::new(), |t| t.to_string());
            text +=
                &format!("{k},{},{},{stable},{period}", kind_name(branch.kind), point.p / found.unit.size);
            for (i, x) in point.x.iter().enumerate() {
                let of = |list: &[f64]| list.get(i).copied().unwrap_or(*x);
                text += &format!(",{x},{},{}", of(&point.low), of(&point.high));
            }
            text.push('\n');
        }
    }
    Some(text)
}
