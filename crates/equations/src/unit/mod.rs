//! Units: `ms`, `nS/mm^2`, `kg m^2 s^-3 A^-1`, `J/(K mol)`, `mV/ms^0.5`.
//!
//! A unit is a dimension and a factor to SI. The factor is kept as a number times a power of ten, so that `0.3 ms` is the
//! double nearest to 0.0003 and not a product of two rounded numbers; the power of ten may be a fraction, so that
//! `ms^(1/2) ms^(1/2)` is `ms` to the last bit.
//!
//! | written | meaning |
//! |---|---|
//! | `a b`, `a*b`, `a·b` | product |
//! | `a/b` | quotient, left to right: `a/b/c` = `a/(b c)` |
//! | `(a b)` | brackets, also with a power: `(a/b)^2` |
//! | `a^2`, `a**-1`, `a^(-1/2)`, `a^0.5` | power: an integer, a fraction in brackets, or a decimal that is one |
//! | `k`, `m`, `u` or `µ`, `n`, `p`, `M`, … | prefix of a unit |
//! | `volt`, `msecond`, `nsiemens`, … | the words for the symbols |
//!
//! Whatever unit the program prints can be read again ([`Dimension::symbol`]).
//!
//! ```
//! use equations::Unit;
//! let u = Unit::parse("nS/mm^2").unwrap();
//! assert_eq!(u.factor(), 1e-3);
//! assert!(Unit::parse("ms").unwrap().is_time());
//! assert_eq!(Unit::parse("mV/ms^(1/2)").unwrap().dimension().symbol(), "V s^(-1/2)");
//! ```

mod error;
mod read;
mod table;

use crate::rational::Rational;
use crate::{Dimension, nearest};
use read::Factor;
use std::fmt;

pub use error::UnitError;
pub(crate) use table::{common, lookup, word};

/// A unit of measurement.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    dimension: Dimension,
    scale: f64,
    decade: Rational,
    text: String,
}

/// Most bytes of a unit.
const LONGEST: usize = 200;

impl Unit {
    /// The unit of a bare number.
    pub fn dimensionless() -> Self {
        Self { dimension: Dimension::NONE, scale: 1.0, decade: Rational::ZERO, text: String::new() }
    }

    /// Reads a unit such as `mV` or `nS/mm^2`; the empty text is the unit of a bare number.
    ///
    /// # Errors
    /// An unknown symbol, a power that is no fraction, text that is no unit.
    pub fn parse(text: &str) -> Result<Self, UnitError> {
        if text.len() > LONGEST {
            let span = 0..text.len();
            let message = format!("a unit is at most {LONGEST} bytes long");
            return Err(UnitError { message, span, hint: None });
        }
        let mut unit = Self { text: text.trim().to_owned(), ..Self::dimensionless() };
        for factor in read::factors(text)? {
            unit.multiply(&factor)?;
        }
        Ok(unit)
    }

    fn multiply(&mut self, factor: &Factor<'_>) -> Result<(), UnitError> {
        let Factor { symbol, at, power } = *factor;
        let span = at..at + symbol.len();
        let (dimension, scale, decade) = lookup(symbol).ok_or_else(|| UnitError {
            message: format!("`{symbol}` is not a unit"),
            span: span.clone(),
            hint: Some(match nearest(symbol, common()) {
                Some(known) => format!("did you mean `{known}`?"),
                None => {
                    "units are such as s, ms, Hz, mV, nA, pA, nS, Mohm, pF, um, cm^2, rad, nS/mm^2".into()
                }
            }),
        })?;
        let too_large = || UnitError { message: "this power is too large".into(), span, hint: None };
        self.dimension = self.dimension.times_rational_power(dimension, power).ok_or_else(too_large)?;
        let (scale, decade) = raised(scale, decade, power).unwrap_or((0.0, Rational::ZERO));
        self.scale *= scale;
        self.decade = self.decade.plus(decade).unwrap_or_default();
        if !(self.scale.is_normal() && tens(self.decade).0.abs() <= 300) {
            return Err(UnitError {
                message: "this unit is too large or too small".into(),
                span: at..at,
                hint: None,
            });
        }
        Ok(())
    }

