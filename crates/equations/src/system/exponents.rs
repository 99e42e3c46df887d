//! Unknown dimensions, found by linear equations over the rational numbers.
//!
//! A dimension is a vector d in Q^7, written additively: that of a product is a sum, that of a power a multiple. With
//! unknown dimensions X_i, every expression has a form d + sum_i c_i X_i, and "these two have equal dimensions" says that
//! the difference of two forms is 0. Each such equation is solved for one unknown, the newest that it contains, which is
//! then replaced wherever it stands; an equation without unknowns holds or is a clash.
//!
//! Cost: proportional to the unknowns of the forms that meet; a budget stops systems made to be costly.

use crate::{Dimension, Rational};

/// d + sum_i c_i X_i, the unknowns in increasing order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Form {
    pub(super) known: Dimension,
    unknown: Vec<(usize, Rational)>,
}

/// Why an equation between forms cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// The two sides differ.
    Clash,
    /// An exponent is too large.
    Range,
    /// The system costs too much.
    Budget,
}

const BUDGET: usize = 20_000_000;

impl From<Dimension> for Form {
    fn from(known: Dimension) -> Self {
        Self { known, unknown: Vec::new() }
    }
}

impl Form {
    /// One unknown.
    fn variable(k: usize) -> Self {
        Self { known: Dimension::NONE, unknown: vec![(k, Rational::ONE)] }
    }

    /// self + c other.
    fn plus(&self, other: &Self, c: Rational) -> Option<Self> {
        let known = self.known.times_rational_power(other.known, c)?;
        if other.unknown.is_empty() {
            return Some(Self { known, unknown: self.unknown.clone() });
        }
        let mut unknown = Vec::with_capacity(self.unknown.len() + other.unknown.len());
        let (mut a, mut b) = (self.unknown.iter().peekable(), other.unknown.iter().peekable());
        loop {
            let next = match (a.peek(), b.peek()) {
                (None, None) => break,
                (Some(x), Some(y)) if x.0 == y.0 => {
                    let sum = x.1.plus(y.1.times(c)?)?;
                    let k = x.0;
                    a.next();
                    b.next();
                    (k, sum)
                }
                (Some(x), y) if y.is_none_or(|y| x.0 < y.0) => {
                    let x = **x;
                    a.next();
                    x
                }
                _ => {
                    let y = *b.next()?;
                    (y.0, y.1.times(c)?)
                }
            };
            if !next.1.is_zero() {
                unknown.push(next);
            }
        }
        Some(Self { known, unknown })
    }

    fn is_known(&self) -> bool {
        self.unknown.is_empty()
    }
}

/// The unknowns, and what is known of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Unknowns {
    solved: Vec<Option<Form>>,
    spent: usize,
}

impl Unknowns {
    /// So many unknowns.
    pub(super) fn new(count: usize) -> Self {
        Self { solved: vec![None; count], spent: 0 }
    }

    /// The form of an unknown, as far as it is known.
    pub(super) fn form(&mut self, k: usize) -> Result<Form, Failure> {
        match &self.solved[k] {
            None => Ok(Form::variable(k)),
            Some(form) if form.is_known() => Ok(form.clone()),
            Some(form) => {
                let form = form.clone();
                let form = self.reduced(form)?;
                self.solved[k] = Some(form.clone());
                Ok(form)
            }
        }
    }

    /// a + c b.
    pub(super) fn sum(&mut self, a: &Form, b: &Form, c: Rational) -> Result<Form, Failure> {
        self.spend(1 + a.unknown.len() + b.unknown.len())?;
        a.plus(b, c).ok_or(Failure::Range)
    }

    fn spend(&mut self, work: usize) -> Result<(), Failure> {
        self.spent += work;
        if self.spent > BUDGET { Err(Failure::Budget) } else { Ok(()) }
    }

    /// The same form in unknowns that are not solved.
    pub(super) fn reduced(&mut self, mut form: Form) -> Result<Form, Failure> {
        while let Some(&(k, c)) = form.unknown.iter().rev().find(|u| self.solved[u.0].is_some()) {
            let solved = self.solved[k].clone().unwrap_or_default();
            let without = self.sum(&form, &Form::variable(k), c.negated())?;
            form = self.sum(&without, &solved, c)?;
        }
        Ok(form)
    }

    /// Lets the two forms be equal; which unknown was solved for.
    pub(super) fn equate(&mut self, a: &Form, b: &Form) -> Result<Option<usize>, Failure> {
        let difference = self.sum(a, b, Rational::integer(-1))?;
        let difference = self.reduced(difference)?;
        let Some(&(k, c)) = difference.unknown.last() else {
            return if difference.known == Dimension::NONE { Ok(None) } else { Err(Failure::Clash) };
        };
        let inverse = Rational::integer(-1).over(c).ok_or(Failure::Range)?;
        let rest = self.sum(&difference, &Form::variable(k), c.negated())?;
        let solution = self.sum(&Form::default(), &rest, inverse)?;
        self.solved[k] = Some(solution);
        Ok(Some(k))
    }

    /// Its dimension, if that is known.
    pub(super) fn dimension(&mut self, form: &Form) -> Result<Option<Dimension>, Failure> {
        let form = self.reduced(form.clone())?;
        Ok(form.is_known().then_some(form.known))
    }

    /// What is known of its dimension, for a message.
    pub(super) fn shown(&mut self, form: &Form) -> Dimension {
        self.reduced(form.clone()).map_or(form.known, |f| f.known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknowns_follow_from_their_equations() {
        let mut u = Unknowns::new(3);
        let (x, y, z) = (u.form(0).unwrap(), u.form(1).unwrap(), u.form(2).unwrap());
        let xy = u.sum(&x, &y, Rational::ONE).unwrap();
        u.equate(&xy, &z).unwrap();
        u.equate(&x, &y).unwrap();
        u.equate(&z, &Dimension::TIME.into()).unwrap();
        let half = Rational::new(1, 2).unwrap();
        let root = Dimension::NONE.times_rational_power(Dimension::TIME, half);
        assert_eq!(u.dimension(&y).unwrap(), root);
        assert_eq!(u.equate(&x, &Dimension::TIME.into()), Err(Failure::Clash));
        assert_eq!(u.equate(&x, &y), Ok(None));
    }

    #[test]
    fn a_costly_system_ends_at_its_budget() {
        let n = 3000;
        let mut u = Unknowns::new(2 * n);
        let mut result = Ok(None);
        for k in 0..n {
            let mut form = Form::default();
            for i in 0..n {
                let x = u.form(i).unwrap();
                form = match u.sum(&form, &x, Rational::integer(1 + ((i * k) % 7) as i8)) {
                    Ok(form) => form,
                    Err(e) => return assert_eq!(e, Failure::Budget),
                };
            }
            result = u.equate(&form, &Form::variable(n + k));
            if result.is_err() {
                break;
            }
        }
        assert_eq!(result, Err(Failure::Budget));
    }
}
