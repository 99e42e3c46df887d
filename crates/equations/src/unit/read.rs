//! The text of a unit as symbols with powers.
//!
//! ```text
//! unit   = factor { [ "*" | "·" | "/" ] factor }
//! factor = ( symbol | "1" | "(" unit ")" ) [ ( "^" | "**" ) power ]
//! power  = [ sign ] digits [ "." digits ] | "(" [ sign ] digits [ "." digits ] [ "/" digits ] ")"
//! ```
//!
//! The longest text has 200 bytes, so that is how deep brackets can be.

use super::error::UnitError;
use crate::Rational;
use std::ops::Range;

/// A symbol to a power, and where it stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Factor<'a> {
    pub(super) symbol: &'a str,
    pub(super) at: usize,
    pub(super) power: Rational,
}

/// The symbols of a unit, with their powers.
pub(super) fn factors(text: &str) -> Result<Vec<Factor<'_>>, UnitError> {
    let mut read = Read { text, at: 0, found: Vec::new() };
    read.product(None)?;
    Ok(read.found)
}

struct Read<'a> {
    text: &'a str,
    at: usize,
    found: Vec<Factor<'a>>,
}

impl<'a> Read<'a> {
    fn next(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn blanks(&mut self) {
        self.take(|c| c == ' ' || c == '\t');
    }

    fn take(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let rest = &self.text[self.at..];
        let taken = &rest[..rest.find(|c| !wanted(c)).unwrap_or(rest.len())];
        self.at += taken.len();
        taken
    }

    fn eat(&mut self, word: &str) -> Option<()> {
        self.text[self.at..].starts_with(word).then(|| self.at += word.len())
    }

    /// Factors up to the end, or up to the bracket that closes the one at `open`.
    fn product(&mut self, open: Option<usize>) -> Result<(), UnitError> {
        let mut first = true;
        loop {
            self.blanks();
            match self.next() {
                None if open.is_some() => return Err(unclosed(open)),
                None => return Ok(()),
                Some(')') if open.is_some() && !first => return Ok(()),
                Some('/' | '*' | '·') if !first => {
                    let sign = self.next().unwrap_or_default();
                    self.at += sign.len_utf8();
                    self.blanks();
                    self.factor(sign == '/')?;
                }
                Some(_) => self.factor(false)?,
            }
            first = false;
        }
    }

    fn factor(&mut self, divided: bool) -> Result<(), UnitError> {
        let (start, before) = (self.at, self.found.len());
        if self.eat("(").is_some() {
            self.product(Some(start))?;
            self.eat(")").ok_or_else(|| unclosed(Some(start)))?;
        } else {
            let symbol = match self.eat("1") {
                Some(()) => &self.text[start..self.at],
                None => self.take(|c| c.is_alphabetic() || c == '°'),
            };
            if symbol.is_empty() {
                return Err(self.unexpected());
            }
            self.found.push(Factor { symbol, at: start, power: Rational::ONE });
        }
        let (at, mut power) = (self.at, self.power()?);
        if divided {
            power = power.negated();
        }
        for factor in &mut self.found[before..] {
            let all = factor.power.times(power);
            factor.power = all.ok_or_else(|| wrong_power("this power is too large", at..self.at, None))?;
        }
        Ok(())
    }

    /// The power after a factor; 1 where none is written.
    fn power(&mut self) -> Result<Rational, UnitError> {
        if self.eat("**").or_else(|| self.eat("^")).is_none() {
            return Ok(Rational::ONE);
        }
        let start = self.at;
        let open = self.eat("(").is_some();
        self.blanks_in(open);
        let mut p = self.number()?;
        self.blanks_in(open);
        if open {
            if self.eat("/").is_some() {
                self.blanks();
                let q = self.number()?;
                p = p.and_then(|p| p.over(q?));
                self.blanks();
            }
            self.eat(")").ok_or_else(|| unclosed(Some(start)))?;
        }
        let hint = "write a whole number or a fraction, as in `ms^(1/2)`";
        p.ok_or_else(|| wrong_power("this power is no small fraction", start..self.at, Some(hint)))
    }

    fn blanks_in(&mut self, bracket: bool) {
        if bracket {
            self.blanks();
        }
    }

    /// A decimal number; `None` where it is no fraction of small numbers.
    fn number(&mut self) -> Result<Option<Rational>, UnitError> {
        let start = self.at;
        if self.eat("-").is_none() {
            self.eat("+");
        }
        let digits = self.take(|c| c.is_ascii_digit()).len();
        let decimals = match self.eat(".") {
            Some(()) => self.take(|c| c.is_ascii_digit()).len(),
            None => 0,
        };
        if digits + decimals == 0 {
            return Err(self.unexpected());
        }
        Ok(self.text[start..self.at].parse().ok().and_then(Rational::nearest))
    }

    fn unexpected(&self) -> UnitError {
        let next = self.next();
        UnitError {
            message: next
                .map_or("the unit ends too early".into(), |c| format!("`{c}` does not belong in a unit")),
            span: self.at..self.at + next.map_or(0, char::len_utf8),
            hint: Some("write a unit as `mV`, `nS/mm^2`, `J/(K mol)` or `mol s^-1`".into()),
        }
    }
}

fn unclosed(open: Option<usize>) -> UnitError {
    let at = open.unwrap_or_default();
    wrong_power("this bracket is never closed", at..at + 1, Some("write `)` where it ends"))
}

fn wrong_power(message: &str, span: Range<usize>, hint: Option<&str>) -> UnitError {
    UnitError { message: message.to_owned(), span, hint: hint.map(str::to_owned) }
}
