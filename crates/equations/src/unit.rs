//! Units: `ms`, `nS/mm^2`, `kg m^2 s^-3 A^-1`.
//!
//! A unit is a dimension and a factor to SI. The factor is kept as a number times a power of ten, so that `0.3 ms` is the
//! double nearest to 0.0003 and not a product of two rounded numbers.
//!
//! | written | meaning |
//! |---|---|
//! | `a b`, `a*b`, `a·b` | product |
//! | `a/b` | quotient, left to right: `a/b/c` = `a/(b c)` |
//! | `a^2`, `a**-1` | integer power |
//! | `k`, `m`, `u` or `µ`, `n`, `p`, `M`, … | prefix of a unit |
//! | `volt`, `msecond`, `nsiemens`, … | the words for the symbols |
//!
//! ```
//! use equations::Unit;
//! let u = Unit::parse("nS/mm^2").unwrap();
//! assert_eq!(u.factor(), 1e-3);
//! assert!(Unit::parse("ms").unwrap().is_time());
//! ```

use crate::{Dimension, nearest};
use std::fmt;
use winnow::Parser;
use winnow::ascii::digit1;
use winnow::combinator::{alt, opt, preceded};
use winnow::error::{ContextError, ErrMode};
use winnow::stream::{LocatingSlice, Location};
use winnow::token::take_while;

/// A unit of measurement.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    dimension: Dimension,
    scale: f64,
    decade: i32,
    text: String,
}

/// A unit that could not be read.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct UnitError {
    /// What is wrong.
    pub message: String,
    /// Which bytes of the text.
    pub span: std::ops::Range<usize>,
    /// What to do.
    pub hint: Option<String>,
}

const KG: [i8; 7] = [0, 1, 0, 0, 0, 0, 0];
const VOLT: [i8; 7] = [2, 1, -3, -1, 0, 0, 0];
const OHM: [i8; 7] = [2, 1, -3, -2, 0, 0, 0];
const SIEMENS: [i8; 7] = [-2, -1, 3, 2, 0, 0, 0];

/// Symbol, dimension, factor, decade, whether it takes prefixes.
const UNITS: [(&str, [i8; 7], f64, i32, bool); 32] = [
    ("m", [1, 0, 0, 0, 0, 0, 0], 1.0, 0, true),
    ("g", KG, 1.0, -3, true),
    ("s", [0, 0, 1, 0, 0, 0, 0], 1.0, 0, true),
    ("A", [0, 0, 0, 1, 0, 0, 0], 1.0, 0, true),
    ("K", [0, 0, 0, 0, 1, 0, 0], 1.0, 0, true),
    ("mol", [0, 0, 0, 0, 0, 1, 0], 1.0, 0, true),
    ("cd", [0, 0, 0, 0, 0, 0, 1], 1.0, 0, true),
    ("V", VOLT, 1.0, 0, true),
    ("ohm", OHM, 1.0, 0, true),
    ("Ohm", OHM, 1.0, 0, true),
    // Greek letter and ohm sign, as keyboards give them.
    ("\u{3a9}", OHM, 1.0, 0, true),
    ("\u{2126}", OHM, 1.0, 0, true),
    ("S", SIEMENS, 1.0, 0, true),
    ("F", [-2, -1, 4, 2, 0, 0, 0], 1.0, 0, true),
    ("C", [0, 0, 1, 1, 0, 0, 0], 1.0, 0, true),
    ("Hz", [0, 0, -1, 0, 0, 0, 0], 1.0, 0, true),
    ("N", [1, 1, -2, 0, 0, 0, 0], 1.0, 0, true),
    ("J", [2, 1, -2, 0, 0, 0, 0], 1.0, 0, true),
    ("W", [2, 1, -3, 0, 0, 0, 0], 1.0, 0, true),
    ("Pa", [-1, 1, -2, 0, 0, 0, 0], 1.0, 0, true),
    ("H", [2, 1, -2, -2, 0, 0, 0], 1.0, 0, true),
    ("T", [0, 1, -2, -1, 0, 0, 0], 1.0, 0, true),
    ("Wb", [2, 1, -2, -1, 0, 0, 0], 1.0, 0, true),
    ("L", [3, 0, 0, 0, 0, 0, 0], 1.0, -3, true),
    ("l", [3, 0, 0, 0, 0, 0, 0], 1.0, -3, true),
    ("M", [-3, 0, 0, 0, 0, 1, 0], 1.0, 3, true),
    ("min", [0, 0, 1, 0, 0, 0, 0], 6.0, 1, false),
    ("h", [0, 0, 1, 0, 0, 0, 0], 3.6, 3, false),
    ("rad", [0; 7], 1.0, 0, true),
    ("deg", [0; 7], std::f64::consts::PI / 180.0, 0, false),
    ("°", [0; 7], std::f64::consts::PI / 180.0, 0, false),
    ("1", [0; 7], 1.0, 0, false),
];

