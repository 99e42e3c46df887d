//! Rows of a block: its rule, then gain, sign and spectral radius.

use super::block::{Block, Row, Rule};
use super::{
    all_to_all, convolution, fixed_in_degree, gaussian, kernel, low_rank, matrix, one_to_one, probability,
};
use crate::network::dale::ColumnSigns;
use crate::network::{NetworkError, NetworkErrorKind, Population, Sign, Structure, Weight};
use linalg::Matrix;
use rayon::prelude::*;

/// How many rows wait for the caller at once.
const ROWS_AT_ONCE: usize = 256;

impl<'a> Block<'a> {
    /// The rule, before gain, sign and self-connections; and whether its weights are drawn (then as magnitudes under
    /// Dale's law) rather than given.
    fn rule(&'a self) -> Result<(Rule<'a>, Origin), NetworkError> {
        Ok(match &self.projection.structure {
            Structure::Matrix(m) => (matrix::dense(self, m)?, Origin::Given),
            Structure::Sparse(m) => (matrix::sparse(self, m)?, Origin::Given),
            Structure::AllToAll { weight } => (all_to_all::rule(self, *weight)?, Origin::Drawn),
            Structure::OneToOne { weight } => (one_to_one::rule(self, *weight)?, Origin::Drawn),
            Structure::Gaussian { g } => (gaussian::rule(self, *g)?, Origin::Drawn),
            Structure::Probability { p, weight } => (probability::rule(self, *p, *weight)?, Origin::Drawn),
            Structure::FixedInDegree { k, weight } => {
                (fixed_in_degree::rule(self, *k, *weight)?, Origin::Drawn)
            }
            Structure::Kernel { formula, coordinate, boundary, cutoff } => {
                (kernel::rule(self, formula, coordinate.as_deref(), *boundary, *cutoff)?, Origin::Given)
            }
            Structure::Convolution { shape, kernel, boundary } => {
                (convolution::rule(self, *shape, kernel, *boundary)?, Origin::Given)
            }
            Structure::LowRank { left, right } => (low_rank::rule(self, left, right)?, Origin::Given),
        })
    }

    /// Gives `sink` every row in order: targets of this population, sources of that.
    pub(in crate::network) fn rows(&self, mut sink: impl FnMut(usize, &Row)) -> Result<(), NetworkError> {
        let (rule, factor) = self.scaled()?;
        self.each(&rule, |i, row| {
            for (_, w) in row.iter_mut() {
                *w *= factor;
            }
            sink(i, row);
        })
    }

