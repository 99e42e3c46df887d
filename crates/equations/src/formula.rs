//! A scalar formula of named variables, such as `exp(-d^2/(2*0.3^2))`.
//!
//! It is read once into a postfix program and evaluated for scalars or for whole slices. The grammar has numbers, names,
//! `+ - * / ^ **`, comparisons with `and`, `or` and `not`, brackets, the constant `pi` and some thirty functions; nothing in it can loop, call or
//! reach anything outside, and its cost is linear in its length.
//!
//! ```
//! use equations::Formula;
//! let f = Formula::parse("(J0 + J1*cos(theta))/n").unwrap();
//! assert_eq!(f.variables(), ["J0", "J1", "theta", "n"]);
//! let y = f.eval(&[("J0", -8.0), ("J1", 5.0), ("theta", 0.0), ("n", 2.0)]).unwrap();
//! assert_eq!(y, -1.5);
//! ```

use crate::formula_error::FormulaError;
use crate::nearest;
use crate::program::{Op, compile};
use std::ops::Range;

/// A parsed formula.
#[derive(Clone, Debug, PartialEq)]
pub struct Formula {
    source: String,
    ops: Vec<Op>,
    variables: Vec<String>,
    spans: Vec<Range<usize>>,
}

/// A formula whose variables have their places in a slice of values.
#[derive(Clone, Debug, PartialEq)]
pub struct BoundFormula {
    ops: Vec<Op>,
    stack: usize,
    arguments: usize,
}

impl Formula {
    /// Reads a formula.
    ///
    /// # Errors
    /// Where it departs from the grammar, with the bytes and a hint.
    pub fn parse(text: &str) -> Result<Self, FormulaError> {
        let program = compile(text)?;
        Ok(Self {
            source: text.to_owned(),
            ops: program.ops,
            variables: program.variables,
            spans: program.spans,
        })
    }

    /// The text it was read from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The names that it uses, in order of first use.
    pub fn variables(&self) -> &[String] {
        &self.variables
    }

    /// Whether it uses this name.
    pub fn uses(&self, name: &str) -> bool {
        self.variables.iter().any(|v| v == name)
    }

    /// The same formula with some variables replaced by numbers; names that it does not use are passed over.
    pub fn substitute(&self, values: &[(&str, f64)]) -> Self {
        let value = |k: usize| values.iter().find(|v| v.0 == self.variables[k]).map(|v| v.1);
        let kept: Vec<usize> = (0..self.variables.len()).filter(|&k| value(k).is_none()).collect();
        let place = |k: usize| kept.iter().position(|&q| q == k).expect("a variable is replaced or kept");
        let ops = self.ops.iter().map(|op| match *op {
            Op::Variable(k) => value(k).map_or_else(|| Op::Variable(place(k)), Op::Constant),
            other => other,
        });
        Self {
            source: self.source.clone(),
            ops: ops.collect(),
            variables: kept.iter().map(|&k| self.variables[k].clone()).collect(),
            spans: kept.iter().map(|&k| self.spans[k].clone()).collect(),
        }
    }

    /// Gives each variable its place in `names`.
    ///
    /// # Errors
    /// A variable that is not among them, with the nearest.
    pub fn bind(&self, names: &[&str]) -> Result<BoundFormula, FormulaError> {
        let mut places = Vec::with_capacity(self.variables.len());
        for (variable, span) in self.variables.iter().zip(&self.spans) {
            let Some(k) = names.iter().position(|n| n == variable) else {
                return Err(FormulaError {
                    message: format!("`{variable}` is not known here"),
                    span: span.clone(),
                    hint: Some(match nearest(variable, names.iter().copied()) {
                        Some(known) => format!("did you mean `{known}`?"),
                        None if names.is_empty() => "only numbers and `pi` are known here".to_owned(),
                        None => format!("known are {}", names.join(", ")),
                    }),
                });
            };
            places.push(k);
        }
        let ops =
            self.ops.iter().map(|op| if let Op::Variable(k) = *op { Op::Variable(places[k]) } else { *op });
        Ok(BoundFormula { ops: ops.collect(), stack: stack_needed(&self.ops), arguments: names.len() })
    }