/// The words of units, and the symbols that they stand for; they take prefixes like these.
const WORDS: [(&str, &str); 28] = [
    ("metre", "m"),
    ("meter", "m"),
    ("gram", "g"),
    ("second", "s"),
    ("amp", "A"),
    ("ampere", "A"),
    ("kelvin", "K"),
    ("mole", "mol"),
    ("candela", "cd"),
    ("volt", "V"),
    ("siemens", "S"),
    ("farad", "F"),
    ("coulomb", "C"),
    ("hertz", "Hz"),
    ("newton", "N"),
    ("joule", "J"),
    ("watt", "W"),
    ("pascal", "Pa"),
    ("henry", "H"),
    ("tesla", "T"),
    ("weber", "Wb"),
    ("litre", "L"),
    ("liter", "L"),
    ("molar", "M"),
    ("radian", "rad"),
    ("minute", "min"),
    ("hour", "h"),
    ("degree", "deg"),
];

const PREFIXES: [(&str, i32); 19] = [
    ("da", 1),
    ("kilo", 3),
    ("f", -15),
    ("p", -12),
    ("n", -9),
    ("u", -6),
    ("µ", -6),
    ("μ", -6),
    ("m", -3),
    ("c", -2),
    ("d", -1),
    ("h", 2),
    ("k", 3),
    ("M", 6),
    ("G", 9),
    ("T", 12),
    ("P", 15),
    ("a", -18),
    ("E", 18),
];

impl Unit {
    /// The unit of a bare number.
    pub fn dimensionless() -> Self {
        Self { dimension: Dimension::NONE, scale: 1.0, decade: 0, text: String::new() }
    }

    /// Reads a unit such as `mV` or `nS/mm^2`; the empty text is the unit of a bare number.
    ///
    /// # Errors
    /// An unknown symbol, a power that is no integer, text that is no unit.
    pub fn parse(text: &str) -> Result<Self, UnitError> {
        if text.len() > 200 {
            let span = 0..text.len();
            return Err(UnitError { message: "a unit is at most 200 bytes long".into(), span, hint: None });
        }
        let mut unit = Self { text: text.trim().to_owned(), ..Self::dimensionless() };
        let mut input = LocatingSlice::new(text);
        let mut first = true;
        loop {
            let divided = separator(&mut input, first, text)?;
            let Some(divided) = divided else { break };
            first = false;
            let at = input.current_token_start();
            let (symbol, power) = factor.parse_next(&mut input).map_err(|_| unexpected(text, at))?;
            unit.multiply(symbol, if divided { -power } else { power }, at)?;
        }
        Ok(unit)
    }

