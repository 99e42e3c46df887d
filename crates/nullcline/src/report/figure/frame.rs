//! Axes: a rectangle on the page, the numbers that its sides stand for, and their ticks.

use super::canvas::{Anchor, Canvas, INK, SMALL, TEXT, text_width};

/// The numbers along one side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in super::super) struct Scale {
    /// At the left or at the bottom.
    pub(in super::super) low: f64,
    /// At the right or at the top.
    pub(in super::super) high: f64,
    /// Whether equal lengths are equal factors.
    pub(in super::super) log: bool,
}

impl Scale {
    /// From `low` to `high` exactly.
    pub(in super::super) fn new(low: f64, high: f64) -> Self {
        let (low, high) = if low.is_finite() && high.is_finite() { (low, high) } else { (0.0, 1.0) };
        if high - low > 1e-12 * low.abs().max(high.abs()) && high > low {
            return Self { low, high, log: false };
        }
        let pad = if low == 0.0 { 1.0 } else { 0.5 * low.abs() };
        Self { low: low - pad, high: high + pad, log: false }
    }

    /// All finite values, with a margin.
    pub(in super::super) fn covering(values: impl IntoIterator<Item = f64>) -> Self {
        let (low, high) = extent(values);
        let pad = 0.05 * (high - low);
        Self::new(low - pad, high + pad)
    }

    /// All positive values by factors, at most twelve decades below the largest.
    pub(in super::super) fn factors(values: impl IntoIterator<Item = f64>) -> Self {
        let (low, high) = extent(values.into_iter().filter(|v| *v > 0.0));
        if !(low > 0.0 && high.is_finite()) {
            return Self { low: 0.1, high: 10.0, log: true };
        }
        let low = low.max(high * 1e-12);
        if high / low < 2.0 {
            return Self { low: low / 2.0, high: high * 2.0, log: true };
        }
        Self { low: low / 1.3, high: high * 1.3, log: true }
    }

    /// Where a value lies between the ends, from 0 to 1.
    pub(in super::super) fn fraction(&self, x: f64) -> f64 {
        if self.log {
            (x / self.low).ln() / (self.high / self.low).ln()
        } else {
            (x - self.low) / (self.high - self.low)
        }
    }

    /// About `wanted` round numbers with their labels, and the power of ten that the labels leave out.
    pub(in super::super) fn ticks(&self, wanted: usize) -> (Vec<(f64, String)>, i32) {
        if self.log {
            let (a, b) = (self.low.log10().ceil() as i32, self.high.log10().floor() as i32);
            if b > a {
                let step = ((b - a) as usize / wanted.max(1) + 1) as i32;
                let all = (a..=b).step_by(step as usize);
                return (all.map(|e| (10f64.powi(e), format!("10{}", superscript(e)))).collect(), 0);
            }
        }
        let step = round_step((self.high - self.low) / wanted.max(1) as f64);
        // Numbers so small that steps between them are subnormal are not drawn to scale: the ends alone are named.
        if !step.is_normal() || !(self.low / step).is_finite() || !(self.high / step).is_finite() {
            let ends = [self.low, self.high].map(|x| (x, minus(&format!("{x:.2e}"))));
            return (ends.to_vec(), 0);
        }
        let largest = self.low.abs().max(self.high.abs());
        let exponent = largest.log10().floor() as i32;
        let power = if (-3..5).contains(&exponent) { 0 } else { exponent };
        let unit = 10f64.powi(power);
        let decimals = (power - step.log10().floor() as i32).clamp(0, 17) as usize;
        let first = (self.low / step - 1e-9).ceil() as i64;
        let last = (self.high / step + 1e-9).floor() as i64;
        let ticks = (first..=last)
            .map(|k| k as f64 * step)
            .filter(|x| !self.log || *x > 0.0)
            .map(|x| (x, minus(&format!("{:.decimals$}", x / unit + 0.0))))
            .collect();
        (ticks, power)
    }
}

