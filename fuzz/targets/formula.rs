//! Any text as a formula or a quantity: a value, or an error.

#![no_main]

use equations::{Formula, Quantity};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = Quantity::parse(text);
    if let Ok(formula) = Formula::parse(text) {
        let values: Vec<(&str, f64)> = formula.variables().iter().map(|v| (v.as_str(), 0.5)).collect();
        let _ = formula.eval(&values);
    }
});