    fn multiply(&mut self, symbol: &str, power: i32, at: usize) -> Result<(), UnitError> {
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
        self.dimension = self.dimension.times_power(dimension, power).ok_or_else(too_large)?;
        self.scale *= scale.powi(power);
        self.decade += decade * power;
        if !(self.scale.is_normal() && self.decade.abs() <= 300) {
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
        self.scale * ten_to(self.decade)
    }

    /// The factor as (number, power of ten).
    pub(crate) fn parts(&self) -> (f64, i32) {
        (self.scale, self.decade)
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

/// 10^k, correctly rounded.
pub(crate) fn ten_to(k: i32) -> f64 {
    format!("1e{k}").parse().expect("a power of ten is a number")
}

type Input<'a> = LocatingSlice<&'a str>;

/// What stands before the next factor: `Some(true)` a division, `Some(false)` a product, `None` the end.
fn separator(input: &mut Input<'_>, first: bool, text: &str) -> Result<Option<bool>, UnitError> {
    spaces(input);
    if input.is_empty() {
        return Ok(None);
    }
    let sign: Result<char, ErrMode<ContextError>> = alt(('/', '*', '·')).parse_next(input);
    let at = input.current_token_start();
    match sign {
        Ok(c) if first => Err(unexpected(text, at - c.len_utf8())),
        Ok(c) => {
            spaces(input);
            if input.is_empty() {
                return Err(unexpected(text, text.len()));
            }
            Ok(Some(c == '/'))
        }
        Err(_) => Ok(Some(false)),
    }
}

fn spaces(input: &mut Input<'_>) {
    let skipped: Result<&str, ErrMode<ContextError>> = take_while(0.., [' ', '\t']).parse_next(input);
    skipped.expect("any number of spaces, also none, is accepted");
}

/// A symbol with its power.
fn factor<'a>(input: &mut Input<'a>) -> Result<(&'a str, i32), ErrMode<ContextError>> {
    let symbol = alt(("1", take_while(1.., |c: char| c.is_alphabetic() || c == '°'))).parse_next(input)?;
    let power = opt(preceded(alt(("**", "^")), (opt(alt(('-', '+'))), digit1))).parse_next(input)?;
    let power = match power {
        None => 1,
        Some((sign, digits)) => {
            let k = digits.parse::<i8>().map_or(1000, i32::from);
            if sign == Some('-') { -k } else { k }
        }
    };
    Ok((symbol, power))
}

fn unexpected(text: &str, at: usize) -> UnitError {
    let rest = text.get(at..).and_then(|t| t.chars().next());
    UnitError {
        message: rest
            .map_or("the unit ends too early".into(), |c| format!("`{c}` does not belong in a unit")),
        span: at..at + rest.map_or(0, char::len_utf8),
        hint: Some("write a unit as `mV`, `nS/mm^2` or `mol s^-1`".into()),
    }
}

/// Dimension, number and power of ten of one symbol.
pub(crate) fn lookup(symbol: &str) -> Option<(Dimension, f64, i32)> {
    let known = |symbol: &str| {
        let symbol = WORDS.iter().find(|w| w.0 == symbol).map_or(symbol, |w| w.1);
        UNITS.iter().find(|u| u.0 == symbol).map(|u| (Dimension::new(u.1), u.2, u.3, u.4))
    };
    let exact = known(symbol).map(|(d, scale, decade, _)| (d, scale, decade));
    exact.or_else(|| {
        PREFIXES.iter().find_map(|(prefix, k)| {
            let (d, scale, decade, _) = known(symbol.strip_prefix(prefix)?).filter(|u| u.3)?;
            Some((d, scale, decade + k))
        })
    })
}

/// The units that a hint may propose.
pub(crate) fn common() -> impl Iterator<Item = &'static str> {
    [
        "s", "ms", "us", "min", "Hz", "kHz", "V", "mV", "uV", "A", "mA", "uA", "nA", "pA", "S", "mS", "uS",
        "nS", "pS", "ohm", "kohm", "Mohm", "Gohm", "F", "uF", "nF", "pF", "m", "cm", "mm", "um", "nm", "rad",
        "deg", "K", "mol", "mM", "kg",
    ]
    .into_iter()
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
        fn no_text_panics(text in "\\PC{0,40}") {
            let _ = Unit::parse(&text);
        }

        #[test]
        fn no_string_of_unit_like_pieces_panics(text in "([a-zA-Zµ]|\\^|[0-9]|/|-| |\\*){0,40}") {
            let _ = Unit::parse(&text);
        }
    }
}
