//! The phase plane in findings and in words.

use super::Paragraph;
use super::number::{number, numbers, optional};
use super::phrase::{Clock, count, list, short, valued};
use crate::study::Study;
use dynamics::analyze::FixedPointVerdict;
use dynamics::analyze::phase_plane::{Destination, Manifold, PhasePortrait};
use serde_json::{Map, Value, json};

/// The block `portrait`; `None` where no portrait was made.
pub(super) fn portrait_json(study: &Study) -> Option<Value> {
    let portrait = study.portrait.as_ref()?;
    let phase = portrait.phase.as_ref()?;
    let names = [name(study, portrait.plane.0), name(study, portrait.plane.1)];
    let by_name = |x: [f64; 2]| {
        let both = names.iter().zip(x).map(|(name, x)| (name.clone(), number(x)));
        Value::Object(both.collect::<Map<_, _>>())
    };
    let nullclines: Vec<Value> = phase
        .nullclines
        .iter()
        .zip(&names)
        .map(|(n, name)| {
            json!({
                "variable": name,
                "pieces": n.pieces.len(),
                "closed": n.pieces.iter().filter(|p| p.is_closed).count(),
                "everywhere": n.is_everywhere,
            })
        })
        .collect();
    let points: Vec<Value> = phase
        .fixed_points
        .iter()
        .map(|p| {
            json!({
                "x": by_name(p.x),
                "type": p.kind.name(),
                "stability": stability(p.is_stable),
                "eigenvalues": p.eigenvalues.iter().map(|z| numbers(&[z.re, z.im])).collect::<Vec<_>>(),
                "margin": number(p.planar.margin),
                "index": p.index,
                "certified": p.verdict == FixedPointVerdict::Certified,
                "residual": number(p.residual),
            })
        })
        .collect();
    let separatrices: Vec<Value> = phase
        .separatrices
        .iter()
        .map(|s| {
            let end = destination(s.end);
            match s.manifold {
                Manifold::Stable => json!({"saddle": s.saddle, "manifold": "stable", "from": end}),
                Manifold::Unstable => json!({"saddle": s.saddle, "manifold": "unstable", "to": end}),
            }
        })
        .collect();
    let cycles: Vec<Value> = phase
        .cycles
        .iter()
        .map(|c| {
            json!({
                "period": number(c.period),
                "multiplier": number(c.multiplier()),
                "log_multiplier": number(c.log_multiplier),
                "stability": stability(c.is_stable),
                "low": by_name(c.low),
                "high": by_name(c.high),
                "amplitude": by_name(c.amplitude()),
                "around": c.around,
            })
        })
        .collect();
    let basins = phase.basins.as_ref().map(|b| {
        let part = |p: &dynamics::analyze::phase_plane::BasinPart| {
            json!({"of": destination(p.destination), "fraction": number(p.fraction), "error": number(p.error)})
        };
        b.parts.iter().map(part).collect::<Vec<_>>()
    });
    let r = phase.rectangle;
    Some(json!({
        "plane": names,
        "about": portrait.about,
        "rectangle": {names[0].clone(): numbers(&r.x), names[1].clone(): numbers(&r.y)},
        "nullclines": nullclines,
        "fixed_points": points,
        "index": phase.index,
        "missed": optional(phase.missed.map(|n| n as f64)),
        "separatrices": separatrices,
        "cycles": cycles,
        "closed_orbits": phase.has_closed_orbits,
        "basins": basins,
        "notes": phase.notes,
    }))
}

fn name(study: &Study, i: usize) -> String {
    study.names.get(i).cloned().unwrap_or_else(|| format!("x{}", i + 1))
}

fn stability(is_stable: Option<bool>) -> &'static str {
    match is_stable {
        Some(true) => "stable",
        Some(false) => "unstable",
        None => "undecided by linearization",
    }
}

fn destination(end: Destination) -> String {
    match end {
        Destination::Point(k) => format!("fixed point {k}"),
        Destination::Cycle(k) => format!("cycle {k}"),
        Destination::Leaves => "outside".into(),
        Destination::Undecided => "undecided".into(),
    }
}

