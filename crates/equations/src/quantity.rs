//! A quantity: a number with a unit, such as `20 ms`.
//!
//! ```
//! use equations::Quantity;
//! let q = Quantity::parse("20 ms").unwrap();
//! assert_eq!(q.value, 0.02);
//! assert!(q.unit.is_time());
//! ```

use crate::Unit;
use winnow::Parser;
use winnow::ascii::digit1;
use winnow::combinator::{alt, opt};
use winnow::error::{ContextError, ErrMode};

/// A number with a unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
    /// In SI units.
    pub value: f64,
    /// The unit it was written in.
    pub unit: Unit,
}

/// Text that is no quantity.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct QuantityError {
    /// What is wrong.
    pub message: String,
    /// Which bytes of the text.
    pub span: std::ops::Range<usize>,
    /// What to do.
    pub hint: Option<String>,
}

impl Quantity {
    /// Reads a number and, after it, a unit (none for a bare number). The value is the double nearest to what is
    /// written wherever the unit is a power of ten of SI.
    ///
    /// # Errors
    /// No number, an unknown unit, a number beyond the range of doubles.
    pub fn parse(text: &str) -> Result<Self, QuantityError> {
        let fail = |message: String, span: std::ops::Range<usize>, hint: &str| QuantityError {
            message,
            span,
            hint: Some(hint.to_owned()),
        };
        let start = text.len() - text.trim_start().len();
        let mut rest = &text[start..];
        let (mantissa, exponent) = number(&mut rest).map_err(|_| {
            fail(
                format!("`{}` does not begin with a number", text.trim()),
                0..text.len(),
                "write a quantity as `20 ms`",
            )
        })?;
        let end = text.len() - rest.len();
        let unit = Unit::parse(rest).map_err(|e| QuantityError {
            message: e.message,
            span: e.span.start + end..e.span.end + end,
            hint: e.hint,
        })?;
        let (scale, decade) = unit.parts();
        let exponent = exponent.map_or(Some(0), |e| e.parse::<i32>().ok().filter(|e| e.abs() < 10_000));
        let value = exponent.and_then(|e| format!("{mantissa}e{}", e + decade).parse::<f64>().ok());
        match value.map(|v| v * scale) {
            Some(value) if value.is_finite() => Ok(Self { value, unit }),
            _ => Err(fail(
                format!("`{}` is beyond the range of double precision", &text[start..end]),
                start..end,
                "numbers reach from 1e-308 to 1e308",
            )),
        }
    }
}

/// Mantissa and exponent of a decimal number.
fn number<'a>(input: &mut &'a str) -> Result<(&'a str, Option<&'a str>), ErrMode<ContextError>> {
    let digits = alt(((digit1, opt(('.', opt(digit1)))).void(), ('.', digit1).void()));
    let mantissa = (opt(alt(('-', '+'))), digits).take().parse_next(input)?;
    // `2 e` and `3 eV` begin with an `e` too: without digits after it, it belongs to the unit.
    let exponent = (alt(('e', 'E')), (opt(alt(('-', '+'))), digit1).take());
    let exponent = opt(exponent).parse_next(input)?.map(|(_, e)| e);
    Ok((mantissa, exponent))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_quantity_is_the_double_nearest_to_its_decimal() {
        for (text, value) in [
            ("20 ms", 0.02),
            ("0.3 ms", 3e-4),
            ("-65 mV", -0.065),
            ("1.5e3 pA", 1.5e-9),
            ("100Mohm", 1e8),
            ("0.1 uA/mm^2", 0.1),
            ("7", 7.0),
            (" .5 s ", 0.5),
            ("2. s", 2.0),
            ("+3 Hz", 3.0),
            ("2 min", 120.0),
        ] {
            assert_eq!(Quantity::parse(text).unwrap().value, value, "{text}");
        }
        assert!((Quantity::parse("180 deg").unwrap().value - std::f64::consts::PI).abs() < 1e-15);
    }

    #[test]
    fn what_is_no_quantity_says_why() {
        let e = Quantity::parse("20 mss").unwrap_err();
        assert_eq!((e.message.as_str(), e.span), ("`mss` is not a unit", 3..6));
        assert_eq!(e.hint.as_deref(), Some("did you mean `ms`?"));
        for bad in ["", "ms", "nan", "inf", "1e999", "1e99999999999 s", "1 2", "--1", "1e5000 s"] {
            assert!(Quantity::parse(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,40}") {
            let _ = Quantity::parse(&text);
        }

        #[test]
        fn milli_is_a_thousandth_to_the_last_bit(x in -1_000_000_i64..1_000_000) {
            let q = Quantity::parse(&format!("{x} ms")).unwrap();
            prop_assert_eq!(q.value, x as f64 / 1000.0);
        }
    }
}
