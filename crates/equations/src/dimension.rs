//! Physical dimension: rational exponents of the seven SI base units.
//!
//! White noise has the dimension s^(-1/2) and a square root halves, so the exponents are fractions.
//!
//! ```
//! use equations::Unit;
//! let a = Unit::parse("nS").unwrap().dimension();
//! let b = Unit::parse("pA/mV").unwrap().dimension();
//! assert_eq!(a, b);
//! assert_eq!(a.to_string(), "conductance (S)");
//! ```

use crate::rational::Rational;
use std::fmt;

/// Exponents of metre, kilogram, second, ampere, kelvin, mole and candela.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Dimension([Rational; 7]);

const SYMBOLS: [&str; 7] = ["m", "kg", "s", "A", "K", "mol", "cd"];

/// Dimensions that have a name, with the unit that is used to show them.
const NAMED: [(&str, &str, [i8; 7]); 48] = [
    ("dimensionless", "1", [0; 7]),
    ("time", "s", [0, 0, 1, 0, 0, 0, 0]),
    ("frequency", "Hz", [0, 0, -1, 0, 0, 0, 0]),
    ("length", "m", [1, 0, 0, 0, 0, 0, 0]),
    ("area", "m^2", [2, 0, 0, 0, 0, 0, 0]),
    ("volume", "m^3", [3, 0, 0, 0, 0, 0, 0]),
    ("mass", "kg", [0, 1, 0, 0, 0, 0, 0]),
    ("voltage", "V", [2, 1, -3, -1, 0, 0, 0]),
    ("current", "A", [0, 0, 0, 1, 0, 0, 0]),
    ("charge", "C", [0, 0, 1, 1, 0, 0, 0]),
    ("resistance", "ohm", [2, 1, -3, -2, 0, 0, 0]),
    ("conductance", "S", [-2, -1, 3, 2, 0, 0, 0]),
    ("capacitance", "F", [-2, -1, 4, 2, 0, 0, 0]),
    ("temperature", "K", [0, 0, 0, 0, 1, 0, 0]),
    ("amount of substance", "mol", [0, 0, 0, 0, 0, 1, 0]),
    ("current per area", "A/m^2", [-2, 0, 0, 1, 0, 0, 0]),
    ("conductance per area", "S/m^2", [-4, -1, 3, 2, 0, 0, 0]),
    ("capacitance per area", "F/m^2", [-4, -1, 4, 2, 0, 0, 0]),
    ("charge per area", "C/m^2", [-2, 0, 1, 1, 0, 0, 0]),
    ("resistance times area", "ohm m^2", [4, 1, -3, -2, 0, 0, 0]),
    ("resistivity", "ohm m", [3, 1, -3, -2, 0, 0, 0]),
    ("conductivity", "S/m", [-3, -1, 3, 2, 0, 0, 0]),
    ("resistance per length", "ohm/m", [1, 1, -3, -2, 0, 0, 0]),
    ("capacitance per length", "F/m", [-3, -1, 4, 2, 0, 0, 0]),
    ("current per length", "A/m", [-1, 0, 0, 1, 0, 0, 0]),
    ("voltage per time", "V/s", [2, 1, -4, -1, 0, 0, 0]),
    ("voltage times time", "V s", [2, 1, -2, -1, 0, 0, 0]),
    ("voltage per length", "V/m", [1, 1, -3, -1, 0, 0, 0]),
    ("current per time", "A/s", [0, 0, -1, 1, 0, 0, 0]),
    ("conductance per time", "S/s", [-2, -1, 2, 2, 0, 0, 0]),
    ("per voltage", "1/V", [-2, -1, 3, 1, 0, 0, 0]),
    ("per current", "1/A", [0, 0, 0, -1, 0, 0, 0]),
    ("per charge", "1/C", [0, 0, -1, -1, 0, 0, 0]),
    ("time squared", "s^2", [0, 0, 2, 0, 0, 0, 0]),
    ("frequency squared", "Hz^2", [0, 0, -2, 0, 0, 0, 0]),
    ("voltage squared", "V^2", [4, 2, -6, -2, 0, 0, 0]),
    ("current squared", "A^2", [0, 0, 0, 2, 0, 0, 0]),
    ("speed", "m/s", [1, 0, -1, 0, 0, 0, 0]),
    ("diffusivity", "m^2/s", [2, 0, -1, 0, 0, 0, 0]),
    ("per length", "1/m", [-1, 0, 0, 0, 0, 0, 0]),
    ("per area", "1/m^2", [-2, 0, 0, 0, 0, 0, 0]),
    ("concentration", "mol/m^3", [-3, 0, 0, 0, 0, 1, 0]),
    ("concentration per time", "mol/(m^3 s)", [-3, 0, -1, 0, 0, 1, 0]),
    ("power", "W", [2, 1, -3, 0, 0, 0, 0]),
    ("energy", "J", [2, 1, -2, 0, 0, 0, 0]),
    ("force", "N", [1, 1, -2, 0, 0, 0, 0]),
    ("pressure", "Pa", [-1, 1, -2, 0, 0, 0, 0]),
    ("inductance", "H", [2, 1, -2, -2, 0, 0, 0]),
];

