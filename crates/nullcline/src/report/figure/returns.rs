//! The return map of a Poincare section: each passage against the one before.

use super::canvas::{COLUMN, Canvas};
use super::color::{FAINT, STABLE};
use super::drawn::Figure;
use super::frame::{Frame, Scale};
use crate::report::phrase::{quantity, valued, variable};
use crate::study::Study;

/// Points, at most.
const POINTS: usize = 2000;

/// The passage k + 1 against the passage k, with the diagonal on which a cycle lies.
pub(super) fn returns(study: &Study) -> Option<Figure> {
    let section = study.section.as_ref().filter(|s| s.crossings.len() > 2)?;
    let i = section.shown;
    // Passages in one direction only: an upward one is followed by a downward one.
    let first = section.crossings[0].1;
    let values: Vec<f64> =
        section.crossings.iter().filter(|c| c.1 == first).map(|c| c.2[i]).take(POINTS).collect();
    if values.len() < 3 {
        return None;
    }
    let scale = Scale::covering(values.iter().copied());
    let mut canvas = Canvas::new(COLUMN, 210.0);
    let frame = Frame::fit(&canvas, scale, scale, 10.0).shrunk();
    canvas.line(frame.at(scale.low, scale.low), frame.at(scale.high, scale.high), FAINT, 0.7);
    let radius = if values.len() > 300 { 0.7 } else { 1.3 };
    for pair in values.windows(2) {
        canvas.circle(frame.at(pair[0], pair[1]), radius, STABLE, STABLE, 0.2);
    }
    let name = variable(study, i);
    frame.axes(
        &mut canvas,
        &format!("{} at one passage", quantity(study, i)),
        &format!("{name} at the next"),
    );
    let caption = format!(
        "{name} at each passage of {} through {} against the passage before. On the line nothing changes: a point there is a cycle.",
        variable(study, section.variable),
        valued(study, section.variable, section.value)
    );
    Some(Figure::new("return_map", "Return map", caption, canvas))
}
