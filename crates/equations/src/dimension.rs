//! Physical dimension: integer exponents of the seven SI base units.
//!
//! ```
//! use equations::Unit;
//! let a = Unit::parse("nS").unwrap().dimension();
//! let b = Unit::parse("pA/mV").unwrap().dimension();
//! assert_eq!(a, b);
//! assert_eq!(a.to_string(), "conductance (S)");
//! ```

use std::fmt;

/// Exponents of metre, kilogram, second, ampere, kelvin, mole and candela.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Dimension(pub [i8; 7]);

const SYMBOLS: [&str; 7] = ["m", "kg", "s", "A", "K", "mol", "cd"];

/// Dimensions that have a name, with the unit that is used to show them.
const NAMED: [(&str, &str, [i8; 7]); 14] = [
    ("dimensionless", "1", [0; 7]),
    ("time", "s", [0, 0, 1, 0, 0, 0, 0]),
    ("frequency", "Hz", [0, 0, -1, 0, 0, 0, 0]),
    ("length", "m", [1, 0, 0, 0, 0, 0, 0]),
    ("area", "m^2", [2, 0, 0, 0, 0, 0, 0]),
    ("mass", "kg", [0, 1, 0, 0, 0, 0, 0]),
    ("voltage", "V", [2, 1, -3, -1, 0, 0, 0]),
    ("current", "A", [0, 0, 0, 1, 0, 0, 0]),
    ("charge", "C", [0, 0, 1, 1, 0, 0, 0]),
    ("resistance", "ohm", [2, 1, -3, -2, 0, 0, 0]),
    ("conductance", "S", [-2, -1, 3, 2, 0, 0, 0]),
    ("capacitance", "F", [-2, -1, 4, 2, 0, 0, 0]),
    ("temperature", "K", [0, 0, 0, 0, 1, 0, 0]),
    ("amount of substance", "mol", [0, 0, 0, 0, 0, 1, 0]),
];

impl Dimension {
    /// The dimension of a bare number.
    pub const NONE: Self = Self([0; 7]);
    /// The dimension of seconds.
    pub const TIME: Self = Self([0, 0, 1, 0, 0, 0, 0]);
    /// The dimension of hertz.
    pub const FREQUENCY: Self = Self([0, 0, -1, 0, 0, 0, 0]);

    /// The dimension of a product with `other` to the power `k`; `None` where an exponent leaves -128 to 127.
    pub fn times_power(self, other: Self, k: i32) -> Option<Self> {
        let mut d = self.0;
        for (a, b) in d.iter_mut().zip(other.0) {
            *a = i8::try_from(i32::from(b).checked_mul(k)?.checked_add(i32::from(*a))?).ok()?;
        }
        Some(Self(d))
    }
}

impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((name, unit, _)) = NAMED.iter().find(|(_, _, d)| *d == self.0) {
            return if *self == Self::NONE { f.write_str(name) } else { write!(f, "{name} ({unit})") };
        }
        let mut first = true;
        for (symbol, &k) in SYMBOLS.iter().zip(&self.0).filter(|(_, k)| **k != 0) {
            if !std::mem::take(&mut first) {
                f.write_str(" ")?;
            }
            match k {
                1 => f.write_str(symbol)?,
                _ => write!(f, "{symbol}^{k}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exponent_beyond_its_range_is_refused() {
        let d = Dimension::TIME.times_power(Dimension::TIME, 126).unwrap();
        assert!(d.times_power(Dimension::TIME, 1).is_none());
        assert!(Dimension::TIME.times_power(Dimension::TIME, i32::MAX).is_none());
    }
}