    /// Makes single rows, in any order.
    pub(in crate::network) fn row_by_row(&'a self) -> Result<Rule<'a>, NetworkError> {
        let (rule, factor) = self.scaled()?;
        Ok(Box::new(move |i, row| {
            self.row(&rule, i, row)?;
            row.iter_mut().for_each(|(_, w)| *w *= factor);
            Ok(())
        }))
    }

    /// The weight that all connections share, if they do.
    pub(in crate::network) fn common_weight(&self) -> Option<f64> {
        match self.projection.structure {
            Structure::AllToAll { weight: Weight::Same(w) }
            | Structure::OneToOne { weight: Weight::Same(w) }
            | Structure::Probability { weight: Weight::Same(w), .. }
            | Structure::FixedInDegree { weight: Weight::Same(w), .. } => {
                Some(w * self.projection.gain * self.pre.sign.map_or(1.0, Sign::factor))
            }
            _ => None,
        }
    }

    /// The rule, and the factor of its weights by gain, sign and spectral radius.
    fn scaled(&'a self) -> Result<(Rule<'a>, f64), NetworkError> {
        let (rule, origin) = self.rule()?;
        let gain = self.projection.gain;
        if !gain.is_finite() {
            return Err(self.error(NetworkErrorKind::Value, format!("gain = {gain}"), "give a finite gain"));
        }
        let mut factor = gain;
        if let Some(sign) = self.pre.sign {
            if gain < 0.0 {
                return Err(self.error(
                    NetworkErrorKind::Sign,
                    format!("gain = {gain} turns the sign of `{}`, which Dale's law fixes", self.pre.name),
                    "give a positive gain; the sign comes from the population",
                ));
            }
            factor *= match origin {
                Origin::Drawn => sign.factor(),
                Origin::Given => self.factor_of_given(&rule, sign)?,
            };
        }
        if let Some(radius) = self.projection.spectral_radius {
            factor *= self.rescale(&rule, radius)?;
        }
        Ok((rule, factor))
    }

    /// Row i by its rule, without connections that there are not.
    fn row(&self, rule: &Rule<'_>, i: usize, row: &mut Row) -> Result<(), NetworkError> {
        rule(i, row)?;
        row.retain(|&(j, w)| w != 0.0 && (j != i || self.allows_self()));
        match row.iter().find(|(_, w)| !w.is_finite()) {
            None => Ok(()),
            Some(&(j, w)) => Err(self.error(
                NetworkErrorKind::Value,
                format!("the weight from {} to {} is {w}", self.unit(self.pre, j), self.unit(self.post, i)),
                "give finite weights",
            )),
        }
    }

    /// Rows in parallel, handed on in order.
    fn each(&self, rule: &Rule<'_>, mut sink: impl FnMut(usize, &mut Row)) -> Result<(), NetworkError> {
        let n = self.post.n;
        for start in (0..n).step_by(ROWS_AT_ONCE) {
            let end = (start + ROWS_AT_ONCE).min(n);
            let made: Result<Vec<Row>, NetworkError> = (start..end)
                .into_par_iter()
                .map(|i| {
                    let mut row = Row::new();
                    self.row(rule, i, &mut row)?;
                    Ok(row)
                })
                .collect();
            for (k, mut row) in made?.into_iter().enumerate() {
                sink(start + k, &mut row);
            }
        }
        Ok(())
    }

    /// `E[3]`.
    fn unit(&self, population: &Population, i: usize) -> String {
        format!("{}[{i}]", population.name)
    }

    /// Given weights under Dale's law are magnitudes, or already have the sign; 1 or -1.
    fn factor_of_given(&self, rule: &Rule<'_>, sign: Sign) -> Result<f64, NetworkError> {
        let mut signs = ColumnSigns::new(self.pre.n);
        self.each(rule, |i, row| row.iter().for_each(|&(j, w)| signs.add(i, j, w)))?;
        let clash = |what: String| {
            self.error(
                NetworkErrorKind::Sign,
                what,
                format!(
                    "give `{}` one sign for all its outgoing weights (or magnitudes), transpose a matrix that was stored as \
                     [pre, post], or leave out `sign`",
                    self.pre.name
                ),
            )
        };
        let kind = sign.word();
        if let Some((j, (up, a), (down, b))) = signs.mixed() {
            return Err(clash(format!(
                "{kind} unit {} has outgoing weights of both signs: {a} to {} and {b} to {}",
                self.unit(self.pre, j),
                self.unit(self.post, up),
                self.unit(self.post, down)
            )));
        }
        match (signs.positive(), signs.negative(), sign) {
            (_, None, _) => Ok(sign.factor()),
            (None, Some(_), Sign::Inhibitory) => Ok(1.0),
            (positive, Some((i, j, w)), _) => {
                let mut what = format!(
                    "the weight from {kind} unit {} to {} is {w}",
                    self.unit(self.pre, j),
                    self.unit(self.post, i)
                );
                if let Some((i, j, w)) = positive {
                    what += &format!(
                        ", that from {} to {} is {w}",
                        self.unit(self.pre, j),
                        self.unit(self.post, i)
                    );
                }
                Err(clash(what))
            }
        }
    }

    /// The factor that brings the spectral radius to `wanted`, the gain included.
    fn rescale(&self, rule: &Rule<'_>, wanted: f64) -> Result<f64, NetworkError> {
        let bad =
            |what: String, remedy: &str| Err(self.error(NetworkErrorKind::SpectralRadius, what, remedy));
        if self.post.n != self.pre.n {
            return bad(
                format!("spectral_radius needs a square block, not {} x {}", self.post.n, self.pre.n),
                "rescale with `gain`",
            );
        }
        if !(wanted >= 0.0 && wanted.is_finite()) {
            return bad(format!("spectral_radius = {wanted}"), "give a finite number that is not negative");
        }
        let mut block = Matrix::zeros(self.post.n, self.pre.n);
        self.each(rule, |i, row| row.iter().for_each(|&(j, w)| block[(i, j)] += w))?;
        let radius = match linalg::eigenvalues(&block) {
            Ok(values) => values.iter().map(|z| z.norm()).fold(0.0, f64::max),
            Err(e) => return bad(e.to_string(), "rescale with `gain`"),
        };
        // A nilpotent block, as a feedforward chain is, has radius 0 whatever its weights; rounding may leave a trace of it.
        if radius <= f64::EPSILON * block.norm_frobenius() {
            return bad(
                format!("the spectral radius of this block is 0 and cannot become {wanted}"),
                "a feedforward or empty block has no loops: rescale with `gain`",
            );
        }
        Ok(wanted / (radius * self.projection.gain.abs()))
    }

    /// How many entries the block will hold, before it is built; for a cutoff, from a sample of rows.
    pub(in crate::network) fn expected_entries(&self) -> f64 {
        let (rows, cols) = (self.post.n as f64, self.pre.n as f64);
        match &self.projection.structure {
            Structure::Matrix(m) => m.as_slice().iter().filter(|&&w| w != 0.0).count() as f64,
            Structure::Sparse(m) => m.entries() as f64,
            Structure::OneToOne { .. } => rows,
            Structure::Probability { p, .. } => p * rows * cols,
            Structure::FixedInDegree { k, .. } => rows * *k as f64,
            Structure::Convolution { kernel, .. } => {
                (rows * (kernel.rows() * kernel.cols()) as f64).min(rows * cols)
            }
            Structure::Kernel { coordinate: Some(name), boundary, cutoff: Some(cutoff), .. } => {
                kernel::entries_within(self, name, *boundary, *cutoff)
            }
            _ => rows * cols,
        }
    }
}

/// Where the weights of a rule come from.
#[derive(Clone, Copy)]
enum Origin {
    /// Drawn, or one number: magnitudes under Dale's law.
    Drawn,
    /// Given one by one, possibly with their signs.
    Given,
}
