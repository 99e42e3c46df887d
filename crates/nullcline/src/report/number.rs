//! Numbers as JSON: an infinite number or NaN becomes `null`.
//!
//! ```
//! # use nullcline::report::number;
//! assert_eq!(number(0.5).to_string(), "0.5");
//! assert_eq!(number(f64::INFINITY).to_string(), "null");
//! assert_eq!(number(-0.0).to_string(), "0.0");
//! ```

use serde_json::Value;

/// A number, or `null` where JSON has none; the sign of a zero is no finding.
pub fn number(x: f64) -> Value {
    Value::from(x + 0.0)
}

pub(super) fn numbers(x: &[f64]) -> Value {
    x.iter().map(|&v| number(v)).collect()
}

pub(super) fn optional(x: Option<f64>) -> Value {
    x.map_or(Value::Null, number)
}