/// The least and the largest finite value.
pub(in super::super) fn extent(values: impl IntoIterator<Item = f64>) -> (f64, f64) {
    values
        .into_iter()
        .filter(|v| v.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(v), b.max(v)))
}

/// 1, 2 or 5 times a power of ten, the nearest above.
fn round_step(step: f64) -> f64 {
    let power = 10f64.powf(step.log10().floor());
    let factor = [1.0, 2.0, 5.0, 10.0].into_iter().find(|f| f * power >= step * (1.0 - 1e-9));
    factor.unwrap_or(10.0) * power
}

/// A number with the minus sign of typography.
pub(in super::super) fn minus(text: &str) -> String {
    text.replace('-', "\u{2212}")
}

fn superscript(n: i32) -> String {
    let digit = |c: char| match c {
        '-' => '\u{207b}',
        '1' => '\u{b9}',
        '2' => '\u{b2}',
        '3' => '\u{b3}',
        c => char::from_u32(0x2070 + c.to_digit(10).unwrap_or(0)).unwrap_or(c),
    };
    n.to_string().chars().map(digit).collect()
}

/// A label with the power of ten that its ticks leave out.
pub(in super::super) fn with_power(label: &str, power: i32) -> String {
    if power == 0 { label.into() } else { format!("{label}  \u{d7} 10{}", superscript(power)) }
}

/// A rectangle with numbers along its sides.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Frame {
    /// Points from the left of the page.
    pub(in super::super) left: f64,
    /// Points from the top of the page.
    pub(in super::super) top: f64,
    /// Points across.
    pub(in super::super) width: f64,
    /// Points down.
    pub(in super::super) height: f64,
    /// Left to right.
    pub(in super::super) x: Scale,
    /// Bottom to top.
    pub(in super::super) y: Scale,
}

impl Frame {
    /// The rectangle that a canvas has room for beside the labels, with `right` points left free.
    pub(in super::super) fn fit(canvas: &Canvas, x: Scale, y: Scale, right: f64) -> Self {
        let left = Self::room(y);
        let (top, bottom) = (8.0, 29.0);
        Self { left, top, width: canvas.width - left - right, height: canvas.height - top - bottom, x, y }
    }

    /// The points that the label and the ticks of an upright axis need.
    pub(in super::super) fn room(y: Scale) -> f64 {
        let (ticks, _) = y.ticks(5);
        let widest = ticks.iter().map(|(_, t)| text_width(t, SMALL)).fold(0.0, f64::max);
        4.0 + TEXT + 5.0 + widest + 5.0
    }

    /// The same, with the ranges widened until a unit is equally long on both sides.
    pub(in super::super) fn equal(mut self) -> Self {
        let per = ((self.x.high - self.x.low) / self.width).max((self.y.high - self.y.low) / self.height);
        let widen = |s: Scale, length: f64| {
            let middle = (s.low + s.high) / 2.0;
            Scale::new(middle - per * length / 2.0, middle + per * length / 2.0)
        };
        self.x = widen(self.x, self.width);
        self.y = widen(self.y, self.height);
        self
    }

    /// The same ranges in a smaller rectangle, such that a unit is equally long on both sides.
    pub(in super::super) fn shrunk(self) -> Self {
        let (across, up) = (self.x.high - self.x.low, self.y.high - self.y.low);
        let per = (across / self.width).max(up / self.height);
        Self { width: across / per, height: up / per, ..self }
    }

    /// Where a point lies on the page.
    pub(in super::super) fn at(&self, x: f64, y: f64) -> (f64, f64) {
        (self.left + self.width * self.x.fraction(x), self.top + self.height * (1.0 - self.y.fraction(y)))
    }

    /// What follows shows only inside.
    pub(in super::super) fn clip(&self, canvas: &mut Canvas) {
        canvas.clip(self.left, self.top, self.width, self.height);
    }

    /// The two axes, their ticks and labels.
    pub(in super::super) fn axes(&self, canvas: &mut Canvas, x_label: &str, y_label: &str) {
        self.x_axis(canvas, x_label);
        self.y_axis(canvas, y_label);
    }