/// Units by which an unnamed dimension is shown, before its powers of metre and second.
const SHOWN: [(&str, [i8; 7]); 10] = [
    ("V", [2, 1, -3, -1, 0, 0, 0]),
    ("A", [0, 0, 0, 1, 0, 0, 0]),
    ("S", [-2, -1, 3, 2, 0, 0, 0]),
    ("ohm", [2, 1, -3, -2, 0, 0, 0]),
    ("F", [-2, -1, 4, 2, 0, 0, 0]),
    ("C", [0, 0, 1, 1, 0, 0, 0]),
    ("V^2", [4, 2, -6, -2, 0, 0, 0]),
    ("A^2", [0, 0, 0, 2, 0, 0, 0]),
    ("W", [2, 1, -3, 0, 0, 0, 0]),
    ("V^-1", [-2, -1, 3, 1, 0, 0, 0]),
];

impl Dimension {
    /// The dimension of a bare number.
    pub const NONE: Self = Self::new([0; 7]);
    /// The dimension of seconds.
    pub const TIME: Self = Self::new([0, 0, 1, 0, 0, 0, 0]);
    /// The dimension of hertz.
    pub const FREQUENCY: Self = Self::new([0, 0, -1, 0, 0, 0, 0]);

    /// The dimension with these exponents of metre, kilogram, second, ampere, kelvin, mole and candela.
    pub const fn new(exponents: [i8; 7]) -> Self {
        let e = exponents;
        let mut d = [Rational::ZERO; 7];
        let mut k = 0;
        while k < 7 {
            d[k] = Rational::integer(e[k]);
            k += 1;
        }
        Self(d)
    }

    /// The dimension of a product with `other` to the power `k`; `None` where an exponent leaves -128 to 127.
    pub fn times_power(self, other: Self, k: i32) -> Option<Self> {
        self.times_rational_power(other, Rational::new(k.into(), 1)?)
    }

    /// The dimension of a product with `other` to the power `k`; `None` where an exponent leaves -128 to 127.
    pub fn times_rational_power(self, other: Self, k: Rational) -> Option<Self> {
        if other == Self::NONE {
            return Some(self);
        }
        let mut d = self.0;
        for (a, b) in d.iter_mut().zip(other.0).filter(|(_, b)| !b.is_zero()) {
            *a = a.plus(b.times(k)?)?;
            let (p, q) = (a.numerator(), a.denominator());
            if p < -128 * q || p > 127 * q {
                return None;
            }
        }
        Some(Self(d))
    }

    /// Whether all of its exponents are integers.
    pub fn is_integral(self) -> bool {
        self.0.iter().all(|k| k.denominator() == 1)
    }

    /// The product.
    pub fn times(self, other: Self) -> Option<Self> {
        self.times_power(other, 1)
    }

    /// The quotient.
    pub fn over(self, other: Self) -> Option<Self> {
        self.times_power(other, -1)
    }

