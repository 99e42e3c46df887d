//! The figures of a study, fit for a paper: 85 mm wide, text of 7 to 8 points, lines of 1 point.
//!
//! Each figure is a whole SVG document. A figure appears only if the study holds what it shows. Axes name their quantity
//! and its unit; colors follow Okabe and Ito, so that people with any color vision can tell them apart.

mod canvas;
mod color;
mod curves;
mod diagram;
mod drawn;
mod exponents;
mod frame;
mod heat;
mod jump;
mod panel;
mod phase;
mod plane;
mod raster;
mod response;
mod returns;
mod space;
mod spectrum;
#[cfg(test)]
mod tests;
mod thin;
mod traces;
mod trials;
mod two_parameters;

pub(super) use canvas::escape;
pub(super) use color::LINES;
pub use drawn::Figure;
pub(super) use heat::{blocks, reach};
pub(super) use jump::{breaks, jumps, moments, with_breaks};
pub(super) use panel::{Panel, panels};
pub(super) use phase::{NULLCLINES, SEPARATRIX};
pub(super) use plane::aspect_is_equal;
pub(super) use thin::{stride, thin};

use super::readable::drawn;
use crate::study::Study;

/// Every figure that the study has the data for.
pub fn figures(study: &Study) -> Vec<Figure> {
    let study = &*drawn(study);
    [
        traces::traces(study),
        raster::raster(study),
        trials::trials(study),
        diagram::diagram(study),
        two_parameters::two_parameters(study),
        plane::phase_portrait(study),
        space::trajectory(study),
        spectrum::spectrum(study),
        heat::matrix(study),
        heat::sensitivity(study),
        exponents::exponents(study),
        response::response(study),
        returns::returns(study),
        curves::amplification(study),
        curves::energy(study),
        curves::components(study),
        curves::power_spectrum(study),
    ]
    .into_iter()
    .flatten()
    .collect()
}
