//! The running averages of Lyapunov exponents, by which the eye judges whether they have converged.

use super::canvas::{Anchor, COLUMN, Canvas, INK, SMALL};
use super::color::{FAINT, LINES};
use super::drawn::Figure;
use super::frame::{Frame, Scale};
use crate::report::phrase::Clock;
use crate::study::Study;

/// The averages against the time that they rest on, one line for each exponent.
pub(super) fn exponents(study: &Study) -> Option<Figure> {
    let found = study.lyapunov.as_ref().filter(|l| l.times.len() > 2)?;
    let axis = Clock::of(study).axis_of(&found.times);
    let k = found.exponents.len().min(LINES.len());
    // What the first tenth shows is the beginning of an average.
    let from = found.times.len() / 20;
    let settled = found.running[from..].iter().flat_map(|row| row[..k].iter().copied());
    let y = Scale::covering(settled.chain([0.0]));
    let mut canvas = Canvas::new(COLUMN, 150.0);
    let end = found.times[found.times.len() - 1] / axis.size;
    let frame = Frame::fit(&canvas, Scale::new(0.0, end), y, 24.0);
    frame.clip(&mut canvas);
    canvas.line(frame.at(0.0, 0.0), frame.at(end, 0.0), FAINT, 0.6);
    for (i, color) in LINES.iter().enumerate().take(k) {
        let line: Vec<_> =
            found.times.iter().zip(&found.running).map(|(t, row)| frame.at(t / axis.size, row[i])).collect();
        canvas.polyline(&line, color, 1.1, "");
    }
    canvas.unclip();
    for (i, color) in LINES.iter().enumerate().take(k) {
        let e = found.exponents[i];
        let x = frame.left + frame.width + 5.0;
        let bar = |v: f64| (x, frame.at(end, v).1);
        if e.error.is_finite() && e.value.is_finite() {
            canvas.line(bar(e.value - e.error), bar(e.value + e.error), color, 1.4);
            let label = format!("\u{3bb}{}", char::from_u32(0x2081 + i as u32).unwrap_or(' '));
            canvas.text((x + 3.0, bar(e.value).1 + 2.5), Anchor::Start, SMALL, INK, &label);
        }
    }
    let unit = if axis.unit.is_empty() && study.time_unit.is_empty() { "" } else { " (1/s)" };
    frame.axes(&mut canvas, axis.label, &format!("exponent{unit}"));
    let caption = "Running averages of the Lyapunov exponents against the time that they rest on; bars at the right are one standard \
                   error. Above 0 nearby states part."
        .to_owned();
    Some(Figure::new("lyapunov", "Lyapunov exponents", caption, canvas))
}
