//! Colors that people with any color vision can tell apart.
//!
//! Lines: Okabe and Ito, "Color universal design" (2008). Signed values: blue to white to red (after ColorBrewer's RdBu).
//! Time: viridis (van der Walt and Smith 2015).

/// Lines, in this order.
pub(in super::super) const LINES: [&str; 6] =
    ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"];
/// What is stable.
pub(in super::super) const STABLE: &str = "#0072B2";
/// What is unstable.
pub(in super::super) const UNSTABLE: &str = "#D55E00";
/// What stays in the background.
pub(in super::super) const FAINT: &str = "#b5b5b5";

const DIVERGING: [[f64; 3]; 7] = [
    [5.0, 48.0, 97.0],
    [67.0, 147.0, 195.0],
    [209.0, 229.0, 240.0],
    [247.0, 247.0, 247.0],
    [253.0, 219.0, 199.0],
    [214.0, 96.0, 77.0],
    [103.0, 0.0, 31.0],
];
const TIME: [[f64; 3]; 6] = [
    [68.0, 1.0, 84.0],
    [65.0, 68.0, 135.0],
    [42.0, 120.0, 142.0],
    [34.0, 168.0, 132.0],
    [122.0, 209.0, 81.0],
    [225.0, 220.0, 40.0],
];

/// The color of a signed value between -1 and 1.
pub(in super::super) fn diverging(x: f64) -> String {
    blend(&DIVERGING, (x + 1.0) / 2.0)
}

/// The color of a time between 0 and 1.
pub(in super::super) fn time(x: f64) -> String {
    blend(&TIME, x)
}

fn blend(stops: &[[f64; 3]], x: f64) -> String {
    let x = if x.is_finite() { x.clamp(0.0, 1.0) } else { 0.5 } * (stops.len() - 1) as f64;
    let k = (x as usize).min(stops.len() - 2);
    let f = x - k as f64;
    let mix = |c: usize| (stops[k][c] * (1.0 - f) + stops[k + 1][c] * f).round() as u8;
    format!("#{:02x}{:02x}{:02x}", mix(0), mix(1), mix(2))
}
