//! A study: everything that was found about one model, as plain data.
//!
//! The walk from a model file to its report ends here; `report` tells it in words, figures and files.

mod numbers;
mod rests;

pub use numbers::{Change, FoundCycle, FoundSection, Response, Synapses};
pub use rests::{Point, Rests};

use dynamics::analyze::continuation::{Diagram, ParameterCurve};
use dynamics::analyze::phase_plane::PhasePortrait;
use dynamics::analyze::{LinearAnalysis, LyapunovExponents};
use dynamics::simulate::Trajectory;
use linalg::{Complex, Matrix};

/// Everything that was found about one model.
#[derive(Clone, Debug)]
pub struct Study {
    /// Name of the model.
    pub name: String,
    /// One line about it, if the file has one.
    pub description: Option<String>,
    /// SHA-256 of the file's text, in hexadecimal; `None` for a bare matrix.
    pub sha256: Option<String>,
    /// Seed of its random numbers.
    pub seed: u64,
    /// `s` if the model's quantities carry units, else empty: the model's own unit of time.
    pub time_unit: &'static str,
    /// A name for each state variable.
    pub names: Vec<String>,
    /// What each guard of the run watches for, in words: `the spike of cell[2]`, `the event bounce`.
    pub guards: Vec<String>,
    /// The variables as the model names them: a name, the index of the first, how many, whether a scalar.
    pub groups: Vec<Group>,
    /// The equation and the meaning of its parts.
    pub equation: Equation,
    /// Columns of the basis that a `[linear]` system was made with, for its arrows.
    pub basis: Option<Matrix>,
    /// M, [post, pre], for a network.
    pub connectivity: Option<Matrix>,
    /// The simulation; `None` for an analysis alone.
    pub simulation: Option<Simulation>,
    /// The linear system, or the linearization at each fixed point that was found.
    pub linear: Vec<LinearAt>,
    /// For a nonlinear system: what the search for its fixed points came to.
    pub rests: Option<Rests>,
    /// Lyapunov exponents, if they were asked for; in 1/time of the model.
    pub lyapunov: Option<LyapunovExponents>,
    /// The limit cycle that was asked for.
    pub cycle: Option<FoundCycle>,
    /// The Poincare section that was asked for.
    pub section: Option<FoundSection>,
    /// Which weights move an eigenvalue, if that was asked.
    pub synapses: Option<Synapses>,
    /// For a square M: how symmetric it is, and its energy.
    pub symmetry: Option<Symmetry>,
    /// Principal components of the simulated activity.
    pub components: Option<Components>,
    /// How large and how lively the activity was.
    pub activity: Option<Activity>,
    /// Whether the run of a nonlinear system without noise came to oscillate, or to rest.
    pub oscillation: Option<Oscillation>,
    /// Noise-driven linear systems: theory beside simulation.
    pub fluctuations: Option<Fluctuations>,
    /// The vector field over the plane of the first two variables (or those that `[analyze] plane` names), if n = 2.
    pub portrait: Option<Portrait>,
    /// Other initial states followed at the same times.
    pub ensemble: Vec<Matrix>,
    /// The unit that people read each variable in; empty if no variable has one.
    pub units: Vec<ReadIn>,
    /// When the units of each population fired.
    pub spikes: Vec<Spikes>,
    /// Other events, by name.
    pub events: Vec<Events>,
    /// The cable whose compartments are the units, if there is one.
    pub cable: Option<CableShape>,
    /// Many runs until something happened.
    pub trials: Option<Trials>,
    /// How fixed points and cycles change with a parameter.
    pub continuation: Option<Continuation>,
    /// The `[expect]` block, tested.
    pub expect: Vec<Outcome>,
    /// Sentences that the reader must hear (a choice made, a limit, a source, a caveat).
    pub notes: Vec<String>,
    /// Wall time, measured by the door.
    pub seconds: Option<Seconds>,
}

/// A named part of the state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Index of its first variable.
    pub start: usize,
    /// Number of variables.
    pub len: usize,
    /// Whether it is told as a number rather than an array.
    pub scalar: bool,
}

/// An equation in words.
#[derive(Clone, Debug)]
pub struct Equation {
    /// For instance `dx/dt = A x + g`.
    pub text: String,
    /// Each symbol, its meaning and its value at hand: (`tau`, `time constant of a unit`, `20 ms`).
    pub parts: Vec<(String, String, String)>,
    /// Whether it is linear.
    pub linear: bool,
    /// Whether time is discrete.
    pub map: bool,
}

/// The unit that a variable is read in.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadIn {
    /// Its symbol, such as `mV`; empty for a bare number.
    pub symbol: String,
    /// How much it is in SI units.
    pub size: f64,
}

