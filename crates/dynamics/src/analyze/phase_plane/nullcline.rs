//! Nullclines: the curves f_1 = 0, which orbits cross vertically, and f_2 = 0, which they cross horizontally.
//!
//! Closed, folded and in several pieces, each vertex a zero to rounding; see [`super::contour`] for how they are followed, and
//! what is not found. A curve is known between its vertices to about an eighth of (picture/512)^2 times its curvature.

use super::contour::Zeros;
use super::window::Window;

/// Where one component of the field is 0.
#[derive(Clone, Debug, Default)]
pub struct Nullcline {
    /// Its pieces.
    pub pieces: Vec<NullclinePiece>,
    /// Whether the component is 0 all over the rectangle; then there are no curves.
    pub is_everywhere: bool,
}

/// One connected curve.
#[derive(Clone, Debug)]
pub struct NullclinePiece {
    /// Its vertices in order; of a closed curve the last is the first.
    pub points: Vec<[f64; 2]>,
    /// Whether it closes on itself inside the rectangle.
    pub is_closed: bool,
}

impl Nullcline {
    pub(super) fn new(zeros: &Zeros, window: &Window<'_>) -> Self {
        let piece = |c: &super::contour::Curve| NullclinePiece {
            points: window.curve_out(&c.points),
            is_closed: c.is_closed,
        };
        Self { pieces: zeros.curves.iter().map(piece).collect(), is_everywhere: zeros.is_everywhere }
    }
}
