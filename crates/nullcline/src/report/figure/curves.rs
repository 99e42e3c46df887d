//! Curves: ||exp(tA)||, the energy, the variance of principal components, the power spectrum.

use super::canvas::{Anchor, COLUMN, Canvas, INK, SMALL};
use super::color::{FAINT, LINES, STABLE, UNSTABLE};
use super::drawn::Figure;
use super::frame::{Frame, Scale, extent};
use super::thin::thin;
use crate::report::phrase::{Clock, short};
use crate::report::readable::is_mixed;
use crate::study::Study;
use dynamics::analyze::TimeKind;

/// ||exp(tA)|| with its peak, beside what the fastest mode alone would do.
pub(super) fn amplification(study: &Study) -> Option<Figure> {
    let a = &study.linear.first().filter(|_| study.equation.linear && !is_mixed(study))?.analysis;
    let (t, norm) = &a.non_normality.curve;
    let (t, norm) = (t.as_slice(), norm.as_slice());
    if t.len() < 2 || t.len() != norm.len() {
        return None;
    }
    let map = a.time == TimeKind::Map;
    let rate = if map { a.stability.spectral_radius.ln() } else { a.stability.spectral_abscissa };
    let mode: Vec<f64> = t.iter().map(|t| (rate * t).exp()).collect();
    let (low, high) = extent(norm.iter().copied());
    let y = if high > 30.0 * low.max(high * 1e-9) && low > 0.0 {
        let (low, _) = extent(norm.iter().chain(&mode).copied());
        Scale::factors([low.max(high * 1e-6), 2.0 * high])
    } else {
        Scale::covering(norm.iter().copied().chain([0.0, 1.0, 1.12 * high]))
    };
    let mut canvas = Canvas::new(COLUMN, 150.0);
    let axis = Clock::of(study).axis_of(t);
    let end = t[t.len() - 1] / axis.size;
    let frame = Frame::fit(&canvas, Scale::new(t[0] / axis.size, end), y, 10.0);
    frame.clip(&mut canvas);
    canvas.line(frame.at(t[0] / axis.size, 1.0), frame.at(end, 1.0), FAINT, 0.5);
    let points = |y: &[f64]| t.iter().zip(y).map(|(t, y)| frame.at(*t / axis.size, *y)).collect::<Vec<_>>();
    canvas.polyline(&points(&mode), INK, 0.8, " stroke-dasharray=\"3 2\"");
    canvas.polyline(&points(norm), STABLE, 1.2, "");
    canvas.unclip();
    let label = if map { "\u{2016}A\u{1d4f}\u{2016}" } else { "\u{2016}exp(tA)\u{2016}" };
    let mut told = String::new();
    if let Some((peak, time)) =
        a.non_normality.max_amplification.as_ref().and_then(|m| Some((m.value, m.time?)))
        && time <= t[t.len() - 1]
        && peak > 1.0 + 1e-9
    {
        let at = frame.at(time / axis.size, peak);
        canvas.circle(at, 2.2, UNSTABLE, UNSTABLE, 0.5);
        let text = format!("{} at {}", short(peak), Clock::of(study).at(time));
        let right = at.0 < frame.left + 0.6 * frame.width;
        let (x, anchor) = if right {
            ((at.0 - 2.0).max(frame.left + 4.0), Anchor::Start)
        } else {
            (at.0 + 2.0, Anchor::End)
        };
        canvas.text_over((x, at.1 - 4.0), anchor, SMALL, UNSTABLE, &text);
        told = " The dot is its peak.".into();
    }
    frame.axes(&mut canvas, axis.label, label);
    let caption = format!(
        "The largest factor by which any state can have grown at each time (solid), beside what the eigenvalues alone would \
         say (dashed).{told}"
    );
    Some(Figure::new("amplification", "Amplification", caption, canvas))
}

/// The energy along the run.
pub(super) fn energy(study: &Study) -> Option<Figure> {
    let energy = study.symmetry.as_ref()?.energy.as_ref()?;
    let t = &study.simulation.as_ref()?.trajectory.t;
    if t.len() != energy.len() || t.len() < 2 {
        return None;
    }
    let mut canvas = Canvas::new(COLUMN, 140.0);
    let axis = Clock::of(study).axis_of(t);
    let x = Scale::new(t[0] / axis.size, t[t.len() - 1] / axis.size);
    let frame = Frame::fit(&canvas, x, Scale::covering(energy.iter().copied()), 10.0);
    let points: Vec<_> = thin(energy, 1200).iter().map(|&k| frame.at(t[k] / axis.size, energy[k])).collect();
    canvas.polyline(&points, STABLE, 1.2, "");
    frame.axes(&mut canvas, axis.label, "energy");
    let caption = "The energy of the network along the run: it falls, or stays.".into();
    Some(Figure::new("energy", "Energy", caption, canvas))
}

