//! The eigenvalues in the complex plane, with the stable side shaded.

use super::canvas::{Anchor, COLUMN, Canvas, INK, SMALL};
use super::color::{FAINT, STABLE, UNSTABLE};
use super::drawn::Figure;
use super::frame::{Frame, Scale, extent};
use crate::report::phrase::Clock;
use crate::report::verdict;
use crate::study::Study;
use dynamics::analyze::TimeKind;

/// The eigenvalues of the linear system, or of the linearizations.
pub(super) fn spectrum(study: &Study) -> Option<Figure> {
    let first = &study.linear.first()?.analysis;
    let map = first.time == TimeKind::Map;
    let all = || study.linear.iter().flat_map(|at| at.analysis.eigenvalues.iter());
    let border = if map { [-1.0, 1.0] } else { [0.0, 0.0] };
    let x = extent(all().map(|z| z.re).chain(border));
    let y = extent(all().map(|z| z.im).chain(border));
    let (width, height) = (x.1 - x.0, y.1 - y.0);
    let pad = |(low, high): (f64, f64), other: f64| {
        let span = if high > low {
            high - low
        } else if other > 0.0 {
            other
        } else {
            2.0
        };
        Scale::new(low - 0.12 * span, high + 0.12 * span)
    };
    let mut canvas = Canvas::new(COLUMN, 200.0);
    let frame = Frame::fit(&canvas, pad(x, height), pad(y, width), 8.0);
    let alike = width < 4.0 * height && height < 4.0 * width;
    let frame = if map || alike { frame.equal() } else { frame };
    frame.clip(&mut canvas);
    let shade = "#e8f1f8";
    if map {
        let (center, edge) = (frame.at(0.0, 0.0), frame.at(1.0, 0.0));
        canvas.circle(center, edge.0 - center.0, shade, INK, 0.8);
    } else {
        let border = frame.at(0.0, 0.0).0.clamp(frame.left, frame.left + frame.width);
        canvas.rect(frame.left, frame.top, border - frame.left, frame.height, shade);
        canvas.line((border, frame.top), (border, frame.top + frame.height), INK, 0.8);
    }
    let axis = frame.at(0.0, 0.0).1;
    canvas.line((frame.left, axis), (frame.left + frame.width, axis), FAINT, 0.5);
    let many = all().count() > 60;
    for at in &study.linear {
        let a = &at.analysis;
        for (i, z) in a.eigenvalues.iter().enumerate() {
            let rate = verdict::growth(a, i);
            let (fill, rim) = match rate.partial_cmp(&0.0) {
                Some(std::cmp::Ordering::Greater) => (UNSTABLE, UNSTABLE),
                Some(std::cmp::Ordering::Less) => (STABLE, STABLE),
                _ => ("#ffffff", INK),
            };
            canvas.circle(
                frame.at(z.re, z.im),
                if many { 1.2 } else { 2.6 },
                fill,
                rim,
                if many { 0.2 } else { 0.9 },
            );
        }
    }
    canvas.unclip();
    let per = match Clock::of(study) {
        Clock::Seconds => " (1/s)",
        _ => "",
    };
    frame.axes(&mut canvas, &format!("Re \u{3bb}{per}"), &format!("Im \u{3bb}{per}"));
    let room = frame.at(0.0, 0.0).0 - frame.left > 34.0 && !map;
    if room {
        canvas.text((frame.left + 4.0, frame.top + 9.0), Anchor::Start, SMALL, STABLE, "stable");
    }
    let border = if map { "unit circle" } else { "imaginary axis" };
    let points = if study.linear.len() > 1 {
        format!(" Those of all {} fixed points are shown.", study.linear.len())
    } else {
        String::new()
    };
    let caption = format!(
        "Eigenvalues in the complex plane: orange grow, blue decay, white do neither. The {border} bounds the shaded, stable \
         side.{points}"
    );
    Some(Figure::new("spectrum", "Spectrum", caption, canvas))
}