    /// Its name with the article, such as `a voltage (V)`, as it stands in a sentence.
    pub fn with_article(&self) -> String {
        match self.name() {
            Some(("dimensionless", _)) => "dimensionless".to_owned(),
            Some((name, unit)) if name.starts_with("per ") => format!("a quantity {name} ({unit})"),
            Some((name, unit)) if name.starts_with(['a', 'e', 'i']) => format!("an {name} ({unit})"),
            Some((name, unit)) => format!("a {name} ({unit})"),
            None => format!("a quantity in {self}"),
        }
    }

    /// Its name and the unit that it is shown in, if it has a name.
    pub(crate) fn name(&self) -> Option<(&'static str, &'static str)> {
        NAMED.iter().find(|(_, _, d)| Self::new(*d) == *self).map(|&(name, unit, _)| (name, unit))
    }

    /// The shortest way to write it by one derived unit and powers of metre, second, kelvin and mole, where there is one.
    fn by_derived_unit(&self) -> Option<String> {
        SHOWN.iter().find_map(|&(unit, d)| {
            let rest = self.over(Self::new(d))?;
            let apart = |k: usize| matches!(k, 0 | 2 | 4 | 5) || rest.0[k].is_zero();
            ((0..7).all(apart)).then(|| format!("{unit} {}", rest.by_base_units()))
        })
    }

    fn by_base_units(&self) -> String {
        let factor = |(symbol, k): (&&str, &Rational)| {
            if *k == Rational::ONE { (*symbol).to_owned() } else { format!("{symbol}^{k}") }
        };
        let factors: Vec<String> =
            SYMBOLS.iter().zip(&self.0).filter(|(_, k)| !k.is_zero()).map(factor).collect();
        factors.join(" ")
    }
}

impl Dimension {
    /// The unit that shows it, such as `V`; `1` for a bare number.
    pub fn symbol(self) -> String {
        match self.name() {
            Some((_, unit)) => unit.to_owned(),
            None => self.to_string(),
        }
    }
}

impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some((name, _)) if *self == Self::NONE => f.write_str(name),
            Some((name, unit)) => write!(f, "{name} ({unit})"),
            None => {
                let base = self.by_base_units();
                match self.by_derived_unit() {
                    Some(derived) if derived.split(' ').count() < base.split(' ').count() => {
                        f.write_str(&derived)
                    }
                    _ => f.write_str(&base),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Unit;

    #[test]
    fn an_exponent_beyond_its_range_is_refused() {
        let d = Dimension::TIME.times_power(Dimension::TIME, 126).unwrap();
        assert!(d.times_power(Dimension::TIME, 1).is_none());
        assert!(Dimension::TIME.times_power(Dimension::TIME, i32::MAX).is_none());
    }

    #[test]
    fn names_are_those_of_their_units() {
        for (name, unit, d) in NAMED {
            assert_eq!(Unit::parse(unit).unwrap().dimension(), Dimension::new(d), "{name}");
        }
        for (unit, d) in SHOWN {
            assert_eq!(Unit::parse(unit).unwrap().dimension(), Dimension::new(d), "{unit}");
        }
    }

    #[test]
    fn names_are_unique() {
        for (k, a) in NAMED.iter().enumerate() {
            assert!(NAMED[..k].iter().all(|b| a.0 != b.0 && a.2 != b.2), "{}", a.0);
        }
    }

    #[test]
    fn what_has_no_name_is_shown_by_its_units() {
        let half = Rational::new(-1, 2).unwrap();
        let noise = Dimension::NONE.times_rational_power(Dimension::TIME, half).unwrap();
        assert_eq!(noise.to_string(), "s^(-1/2)");
        assert_eq!(noise.times(Unit::parse("V").unwrap().dimension()).unwrap().to_string(), "V s^(-1/2)");
        for (unit, shown) in [("mol/s", "s^-1 mol"), ("S/m^3", "S m^-3"), ("V/s^2", "V s^-2")] {
            assert_eq!(Unit::parse(unit).unwrap().dimension().to_string(), shown);
        }
        assert_eq!(Dimension::TIME.with_article(), "a time (s)");
        assert_eq!(Unit::parse("m^2").unwrap().dimension().with_article(), "an area (m^2)");
    }
}
