//! The end of a branch of cycles whose period grows without a bound: on a saddle, or on a saddle-node.
//!
//! Near a saddle connection p - p* ~ exp(-lambda T), near a saddle-node on the cycle p - p* ~ T^(-2). The slope q = dp/dT of
//! the branch therefore falls like exp(-lambda T), or like T^(-3): d log|q| / d log T is below any number in the first
//! case and -3 in the second, so that two points of the branch tell which it is and where p* lies. A
//! saddle-node is then found as a fold of equilibria, from the slowest point of the cycle. Reference: Strogatz (2015), Nonlinear dynamics and chaos, section 8.4.

use super::super::diagram::SpecialKind;

/// What the branch told at a point: p, T and dp/dT.
#[derive(Clone, Copy, Debug)]
pub(super) struct Growth {
    pub(super) p: f64,
    pub(super) period: f64,
    pub(super) slope: f64,
}

/// Where and how the period grows without a bound.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limit {
    pub(super) kind: SpecialKind,
    pub(super) p: f64,
    pub(super) error: f64,
}

/// The limit that the points tell, the last being the longest cycle; `None` where the period grows otherwise.
pub(super) fn limit(history: &[Growth], width: f64) -> Option<Limit> {
    let last = history.last()?;
    let before = history.iter().rev().find(|g| g.period < 0.75 * last.period)?;
    let rounding = 1e-13 * (last.p.abs() + width);
    let settled = last.slope.abs() * last.period < rounding;
    let fall = (last.slope / before.slope).abs().ln() / (last.period / before.period).ln();
    if !(settled || fall < -1.7) {
        return None;
    }
    if settled || fall < -5.0 {
        let rate = -(last.slope / before.slope).abs().ln() / (last.period - before.period);
        let rest = if settled { 0.0 } else { last.slope / rate };
        return Some(Limit { kind: SpecialKind::Homoclinic, p: last.p + rest, error: rest.abs() + rounding });
    }
    // p = p* + c (T - a)^(-2): a and c from the two slopes.
    let root = (before.slope / last.slope).abs().cbrt();
    let a = (root * before.period - last.period) / (root - 1.0);
    let p = last.p + 0.5 * last.slope * (last.period - a);
    let plain = last.p + 0.5 * last.slope * last.period;
    Some(Limit { kind: SpecialKind::Snic, p, error: (p - plain).abs() + rounding })
}