    /// Its value for these variables.
    ///
    /// # Errors
    /// As [`Formula::bind`].
    pub fn eval(&self, values: &[(&str, f64)]) -> Result<f64, FormulaError> {
        let (names, numbers): (Vec<&str>, Vec<f64>) = values.iter().copied().unzip();
        Ok(self.bind(&names)?.eval(&numbers))
    }
}

/// The largest height of the stack while the program runs.
fn stack_needed(ops: &[Op]) -> usize {
    let (mut height, mut most) = (0_usize, 0);
    for op in ops {
        match op {
            Op::Constant(_) | Op::Variable(_) => height += 1,
            Op::Unary(_) => {}
            Op::Binary(_) => height -= 1,
            Op::Ternary(_) => height -= 2,
        }
        most = most.max(height);
    }
    most
}

/// How many lanes go through the program at once.
const BLOCK: usize = 128;
/// Stacks up to this height need no allocation.
const SHALLOW: usize = 16;

impl BoundFormula {
    /// Its value; `values` are in the order of the names it was bound to.
    ///
    /// # Panics
    /// If there are not as many values as names.
    pub fn eval(&self, values: &[f64]) -> f64 {
        assert_eq!(values.len(), self.arguments, "one value for each name");
        if self.stack <= SHALLOW {
            self.run(&mut [0.0; SHALLOW], values)
        } else {
            self.run(&mut vec![0.0; self.stack], values)
        }
    }

    fn run(&self, stack: &mut [f64], values: &[f64]) -> f64 {
        let mut top = 0;
        for op in &self.ops {
            match *op {
                Op::Constant(x) => {
                    stack[top] = x;
                    top += 1;
                }
                Op::Variable(k) => {
                    stack[top] = values[k];
                    top += 1;
                }
                Op::Unary(f) => stack[top - 1] = f.apply(stack[top - 1]),
                Op::Binary(f) => {
                    stack[top - 2] = f.apply(stack[top - 2], stack[top - 1]);
                    top -= 1;
                }
                Op::Ternary(f) => {
                    stack[top - 3] = f.apply(stack[top - 3], stack[top - 2], stack[top - 1]);
                    top -= 2;
                }
            }
        }
        stack[0]
    }

    /// Its values for many lanes: `columns[k]` holds variable `k` of each lane, or one number for all of them.
    ///
    /// # Panics
    /// If the number of columns, or their lengths, do not fit.
    pub fn eval_lanes(&self, columns: &[&[f64]], out: &mut [f64]) {
        assert_eq!(columns.len(), self.arguments, "one column for each name");
        assert!(columns.iter().all(|c| c.len() == 1 || c.len() == out.len()), "one value, or one each lane");
        let mut stack = vec![[0.0; BLOCK]; self.stack];
        let lanes = out.len();
        for start in (0..lanes).step_by(BLOCK) {
            let block = start..(start + BLOCK).min(lanes);
            self.run_block(&mut stack, columns, block.clone());
            out[block.clone()].copy_from_slice(&stack[0][..block.len()]);
        }
    }