/// The portrait in sentences.
pub(super) fn paragraphs(study: &Study) -> Vec<Paragraph> {
    let Some(portrait) = &study.portrait else { return Vec::new() };
    let Some(phase) = &portrait.phase else { return Vec::new() };
    let names = [name(study, portrait.plane.0), name(study, portrait.plane.1)];
    let mut text = format!("The plane of {} and {}", names[0], names[1]);
    if !portrait.about.is_empty() {
        text += &format!(" ({})", portrait.about);
    }
    let (r, i, j) = (phase.rectangle, portrait.plane.0, portrait.plane.1);
    text += &format!(
        " was searched for {} from {} to {} and {} from {} to {}. There it holds {}",
        names[0],
        valued(study, i, r.x[0]),
        valued(study, i, r.x[1]),
        names[1],
        valued(study, j, r.y[0]),
        valued(study, j, r.y[1]),
        points(phase)
    );
    let cycles = phase.cycles.iter().filter(|c| c.is_stable.is_some()).count();
    let undecided = phase.cycles.len() - cycles;
    if phase.has_closed_orbits {
        text += ", and closed orbits fill a region.";
    } else if cycles == 0 {
        text += if undecided > 0 { " and no limit cycle that is certain." } else { " and no limit cycle." };
    } else {
        text += &format!(" and {}.", count(cycles, "limit cycle"));
    }
    if undecided > 0 && !phase.has_closed_orbits {
        text += &format!(
            " {} neither attracts nor repels to rounding: it may be a limit cycle, one closed orbit of many, or a spiral so slow \
             that it looks closed.",
            count(undecided, "curve")
        );
    }
    for (k, c) in phase.cycles.iter().enumerate().filter(|(_, c)| c.is_stable.is_some()) {
        let kind = match c.is_stable {
            Some(true) => "stable",
            _ => "unstable",
        };
        let clock = Clock::of(study);
        let i = portrait.plane.0;
        text += &format!(
            " Cycle {k} is {kind}: period {}, multiplier {}, {} from {} to {}.",
            clock.span(c.period),
            short(c.multiplier()),
            names[0],
            valued(study, i, c.low[0]),
            valued(study, i, c.high[0])
        );
    }
    if let Some(basins) = phase.basins.as_ref().filter(|b| b.parts.len() > 1) {
        let parts: Vec<String> = basins
            .parts
            .iter()
            .map(|p| {
                let to = match p.destination {
                    Destination::Leaves => "leave it".to_string(),
                    Destination::Undecided => "are undecided".to_string(),
                    to => format!("come to {}", destination(to)),
                };
                format!("{} % ({} %) {to}", short(100.0 * p.fraction), short(100.0 * p.error))
            })
            .collect();
        text +=
            &format!(" Of the states in the picture, with the error in brackets, {}.", list(&parts, "and"));
    }
    if phase.missed.is_some_and(|n| n > 0) {
        text += &format!(
            " By the index of the boundary at least {} missed.",
            phase.missed.map_or(String::new(), |n| count(n, "fixed point"))
        );
    }
    for note in &phase.notes {
        text += &format!(" {}", super::phrase::sentence(note));
    }
    vec![Paragraph::Text(text)]
}

/// The fixed points by kind.
fn points(phase: &PhasePortrait) -> String {
    let of =
        |is_stable| phase.fixed_points.iter().filter(|p| p.is_stable == is_stable && !p.is_saddle()).count();
    let saddles = phase.fixed_points.iter().filter(|p| p.is_saddle()).count();
    let kinds = [
        (of(Some(true)), "stable fixed point"),
        (saddles, "saddle"),
        (of(Some(false)), "unstable fixed point"),
        (of(None), "fixed point that its linear part does not settle"),
    ];
    let told: Vec<String> = kinds.iter().filter(|k| k.0 > 0).map(|k| count(k.0, k.1)).collect();
    if told.is_empty() { "no fixed points".into() } else { list(&told, "and") }
}