    /// Its dimension.
    pub fn dimension(&self) -> Dimension {
        self.dimension
    }

    /// The number of SI units in one of this unit.
    pub fn factor(&self) -> f64 {
        let (scale, decade) = self.parts();
        scale * ten_to(decade)
    }

    /// The factor as (number, power of ten).
    pub(crate) fn parts(&self) -> (f64, i32) {
        let (decade, rest) = tens(self.decade);
        (self.scale * rest, decade)
    }

    /// Whether it measures time.
    pub fn is_time(&self) -> bool {
        self.dimension == Dimension::TIME
    }

    /// Whether it is the unit of a bare number (or an angle).
    pub fn is_dimensionless(&self) -> bool {
        self.dimension == Dimension::NONE
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.text.is_empty() { "1" } else { &self.text })
    }
}

/// (number, power of ten) of a unit to a power; `None` where it is too large.
pub(crate) fn raised(scale: f64, decade: i32, power: Rational) -> Option<(f64, Rational)> {
    let scale = match power.denominator() {
        1 => scale.powi(power.numerator()),
        _ if scale == 1.0 => 1.0,
        q => scale.powf(f64::from(power.numerator()) / f64::from(q)),
    };
    Some((scale, Rational::new(decade.into(), 1)?.times(power)?))
}

/// 10^d as an integer power of ten and what is left of it, from 1 to 10.
pub(crate) fn tens(d: Rational) -> (i32, f64) {
    let whole = d.numerator().div_euclid(d.denominator());
    let rest = d.numerator().rem_euclid(d.denominator());
    (whole, if rest == 0 { 1.0 } else { 10_f64.powf(f64::from(rest) / f64::from(d.denominator())) })
}