    fn run_block(&self, stack: &mut [[f64; BLOCK]], columns: &[&[f64]], block: Range<usize>) {
        let n = block.len();
        let mut top = 0;
        for op in &self.ops {
            match *op {
                Op::Constant(x) => {
                    stack[top] = [x; BLOCK];
                    top += 1;
                }
                Op::Variable(k) => {
                    match columns[k] {
                        &[x] => stack[top] = [x; BLOCK],
                        column => stack[top][..n].copy_from_slice(&column[block.clone()]),
                    }
                    top += 1;
                }
                Op::Unary(f) => stack[top - 1][..n].iter_mut().for_each(|x| *x = f.apply(*x)),
                Op::Binary(f) => {
                    let (below, above) = stack.split_at_mut(top - 1);
                    let y = &above[0][..n];
                    below[top - 2][..n].iter_mut().zip(y).for_each(|(x, &y)| *x = f.apply(*x, y));
                    top -= 1;
                }
                Op::Ternary(f) => {
                    let (below, above) = stack.split_at_mut(top - 2);
                    let (y, z) = (&above[0][..n], &above[1][..n]);
                    let x = &mut below[top - 3][..n];
                    for ((x, &y), &z) in x.iter_mut().zip(y).zip(z) {
                        *x = f.apply(*x, y, z);
                    }
                    top -= 2;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value(text: &str) -> f64 {
        Formula::parse(text).unwrap().eval(&[]).unwrap()
    }

    #[test]
    fn operators_group_as_in_mathematics() {
        for (text, expected) in [
            ("-2^2", -4.0),
            ("2^3^2", 512.0),
            ("2**-1", 0.5),
            ("2^-3*4", 0.5),
            ("8/4/2", 1.0),
            ("1 - 2 - 3", -4.0),
            ("2 + 3*4", 14.0),
            ("-(1 + 2)*3", -9.0),
            ("--1", 1.0),
            ("2*-3", -6.0),
            ("1 + 1 < 3", 1.0),
            ("1e3*.5", 500.0),
            ("+4", 4.0),
            ("1 < 2 and not 3 < 2", 1.0),
            ("1 > 2 || 1 > 3 && 1 < 2", 0.0),
            ("where(not 1 > 2 or 1 > 3, 5, 6)", 5.0),
        ] {
            assert_eq!(value(text), expected, "{text}");
        }
    }

    #[test]
    fn functions_have_their_known_values() {
        for (text, expected) in [
            ("exprel(0)", 1.0),
            ("exprel(1e-12)", 1.0 + 5e-13),
            ("sigmoid(0)", 0.5),
            ("sigmoid(-1000)", 0.0),
            ("softplus(0)", std::f64::consts::LN_2),
            ("softplus(1000)", 1000.0),
            ("relu(-3)", 0.0),
            ("heaviside(0)", 1.0),
            ("sign(0)", 0.0),
            ("sign(-2)", -1.0),
            ("mod(-1, 3)", 2.0),
            ("mod(1, -3)", -2.0),
            ("mod(-0.5*pi, 2*pi)", 1.5 * std::f64::consts::PI),
            ("clip(5, 0, 1)", 1.0),
            ("where(2 > 1, 10, 20)", 10.0),
            ("where(2 == 1, 10, 20)", 20.0),
            ("min(3, 1, 2)", 1.0),
            ("max(3, 1, 2)", 3.0),
            ("atan2(1, -1)", 0.75 * std::f64::consts::PI),
            ("erf(0.5)", 0.520_499_877_813_046_5),
            ("expm1(1e-20)", 1e-20),
            ("log1p(1e-20)", 1e-20),
            ("cos(pi)", -1.0),
        ] {
            let v = value(text);
            assert!((v - expected).abs() <= 2e-16 * expected.abs().max(1.0), "{text} = {v}");
        }
        assert!(value("max(0/0, 1)").is_nan() && value("where(0/0, 1, 2)").is_nan());
    }

    #[test]
    fn errors_point_at_their_bytes_and_propose() {
        for (text, span, message, hint) in [
            ("2*tnah(x)", 2..6, "there is no function `tnah`", "did you mean `tanh`?"),
            ("2 x", 2..3, "an operator is missing here", "write a product with `*`"),
            ("(1 + 2", 0..1, "this bracket is never closed", ""),
            ("1)", 1..2, "this bracket was never opened", ""),
            ("1 +", 3..3, "the formula ends too early", ""),
            ("a @ b", 2..3, "`@` does not belong", "matrix products"),
            ("sin", 0..3, "`sin` is a function", "sin(x)"),
            ("sin(1, 2)", 0..3, "takes 1 argument, not 2", ""),
            ("1 < 2 < 3", 6..7, "comparisons cannot be chained", "(a < b)*(b < c)"),
            ("", 0..0, "the formula is empty", ""),
            ("µ = 2", 3..4, "`=` does not belong", "=="),
            ("2 and x > 1", 0..1, "`and` stands with conditions only", "a < b and c < d"),
            ("t\u{430}u", 1..3, "`\u{430}` is a Cyrillic letter (U+0430); `a` is meant", "write `a`"),
            ("1 \u{2212} 2", 2..5, "the minus sign (U+2212); `-` is meant", "write `-`"),
            ("\u{ff11}", 0..3, "a full-width character (U+FF11); `1` is meant", "write `1`"),
        ] {
            let e = Formula::parse(text).unwrap_err();
            assert_eq!(e.span, span, "{text}");
            assert!(e.message.contains(message), "{text}: {}", e.message);
            assert!(e.hint.unwrap_or_default().contains(hint), "{text}");
        }
        let e = Formula::parse("1 + thta").unwrap().bind(&["theta", "n"]).unwrap_err();
        assert_eq!((e.span, e.hint.as_deref()), (4..8, Some("did you mean `theta`?")));
    }

    #[test]
    fn deep_or_long_formulas_are_refused_without_harm() {
        for text in ["(".repeat(10_000), "-".repeat(1_000_000), "2^".repeat(10_000), "exp(".repeat(5000)] {
            assert!(Formula::parse(&text).unwrap_err().message.contains("nested too deeply"));
        }
        let long = "1+".repeat(40_000) + "1";
        assert_eq!(value(&long), 40_001.0);
        assert!(Formula::parse(&("1+".repeat(200_000) + "1")).is_err());
        assert!(Formula::parse(&" ".repeat(2_000_000)).is_err());
        let nested = "1+2*(".repeat(60) + "x" + &")".repeat(60);
        let f = Formula::parse(&nested).unwrap().bind(&["x"]).unwrap();
        assert!(f.stack > SHALLOW && f.eval(&[0.0]) == 2.0_f64.powi(60) - 1.0);
    }

    #[test]
    fn a_parameter_can_be_written_in() {
        let f = Formula::parse("a*x + b*y + a").unwrap().substitute(&[("a", 2.0), ("z", 9.0)]);
        assert_eq!(f.variables(), ["x", "b", "y"]);
        assert_eq!(f.eval(&[("b", 1.0), ("x", 3.0), ("y", 5.0)]).unwrap(), 13.0);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,60}") {
            let _ = Formula::parse(&text);
        }

        #[test]
        fn no_string_of_formula_like_pieces_panics(
            text in "(x|y1|[0-9]|\\.|e|[-+*/^(),<>= ]|==|sin\\(|where\\(|pi){0,60}"
        ) {
            if let Ok(f) = Formula::parse(&text) {
                let _ = f.eval(&[("x", 0.5), ("y1", -2.0), ("e", 1.0)]);
            }
        }

        #[test]
        fn lanes_and_scalars_agree_to_the_bit(x in prop::collection::vec(-3.0..3.0_f64, 1..300), c in -2.0..2.0_f64) {
            let f = Formula::parse("where(x < c, exp(-x^2/2), clip(x*c, -1, 1)) + mod(x, 1.5)/3").unwrap();
            let f = f.bind(&["c", "x"]).unwrap();
            let mut out = vec![0.0; x.len()];
            f.eval_lanes(&[&[c], &x], &mut out);
            for (y, &x) in out.iter().zip(&x) {
                prop_assert_eq!(y.to_bits(), f.eval(&[c, x]).to_bits());
            }
        }
    }
}