/// The spikes of a population.
#[derive(Clone, Debug, PartialEq)]
pub struct Spikes {
    /// Name of the population.
    pub population: String,
    /// Its number of units.
    pub n: usize,
    /// Times in the model's unit and the unit that fired, in order of time.
    pub times: Vec<(f64, usize)>,
    /// Whether a spike changes the state (a reset), or is only seen.
    pub resets: bool,
    /// Spikes of a unit per unit of time, averaged over the units.
    pub rate: f64,
    /// Standard deviation over mean of the intervals, averaged over the units with at least three spikes.
    pub cv: Option<f64>,
}

/// Events of one name.
#[derive(Clone, Debug, PartialEq)]
pub struct Events {
    /// Its name.
    pub name: String,
    /// When, and in which unit of the population.
    pub times: Vec<(f64, usize)>,
    /// Whether it changes the state, or is only seen.
    pub resets: bool,
    /// Whether it ended the run.
    pub stopped: bool,
}

/// A neuron in compartments, and what travels along it. In SI units.
#[derive(Clone, Debug, PartialEq)]
pub struct CableShape {
    /// The name of its population.
    pub population: String,
    /// Into how many compartments it is cut.
    pub compartments: usize,
    /// Of how many sections it consists.
    pub sections: usize,
    /// The length of all sections together.
    pub length: f64,
    /// The area of its membrane.
    pub area: f64,
    /// Places: name, compartment, and the distance of its node from the beginning of the root.
    pub sites: Vec<(String, usize, f64)>,
    /// How fast the first event of each kind travels from each site to the next.
    pub travels: Vec<Travel>,
}

/// How fast an event travels.
#[derive(Clone, Debug, PartialEq)]
pub struct Travel {
    /// Its name.
    pub event: String,
    /// Two neighbors in the list of sites.
    pub between: [String; 2],
    /// When it first happens at each of them.
    pub times: [f64; 2],
    /// The way between them along the cable.
    pub distance: f64,
    /// Distance over time; negative where it comes from the second.
    pub velocity: f64,
}

/// Many runs until something happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Trials {
    /// Runs for each value.
    pub count: usize,
    /// The parameter that was varied, and the unit it is read in.
    pub parameter: Option<(String, ReadIn)>,
    /// What was found for each of its values (one entry without a parameter).
    pub points: Vec<TrialsPoint>,
}

/// Trials at one value.
#[derive(Clone, Debug, PartialEq)]
pub struct TrialsPoint {
    /// The value, in SI units.
    pub value: f64,
    /// Each stop by name.
    pub stops: Vec<StopCount>,
    /// Runs that reached the end without a stop.
    pub undecided: usize,
    /// Mean time of all stops, from when the clock started.
    pub mean_time: Option<f64>,
}

/// How often a stop came first, and when.
#[derive(Clone, Debug, PartialEq)]
pub struct StopCount {
    /// Its name.
    pub name: String,
    /// How often.
    pub count: usize,
    /// Mean time from when the clock started.
    pub mean_time: Option<f64>,
    /// Standard deviation of that time.
    pub sd_time: Option<f64>,
}

impl Study {
    /// What guard number `guard` watches for, in words.
    pub fn event(&self, guard: usize) -> String {
        self.guards.get(guard).cloned().unwrap_or_else(|| format!("event {guard}"))
    }
}

/// A simulation and where it began.
#[derive(Clone, Debug)]
pub struct Simulation {
    /// What was recorded: only the variables of `names`.
    pub trajectory: Trajectory,
    /// State at the start.
    pub x0: Vec<f64>,
    /// Time at the start and at the end that was asked for.
    pub span: (f64, f64),
}

/// A linear system, or a linearization.
#[derive(Clone, Debug)]
pub struct LinearAt {
    /// The matrix A.
    pub a: Matrix,
    /// g.
    pub g: Vec<f64>,
    /// The fixed point that it was linearized at; `None` if the system is linear.
    pub point: Option<Point>,
    /// What is known of it.
    pub analysis: LinearAnalysis,
}

/// How symmetric a square weight matrix is.
#[derive(Clone, Debug)]
pub struct Symmetry {
    /// Correlation of M_ij with M_ji over i != j.
    pub reciprocity: Option<f64>,
    /// ||M - M^T||_F / ||M + M^T||_F.
    pub asymmetry: f64,
    /// For symmetric M and monotone F: the energy at the recorded times.
    pub energy: Option<Vec<f64>>,
    /// Whether that energy ever rises by more than rounding; it must not.
    pub energy_rises: Option<bool>,
}

/// Principal components of the activity.
#[derive(Clone, Debug)]
pub struct Components {
    /// Fraction of the variance that each holds, descending.
    pub variance: Vec<f64>,
    /// n x k: orthonormal directions.
    pub directions: Matrix,
    /// k x T: the activity along them.
    pub scores: Matrix,
    /// The mode that the first component lies nearest to; `None` where there are no modes to be trusted.
    pub nearest: Option<Nearest>,
}

/// A mode, and how near a direction lies to it.
#[derive(Clone, Copy, Debug)]
pub struct Nearest {
    /// Index of its eigenvalue.
    pub mode: usize,
    /// Cosine of the angle between the direction and the line or plane of the mode.
    pub cosine: f64,
}