/// 10^k, correctly rounded.
pub(crate) fn ten_to(k: i32) -> f64 {
    format!("1e{k}").parse().expect("a power of ten is a number")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn prefixes_and_powers_are_exact_decades() {
        for (text, factor) in [
            ("ms", 1e-3),
            ("us", 1e-6),
            ("µs", 1e-6),
            ("μs", 1e-6),
            ("Mohm", 1e6),
            ("MΩ", 1e6),
            ("cm^2", 1e-4),
            ("nS/mm^2", 1e-3),
            ("uF/cm^2", 1e-2),
            ("mol", 1.0),
            ("mM", 1.0),
            ("kg", 1.0),
            ("1/ms", 1e3),
            ("Hz", 1.0),
            ("m s**-1", 1.0),
            ("min", 60.0),
            ("", 1.0),
        ] {
            assert_eq!(Unit::parse(text).unwrap().factor(), factor, "{text}");
        }
    }

    #[test]
    fn derived_units_agree_with_their_definitions() {
        for (a, b) in [
            ("V", "A ohm"),
            ("S", "1/ohm"),
            ("F", "s/ohm"),
            ("C", "A s"),
            ("W", "V A"),
            ("J", "W s"),
            ("N", "kg m s^-2"),
            ("Wb", "V s"),
            ("T", "Wb/m^2"),
            ("H", "ohm s"),
            ("Pa", "N/m^2"),
            ("Hz", "s^-1"),
            ("M", "mol/L"),
            ("msiemens/cmeter**2", "mS/cm^2"),
            ("umetre", "um"),
            ("kilogram", "kg"),
            ("mvolt", "mV"),
            ("\u{2126}", "ohm"),
        ] {
            let (a, b) = (Unit::parse(a).unwrap(), Unit::parse(b).unwrap());
            assert_eq!(a.dimension(), b.dimension(), "{a} {b}");
            assert_eq!(a.factor(), b.factor(), "{a} {b}");
        }
    }

    #[test]
    fn brackets_and_fractions_mean_what_they_mean_in_mathematics() {
        for (a, b) in [
            ("J/(K mol)", "J K^-1 mol^-1"),
            ("uA/(cm^2 ms)", "uA cm^-2 ms^-1"),
            ("uA / ( cm^2 * ms )", "uA/cm^2/ms"),
            ("mol/(m^3/s)", "mol s m^-3"),
            ("(V/s)^2", "V^2 s^-2"),
            ("((m)/(s))", "m/s"),
            ("1/(ms)", "kHz"),
            ("mV/ms^0.5", "mV ms^(-1/2)"),
            ("mV*ms**-0.5", "mV (1/ms)^(1/2)"),
            ("ms^(1/2)", "ms^.5"),
            ("ms^( -1 / 2 )", "ms^-.50"),
            ("ms^(1/2) ms^(1/2)", "ms"),
            ("(mV^2 ms)^(1/2)", "mV ms^0.5"),
            ("cm^(2/1)", "cm^2"),
        ] {
            let (x, y) = (Unit::parse(a).unwrap(), Unit::parse(b).unwrap());
            assert_eq!((x.dimension(), x.factor()), (y.dimension(), y.factor()), "{a} {b}");
        }
        // 10^(-3/2): the power of ten is split into 10^-2 and sqrt(10), each correctly rounded.
        assert!((Unit::parse("ms^0.5").unwrap().factor() / 1e-3_f64.sqrt() - 1.0).abs() < 4e-16);
        assert!((Unit::parse("min^0.5").unwrap().factor() / 60_f64.sqrt() - 1.0).abs() < 4e-16);
        for (bad, message, span) in [
            ("J/(K mol", "this bracket is never closed", 2..3),
            ("J/()", "`)` does not belong in a unit", 3..4),
            ("J)", "`)` does not belong in a unit", 1..2),
            ("ms^(1/2", "this bracket is never closed", 3..4),
            ("ms^(1/0)", "this power is no small fraction", 3..8),
            ("ms^0.3333", "this power is no small fraction", 3..9),
            ("ms^1/2", "`2` does not belong in a unit", 5..6),
            ("ms^()", "`)` does not belong in a unit", 4..5),
            ("(ms^100)^100", "this power is too large", 1..3),
        ] {
            let e = Unit::parse(bad).unwrap_err();
            assert_eq!((e.message.as_str(), e.span), (message, span), "{bad}");
        }
    }

    #[test]
    fn an_unknown_unit_names_the_nearest() {
        let e = Unit::parse("nS/mmm").unwrap_err();
        assert_eq!((e.span, e.hint.as_deref()), (3..6, Some("did you mean `mm`?")));
        for bad in ["mV/", "/s", "2 s", "s^", "s^x", "s)", "(s", "s^999", "s//s", "$"] {
            assert!(Unit::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_separator_that_opens_a_unit_is_named_whole() {
        let e = Unit::parse(" · m").unwrap_err();
        assert_eq!((e.message.as_str(), e.span), ("`·` does not belong in a unit", 1..3));
    }

    proptest! {
        #[test]
        fn what_the_program_prints_of_a_unit_it_reads_again(
            factors in prop::collection::vec(("[munkM]?(m|s|A|mol|V|ohm|S|F|C|Hz|J|Pa)|kg|K|min|cd|1", -3_i32..=3, 1_i32..=4), 0..5)
        ) {
            let text: Vec<String> =
                factors.iter().map(|(symbol, p, q)| format!("{symbol}^({p}/{q})")).collect();
            let unit = Unit::parse(&text.join(" ")).unwrap();
            let again = Unit::parse(&unit.to_string()).unwrap();
            prop_assert_eq!((again.dimension(), again.factor()), (unit.dimension(), unit.factor()));
            let symbol = unit.dimension().symbol();
            let si = Unit::parse(&symbol).unwrap();
            prop_assert_eq!((si.dimension(), si.factor()), (unit.dimension(), 1.0), "{}", symbol);
            // What stands in brackets after a name in a message is such a unit, too.
            let told = unit.dimension().to_string();
            if let Some((_, told)) = told.split_once(" (").filter(|(name, _)| !name.contains('^')) {
                let told = Unit::parse(told.strip_suffix(')').unwrap()).unwrap();
                prop_assert_eq!(told.dimension(), unit.dimension());
            }
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,40}") {
            let _ = Unit::parse(&text);
        }

        #[test]
        fn no_string_of_unit_like_pieces_panics(text in "([a-zA-Zµ]|\\^|[0-9.]|/|-| |\\*|[()]){0,40}") {
            let _ = Unit::parse(&text);
        }
    }
}