    /// The axis at the bottom.
    pub(in super::super) fn x_axis(&self, canvas: &mut Canvas, x_label: &str) {
        let (bottom, right) = (self.top + self.height, self.left + self.width);
        canvas.line((self.left, bottom), (right, bottom), INK, 0.7);
        let (ticks, power) = self.x.ticks((self.width / 38.0) as usize);
        for (x, label) in &ticks {
            let (px, _) = self.at(*x, self.y.low);
            canvas.line((px, bottom), (px, bottom + 3.0), INK, 0.7);
            canvas.text((px, bottom + 10.5), Anchor::Middle, SMALL, INK, label);
        }
        canvas.text(
            (self.left + self.width / 2.0, bottom + 22.0),
            Anchor::Middle,
            TEXT,
            INK,
            &with_power(x_label, power),
        );
    }

    /// The axis at the bottom without numbers, where those stand below another panel.
    pub(in super::super) fn bare_x_axis(&self, canvas: &mut Canvas) {
        let (bottom, right) = (self.top + self.height, self.left + self.width);
        canvas.line((self.left, bottom), (right, bottom), INK, 0.7);
        for (x, _) in self.x.ticks((self.width / 38.0) as usize).0 {
            let px = self.at(x, self.y.low).0;
            canvas.line((px, bottom), (px, bottom + 2.0), INK, 0.7);
        }
    }

    /// The axis at the left.
    pub(in super::super) fn y_axis(&self, canvas: &mut Canvas, y_label: &str) {
        canvas.line((self.left, self.top), (self.left, self.top + self.height), INK, 0.7);
        // One number alone is no scale.
        let wanted = (self.height / 22.0).max(2.0) as usize;
        let (ticks, power) = (wanted..wanted + 4)
            .map(|wanted| self.y.ticks(wanted))
            .find(|(ticks, _)| ticks.len() > 1)
            .unwrap_or_else(|| self.y.ticks(wanted));
        for (y, label) in &ticks {
            let (_, py) = self.at(self.x.low, *y);
            canvas.line((self.left - 3.0, py), (self.left, py), INK, 0.7);
            canvas.text((self.left - 5.0, py + 2.5), Anchor::End, SMALL, INK, label);
        }
        canvas.text_up((4.0 + TEXT * 0.8, self.top + self.height / 2.0), TEXT, &with_power(y_label, power));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_of_subnormal_numbers_has_few_ticks() {
        for (low, high) in [(-5e-324, 5e-324), (0.0, 5e-324), (-1e-310, 1e-310)] {
            let (ticks, _) = Scale { low, high, log: false }.ticks(5);
            assert!((1..20).contains(&ticks.len()), "{low} to {high}: {}", ticks.len());
        }
    }

    #[test]
    fn ticks_are_round_and_inside() {
        let (ticks, power) = Scale::new(-1.05, 30.2).ticks(5);
        let labels: Vec<&str> = ticks.iter().map(|(_, l)| l.as_str()).collect();
        assert_eq!((labels, power), (vec!["0", "10", "20", "30"], 0));
        let (ticks, power) = Scale::new(0.0, 2.5e-6).ticks(5);
        assert_eq!((ticks[1].1.as_str(), power), ("0.5", -6));
        let (ticks, _) = Scale { low: 0.5, high: 2000.0, log: true }.ticks(5);
        assert_eq!(
            ticks.iter().map(|t| t.1.as_str()).collect::<Vec<_>>(),
            ["10\u{2070}", "10\u{b9}", "10\u{b2}", "10\u{b3}"]
        );
    }

    #[test]
    fn a_constant_has_a_range_around_it() {
        let s = Scale::covering([2.0, 2.0]);
        assert!(s.low < 2.0 && s.high > 2.0);
        let s = Scale::covering([f64::NAN]);
        assert!(s.low < s.high);
    }
}
