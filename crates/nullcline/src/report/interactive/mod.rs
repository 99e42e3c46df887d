//! Interactive figures, as data for plotly.js: traces, phase portrait, 3-D trajectory, spectrum, matrix, ||exp(tA)||.
//!
//! Lines longer than 5000 points are thinned: each bin keeps its least and its largest value, so no extreme is lost, and
//! the caption says so. Numbers keep six significant digits, which is more than a screen shows.

mod plane;
mod plot;
mod state;
mod system;

pub(super) use plot::Interactive;

use super::readable::drawn;
use crate::study::Study;

/// Every interactive figure that the study has the data for.
pub(super) fn interactive(study: &Study) -> Vec<Interactive> {
    let study = &*drawn(study);
    [
        state::trajectory(study),
        state::traces(study),
        plane::phase_portrait(study),
        system::spectrum(study),
        system::matrix(study),
        system::amplification(study),
    ]
    .into_iter()
    .flatten()
    .collect()
}
