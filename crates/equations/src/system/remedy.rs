//! What to do where two units differ.

use crate::{Dimension, Rational};

/// A unit in which a quantity of this dimension is usually told.
pub(super) fn usual_unit(d: Dimension) -> Option<&'static str> {
    let (name, unit) = d.name()?;
    Some(match name {
        "time" => "ms",
        "voltage" => "mV",
        "current" => "nA",
        "conductance" => "nS",
        "capacitance" => "pF",
        "resistance" => "Mohm",
        "length" => "um",
        "area" => "um^2",
        "concentration" => "mM",
        "current per area" => "uA/cm^2",
        "conductance per area" => "mS/cm^2",
        "capacitance per area" => "uF/cm^2",
        "amount of substance" | "temperature" | "mass" | "frequency" | "charge" => unit,
        _ => return None,
    })
}

/// How a quantity of dimension `b` becomes one of dimension `a`.
pub(super) fn remedy(a: Dimension, b: Dimension) -> Option<String> {
    let quotient = a.over(b)?;
    let inverse = b.over(a)?;
    let root =
        Rational::new(1, 2).and_then(|half| Dimension::NONE.times_rational_power(Dimension::TIME, half));
    for (q, from) in [(quotient, b), (inverse, a)] {
        if root == Some(q) {
            return Some(format!(
                "multiply {} by the square root of a time, as in `sqrt(tau)*xi`",
                the(from)
            ));
        }
    }
    if b == Dimension::NONE || a == Dimension::NONE {
        let d = if b == Dimension::NONE { a } else { b };
        return Some(match usual_unit(d) {
            Some(unit) => format!(
                "give the number a unit, as in `2 {unit}`, or divide {} by one, as in `x/{unit}`",
                the(d)
            ),
            None => format!("give the number a unit, or divide {} by one", the(d)),
        });
    }
    let per = |d: Dimension| usual_unit(d).map_or(String::new(), |u| format!(", such as `(1 {u})`"));
    let named = |d: Dimension| d.name().filter(|n| !n.0.starts_with("per "));
    for (q, from) in [(quotient, b), (inverse, a)] {
        // A name without "per" and "times" is the likelier thing to have forgotten.
        if named(q).is_some_and(|n| !n.0.contains(' ') && n.0 != "frequency") {
            let (to, other) = if from == b { (a, "multiply") } else { (b, "multiply") };
            let divide =
                ["time", "area", "length", "capacitance"].iter().any(|n| named(q).is_some_and(|m| m.0 == *n));
            return Some(if divide {
                format!("divide {} by {}{}", the(to), q.with_article(), per(q))
            } else {
                format!("{other} {} by {}{}", the(from), q.with_article(), per(q))
            });
        }
    }
    named(quotient)
        .map(|_| format!("multiply {} by {}", the(b), quotient.with_article()))
        .or_else(|| named(inverse).map(|_| format!("multiply {} by {}", the(a), inverse.with_article())))
        .or_else(|| Some(format!("the two differ by a factor in {quotient}")))
}

/// The dimension with its article: `the voltage (V)`.
fn the(d: Dimension) -> String {
    match d.name() {
        Some((name, _)) if name.starts_with("per ") => format!("the quantity {d}"),
        Some(_) => format!("the {d}"),
        None => format!("the quantity in {d}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Unit;

    #[test]
    fn the_quantity_that_is_missing_is_named() {
        for (a, b, hint) in [
            ("mV", "nA", "multiply the current (A) by a resistance (ohm), such as `(1 Mohm)`"),
            ("nA", "mV", "multiply the voltage (V) by a conductance (S), such as `(1 nS)`"),
            ("mV/s", "mV", "divide the voltage (V) by a time (s), such as `(1 ms)`"),
            ("mV", "mV/s", "divide the voltage (V) by a time (s), such as `(1 ms)`"),
            ("nS", "mS/cm^2", "divide the conductance (S) by an area (m^2), such as `(1 um^2)`"),
            (
                "mV",
                "1",
                "give the number a unit, as in `2 mV`, or divide the voltage (V) by one, as in `x/mV`",
            ),
            ("mV", "pC", "divide the charge (C) by a capacitance (F), such as `(1 pF)`"),
            ("mV", "mol", "the two differ by a factor in V mol^-1"),
        ] {
            let d = |text: &str| Unit::parse(text).unwrap().dimension();
            assert_eq!(remedy(d(a), d(b)).unwrap(), hint, "{a} {b}");
        }
    }
}
