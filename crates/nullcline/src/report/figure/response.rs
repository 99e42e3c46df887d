//! The phase response of a cycle, above the variable that is pushed.

use super::canvas::{COLUMN, Canvas};
use super::color::{FAINT, LINES, STABLE};
use super::drawn::Figure;
use super::frame::{Frame, Scale};
use crate::report::phrase::{Clock, quantity, variable};
use crate::study::Study;

/// By how much time a push advances the cycle at each phase; below, what is pushed.
pub(super) fn response(study: &Study) -> Option<Figure> {
    let response = study.cycle.as_ref()?.response.as_ref()?;
    let name = variable(study, response.variable);
    let largest = response.values.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
    let axis = Clock::of(study).axis(largest);
    let values: Vec<f64> = response.values.iter().map(|v| v / axis.size).collect();
    let (upper, lower) = (
        Scale::covering(values.iter().copied().chain([0.0])),
        Scale::covering(response.states.iter().copied()),
    );
    let left = Frame::room(upper).max(Frame::room(lower));
    let (above, below, gap) = (96.0, 58.0, 10.0);
    let mut canvas = Canvas::new(COLUMN, 8.0 + above + gap + below + 29.0);
    let x = Scale::new(0.0, 1.0);
    let top = Frame { left, top: 8.0, width: COLUMN - left - 10.0, height: above, x, y: upper };
    let curve = |frame: &Frame, y: &[f64]| {
        response.phases.iter().zip(y).map(|(s, y)| frame.at(*s, *y)).collect::<Vec<_>>()
    };
    canvas.line(top.at(0.0, 0.0), top.at(1.0, 0.0), FAINT, 0.6);
    canvas.polyline(&curve(&top, &values), STABLE, 1.2, "");
    top.bare_x_axis(&mut canvas);
    let unit = study.units.get(response.variable).map_or("", |u| u.symbol.as_str());
    let label = match (axis.unit, unit) {
        ("", "") => "phase response".to_owned(),
        (time, "") => format!("advance ({time})"),
        ("", unit) => format!("advance (1/{unit})"),
        (time, unit) => format!("advance ({time}/{unit})"),
    };
    top.y_axis(&mut canvas, &label);
    let bottom = Frame { top: 8.0 + above + gap, height: below, y: lower, ..top };
    canvas.polyline(&curve(&bottom, &response.states), LINES[2], 1.1, "");
    bottom.axes(&mut canvas, "phase (turns)", &quantity(study, response.variable));
    let caption = format!(
        "By how much time a small push of {name} advances the cycle (above 0) or delays it, for each unit of {name}, at the phase at \
         which it comes; below, {name} along the cycle. Phase 0 is where {name} is largest."
    );
    Some(Figure::new("phase_response", "Phase response", caption, canvas))
}