/// The variance that each principal component holds.
pub(super) fn components(study: &Study) -> Option<Figure> {
    let variance = &study.components.as_ref().filter(|c| c.variance.len() > 1 && !is_mixed(study))?.variance;
    let shown = variance.len().min(12);
    let mut canvas = Canvas::new(COLUMN, 140.0);
    let frame = Frame::fit(&canvas, Scale::new(0.4, shown.max(4) as f64 + 0.6), Scale::new(0.0, 1.05), 10.0);
    let mut sum = 0.0;
    let mut total = Vec::new();
    for (k, v) in variance.iter().take(shown).enumerate() {
        sum += v;
        let (left, top) = frame.at(k as f64 + 0.65, *v);
        let (right, bottom) = frame.at(k as f64 + 1.35, 0.0);
        canvas.rect(left, top, right - left, bottom - top, STABLE);
        total.push(frame.at(k as f64 + 1.0, sum));
    }
    canvas.polyline(&total, UNSTABLE, 1.0, "");
    for p in &total {
        canvas.circle(*p, 1.8, UNSTABLE, UNSTABLE, 0.3);
    }
    let last = total[total.len() - 1];
    canvas.text_over(
        (last.0, (last.1 + 11.0).min(frame.top + frame.height - 3.0)),
        Anchor::End,
        SMALL,
        UNSTABLE,
        "cumulative",
    );
    frame.axes(&mut canvas, "principal component", "fraction of variance");
    let caption = format!(
        "Fraction of the variance of the simulated activity that each principal component holds (bars; the first {shown}), \
         and their sum (dots)."
    );
    Some(Figure::new("components", "Principal components", caption, canvas))
}

/// What the density is of, and in which unit.
fn density(study: &Study, name: &str) -> String {
    let unit = study.units.first().map_or("", |unit| unit.symbol.as_str());
    match (unit, Clock::of(study)) {
        ("", _) => format!("power of {name}"),
        (unit, Clock::Seconds) => format!("power of {name} ({unit}\u{b2}/Hz)"),
        (unit, _) => format!("power of {name} ({unit}\u{b2})"),
    }
}

/// Power spectrum by theory and from the run.
pub(super) fn power_spectrum(study: &Study) -> Option<Figure> {
    let f = study.fluctuations.as_ref().filter(|f| f.frequencies.len() > 2)?;
    let positive: Vec<usize> = (0..f.frequencies.len()).filter(|&k| f.frequencies[k] > 0.0).collect();
    let both = f.spectrum.iter().chain(&f.spectrum_simulated).copied();
    let mut canvas = Canvas::new(COLUMN, 155.0);
    let frame = Frame::fit(
        &canvas,
        Scale::factors(positive.iter().map(|&k| f.frequencies[k])),
        Scale::factors(both),
        10.0,
    );
    let points = |y: &[f64]| {
        let finite = positive.iter().filter(|&&k| y.get(k).is_some_and(|v| *v > 0.0));
        finite.map(|&k| frame.at(f.frequencies[k], y[k])).collect::<Vec<_>>()
    };
    frame.clip(&mut canvas);
    canvas.polyline(&points(&f.spectrum_simulated), "#56B4E9", 0.8, "");
    canvas.polyline(&points(&f.spectrum), INK, 1.2, "");
    canvas.unclip();
    let clock = Clock::of(study);
    frame.axes(&mut canvas, &format!("frequency ({})", clock.frequency_unit()), &density(study, &f.variable));
    let x = frame.left + 6.0;
    canvas.text_over((x, frame.top + frame.height - 16.0), Anchor::Start, SMALL, INK, "theory");
    canvas.text_over((x, frame.top + frame.height - 7.0), Anchor::Start, SMALL, LINES[0], "simulation");
    let caption = format!(
        "Two-sided power spectral density of {} under noise: by theory (dark) and estimated from the run (light blue).",
        f.variable
    );
    Some(Figure::new("power_spectrum", "Power spectrum", caption, canvas))
}
