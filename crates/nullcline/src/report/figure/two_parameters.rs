//! Folds and Hopf points in the plane of two parameters.

use super::canvas::{Anchor, COLUMN, Canvas, INK, SMALL};
use super::color::LINES;
use super::drawn::Figure;
use super::frame::{Frame, Scale};
use crate::report::readable::typographic;
use crate::study::{ReadIn, Study};
use dynamics::analyze::continuation::{CurveSpecialKind, ParameterCurveKind};

/// The curves over both intervals.
pub(super) fn two_parameters(study: &Study) -> Option<Figure> {
    let found = study.continuation.as_ref()?;
    let second = found.second.as_ref().filter(|second| !second.curves.is_empty())?;
    let (a, b) = (found.unit.size, second.unit.size);
    let side = |span: (f64, f64), size: f64| Scale::new(span.0.min(span.1) / size, span.0.max(span.1) / size);
    let mut canvas = Canvas::new(COLUMN, 190.0);
    let frame = Frame::fit(&canvas, side(found.span, a), side(second.span, b), 8.0);
    frame.clip(&mut canvas);
    for curve in &second.curves {
        let line: Vec<_> = curve.points.iter().map(|q| frame.at(q.p[0] / a, q.p[1] / b)).collect();
        let color = match curve.kind {
            ParameterCurveKind::Fold => LINES[0],
            ParameterCurveKind::Hopf => LINES[1],
        };
        canvas.polyline(&line, color, 1.1, "");
    }
    canvas.unclip();
    for special in second.curves.iter().flat_map(|curve| &curve.specials) {
        let at = frame.at(special.p[0] / a, special.p[1] / b);
        canvas.circle(at, 1.8, "#ffffff", INK, 0.8);
        let letters = match special.kind {
            CurveSpecialKind::Cusp => "C",
            CurveSpecialKind::BogdanovTakens => "BT",
            CurveSpecialKind::GeneralizedHopf => "GH",
        };
        canvas.text_over((at.0 + 3.5, at.1 - 3.5), Anchor::Start, SMALL, INK, letters);
    }
    let label = |name: &str, unit: &ReadIn| match unit.symbol.as_str() {
        "" => name.to_owned(),
        symbol => format!("{name} ({})", typographic(symbol)),
    };
    frame.axes(&mut canvas, &label(&found.parameter, &found.unit), &label(&second.parameter, &second.unit));
    let caption = "Folds (blue) and Hopf points (orange) over two parameters. C is a cusp, BT a Bogdanov-Takens point, GH a \
                   generalized Hopf point, at which a Hopf point changes its criticality.";
    Some(Figure::new("two_parameters", "Two parameters", caption.to_owned(), canvas))
}