/// How large and how lively the activity was.
#[derive(Clone, Copy, Debug)]
pub struct Activity {
    /// The smallest value of any variable.
    pub min: f64,
    /// The largest.
    pub max: f64,
    /// Standard deviation over the second half of the run, averaged over the variables: 0 at rest.
    pub late_sd: f64,
}

/// What a run came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Oscillation {
    /// By name.
    pub verdict: Course,
    /// Why, in a sentence; empty where the cycle says it all.
    pub reason: String,
    /// The cycle, if it oscillates.
    pub cycle: Option<Cycle>,
}

/// What a run comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// The same cycle over and over.
    Oscillates,
    /// Nothing moves any more.
    Rests,
    /// Neither, as far as the run shows.
    Neither,
}

impl Course {
    /// Its name in the findings.
    pub fn name(self) -> &'static str {
        match self {
            Course::Oscillates => "oscillates",
            Course::Rests => "comes to rest",
            Course::Neither => "neither",
        }
    }
}

/// A cycle that a run repeats.
#[derive(Clone, Debug, PartialEq)]
pub struct Cycle {
    /// What was timed: the maxima of a variable, or the spikes of a population, by name.
    pub timed: String,
    /// Mean interval.
    pub period: f64,
    /// The longest interval less the shortest.
    pub spread: f64,
    /// How wrong the period may be because states are recorded at intervals; `None` where events were located.
    pub error: Option<f64>,
    /// The number of intervals.
    pub count: usize,
    /// The lowest value of each variable in the last interval.
    pub lowest: Vec<f64>,
    /// The highest.
    pub highest: Vec<f64>,
}

impl Cycle {
    /// What is timed of a run that ends where it began.
    pub const RETURN: &'static str = "the return to the start";
}

/// A linear network driven by noise.
#[derive(Clone, Debug)]
pub struct Fluctuations {
    /// Stationary covariance by theory (Lyapunov equation), n x n.
    pub theory: Matrix,
    /// Covariance of the recorded states.
    pub simulated: Matrix,
    /// Frequencies of the power spectrum.
    pub frequencies: Vec<f64>,
    /// Two-sided power spectral density of the first variable by theory.
    pub spectrum: Vec<f64>,
    /// The same, estimated from the recorded states (Welch), at the same frequencies.
    pub spectrum_simulated: Vec<f64>,
    /// Name of that variable.
    pub variable: String,
}

/// The vector field on a grid of the plane.
#[derive(Clone, Debug)]
pub struct Portrait {
    /// Indices of the two variables.
    pub plane: (usize, usize),
    /// Grid of the first variable.
    pub x: Vec<f64>,
    /// Grid of the second.
    pub y: Vec<f64>,
    /// First component, `dx[(i, j)]` at (x_i, y_j).
    pub dx: Matrix,
    /// Second component.
    pub dy: Matrix,
    /// Trajectories from other initial states, as 2 x T matrices, for the eye.
    pub curves: Vec<Matrix>,
    /// Real eigenvectors at the fixed points: (foot, direction, eigenvalue).
    pub eigenvectors: Vec<([f64; 2], [f64; 2], Complex)>,
    /// Nullclines, separatrices, cycles, basins and streamlines; `None` for a linear system.
    pub phase: Option<PhasePortrait>,
    /// What is shown, where that is not the whole system; else empty.
    pub about: String,
}

/// How fixed points and cycles change with a parameter. In SI units.
#[derive(Clone, Debug)]
pub struct Continuation {
    /// Name of the parameter.
    pub parameter: String,
    /// The unit that its values are told in.
    pub unit: ReadIn,
    /// The interval that was asked about.
    pub span: (f64, f64),
    /// The branches and their special points.
    pub diagram: Diagram,
    /// Folds and Hopf points over a second parameter, if one was named.
    pub second: Option<SecondParameter>,
}

/// Where folds and Hopf points lie over two parameters. In SI units.
#[derive(Clone, Debug)]
pub struct SecondParameter {
    /// Name of the second parameter.
    pub parameter: String,
    /// The unit that its values are told in.
    pub unit: ReadIn,
    /// Its interval.
    pub span: (f64, f64),
    /// The curves; `p` holds the first and the second parameter.
    pub curves: Vec<ParameterCurve>,
}

/// One line of the `[expect]` block.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Dotted path into the findings.
    pub path: String,
    /// What the file expects, as JSON: a value, or its bounds.
    pub expected: String,
    /// The same in words, with its tolerance.
    pub words: String,
    /// What was measured, as JSON; `null` if the path does not exist.
    pub measured: String,
    /// Whether they agree.
    pub pass: bool,
}

/// Wall time.
#[derive(Clone, Copy, Debug)]
pub struct Seconds {
    /// Reading, building, lowering.
    pub build: f64,
    /// Simulation and analysis.
    pub run: f64,
}
