//! Numbers of a dynamics that were asked for: exponents, a cycle, a section, the weights that matter. In SI units.

use linalg::{Complex, Matrix};

/// A cycle that was asked for.
#[derive(Clone, Debug)]
pub struct FoundCycle {
    /// Whether there is one, in words.
    pub verdict: String,
    /// Whether there is one.
    pub is_cycle: bool,
    /// Its period.
    pub period: f64,
    /// An estimate of the error of the period.
    pub period_error: f64,
    /// Floquet multipliers without the trivial one, by descending modulus.
    pub multipliers: Vec<Complex>,
    /// How far the trivial multiplier is from 1.
    pub trivial_deviation: f64,
    /// Whether it attracts; `None` where a multiplier is 1 in modulus to rounding.
    pub is_stable: Option<bool>,
    /// The lowest value of each variable.
    pub low: Vec<f64>,
    /// The highest.
    pub high: Vec<f64>,
    /// The phase response, if it was asked for and there is one.
    pub response: Option<Response>,
}

/// By how much time a small push of one variable advances a cycle.
#[derive(Clone, Debug)]
pub struct Response {
    /// The variable that is pushed.
    pub variable: usize,
    /// Phases from 0 to 1; 0 is where that variable is largest.
    pub phases: Vec<f64>,
    /// Time per unit of the variable at these phases.
    pub values: Vec<f64>,
    /// The variable itself at these phases.
    pub states: Vec<f64>,
    /// The largest deviation of the response along the flow from 1.
    pub deviation: f64,
}

/// Passages through a plane.
#[derive(Clone, Debug)]
pub struct FoundSection {
    /// The variable that passes.
    pub variable: usize,
    /// The value that it passes.
    pub value: f64,
    /// `up`, `down` or `both`.
    pub direction: &'static str,
    /// For how long the state was followed.
    pub span: f64,
    /// The times of the passages, whether upward, and the states there.
    pub crossings: Vec<(f64, bool, Vec<f64>)>,
    /// The variable whose return is drawn.
    pub shown: usize,
}

/// How an eigenvalue depends on the weights.
#[derive(Clone, Debug)]
pub struct Synapses {
    /// `M` of a network, else `A`.
    pub symbol: &'static str,
    /// Which eigenvalue, from 0.
    pub index: usize,
    /// The number of the fixed point, from 0; `None` for a linear system.
    pub fixed_point: Option<usize>,
    /// The eigenvalue.
    pub eigenvalue: Complex,
    /// Its condition.
    pub condition: f64,
    /// The distance to the next eigenvalue.
    pub gap: f64,
    /// What the derivative is worth, in words.
    pub verdict: String,
    /// d Re(lambda)/d M_ij; `None` where the eigenvalue has no derivative.
    pub derivative: Option<Matrix>,
    /// The weights with the largest d Re(lambda)/d M_ij: target, source, derivative.
    pub strongest: Vec<(usize, usize, f64)>,
    /// The smallest change that gives this time constant.
    pub for_time_constant: Option<(f64, Change)>,
    /// The smallest change that takes the system across the nearest bifurcation.
    pub to_bifurcation: Option<Change>,
    /// What was left out, in sentences.
    pub left_out: Vec<String>,
}

/// A change of the weights.
#[derive(Clone, Debug)]
pub struct Change {
    /// What is added to the weights.
    pub change: Matrix,
    /// Its Frobenius norm.
    pub norm_frobenius: f64,
    /// Its 2-norm.
    pub norm_2: f64,
    /// No smaller norm can do it; 0 where nothing is known.
    pub lower_bound: f64,
    /// How sure it is the smallest.
    pub verdict: &'static str,
    /// The eigenvalue after it.
    pub reached: Complex,
    /// Whether that eigenvalue leads then.
    pub leads: bool,
    /// `zero` or `hopf` where the border was wanted.
    pub crossing: Option<&'static str>,
    /// Its largest entries: target, source, change.
    pub strongest: Vec<(usize, usize, f64)>,
}
