//! Poincaré sections: where a trajectory crosses a plane, and how the return depends on the place.
//!
//! The plane is {x: c·x = d}, crossed upward. Each crossing is found by the event machinery of the simulation, with the method itself
//! and not with its interpolant. From a crossing x at the time t of the next one the derivative of the return is
//!
//! DP = (I - f c^T / (c·f)) V(t), dV/dt = J V, V(0) = I,
//!
//! on directions within the plane; its eigenvalues at a fixed point of the return are the multipliers of the cycle without the trivial one.
//! It fails where the flow only touches the plane (c·f = 0). Reference: Guckenheimer, Holmes (1983), Nonlinear oscillations, section 1.5.

use crate::field::{Action, EvalError, Guard, Hybrid, VectorField, Workspace};
use crate::simulate::{ErrorEstimation, Settings, SimulateError, simulate_hybrid, unwatched};
use linalg::{Complex, Matrix, eigenvalues};

/// The plane c·x = d, crossed in the direction of c.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// c: across the plane.
    pub normal: Vec<f64>,
    /// d.
    pub offset: f64,
}

/// A crossing.
#[derive(Clone, Debug, PartialEq)]
pub struct Crossing {
    /// When.
    pub time: f64,
    /// Where.
    pub x: Vec<f64>,
}

/// A return to the section.
#[derive(Clone, Debug)]
pub struct Return {
    /// The next crossing, counted from the time of the first.
    pub crossing: Crossing,
    /// DP, n x n: of directions within the plane into the plane.
    pub derivative: Matrix,
    /// Its n - 1 eigenvalues within the plane, by descending modulus.
    pub eigenvalues: Vec<Complex>,
}

/// The crossings of a trajectory from `x0` up to the time `duration`.
///
/// # Errors
/// When the question cannot be asked (lengths, settings), or the right-hand side fails.
pub fn section(
    field: &dyn VectorField,
    p: &[f64],
    x0: &[f64],
    section: &Section,
    duration: f64,
    settings: &Settings,
) -> Result<Vec<Crossing>, SimulateError> {
    check(field.dimension(), section)?;
    let cut = Cut { field, section, guards: [Guard::new(Action::Observe)] };
    let settings = Settings { error: ErrorEstimation::Off, ..settings.clone() };
    let run = simulate_hybrid(&cut, p, x0, &[0.0, duration], &settings, &unwatched)?;
    Ok(run.events.into_iter().map(|e| Crossing { time: e.time, x: e.state }).collect())
}

/// The next crossing from a state on the section within `longest`, with its derivative; `None` where there is none, or the
/// flow only touches the plane.
///
/// # Errors
/// As [`section`].
pub fn return_map(
    field: &dyn VectorField,
    p: &[f64],
    x: &[f64],
    section: &Section,
    longest: f64,
    settings: &Settings,
) -> Result<Option<Return>, SimulateError> {
    let n = field.dimension();
    check(n, section)?;
    if x.len() != n {
        return Err(SimulateError::WrongLength { what: "the initial state", expected: n, found: x.len() });
    }
    let tangent = Tangent { field };
    let mut state = x.to_vec();
    for k in 0..n {
        state.extend((0..n).map(|i| f64::from(u8::from(i == k))));
    }
    let mut normal = section.normal.clone();
    normal.resize(n + n * n, 0.0);
    let wide = Section { normal, offset: section.offset };
    let cut = Cut { field: &tangent, section: &wide, guards: [Guard::new(Action::Stop)] };
    let settings = Settings { error: ErrorEstimation::Off, ..settings.clone() };
    // The start is on the section to rounding: a first stretch takes it to the other side or beyond.
    let mut ws = Workspace::default();
    let mut f = vec![0.0; n];
    let mut from = 0.0;
    let guard = |x: &[f64]| dot(&section.normal, &x[..n]) - section.offset;
    let reach = section.normal.iter().fold(0.0f64, |s, c| s.max(c.abs()))
        * x.iter().fold(1.0f64, |s, x| s.max(x.abs()));
    let mut step = 1e-3 * longest;
    // The guard is observed from below: as long as the state is above, it flows freely.
    let free = Cut { field: &tangent, section: &wide, guards: [Guard::new(Action::Observe)] };
    let crossing = loop {
        if from >= longest {
            return Ok(None);
        }
        if guard(&state) <= -1e-9 * reach {
            let run = simulate_hybrid(&cut, p, &state, &[0.0, longest - from], &settings, &unwatched)?;
            let Some(event) = run.events.into_iter().next() else { return Ok(None) };
            break (from + event.time, event.state);
        }
        step = step.min(longest - from);
        let run = simulate_hybrid(&free, p, &state, &[0.0, step], &settings, &unwatched)?;
        if let Some(event) = run.events.into_iter().find(|e| from + e.time > 1e-9 * longest) {
            break (from + event.time, event.state);
        }
        if run.trajectory.x.cols() < 2 {
            return Ok(None);
        }
        state = run.trajectory.x.column(1).to_vec();
        from += step;
    };
    let (time, end) = crossing;
    field.eval(&[time], p, &end[..n], &mut f, &mut ws)?;
    let speed = dot(&section.normal, &f);
    if speed == 0.0 {
        return Ok(None);
    }
    let mut derivative = Matrix::zeros(n, n);
    for k in 0..n {
        let v = &end[n + k * n..n + (k + 1) * n];
        let across = dot(&section.normal, v) / speed;
        (0..n).for_each(|i| derivative[(i, k)] = v[i] - across * f[i]);
    }
    // Directions out of the plane do not count: they are projected onto it first.
    let square = dot(&section.normal, &section.normal);
    let inside = Matrix::from_fn(n, n, |i, k| {
        let out: f64 = (0..n).map(|q| derivative[(i, q)] * section.normal[q]).sum();
        derivative[(i, k)] - out * section.normal[k] / square
    });
    let mut values = eigenvalues(&inside).unwrap_or_default();
    values.sort_by(|a, b| b.norm().total_cmp(&a.norm()).then(b.im.total_cmp(&a.im)));
    values.truncate(n - 1);
    let crossing = Crossing { time, x: end[..n].to_vec() };
    Ok(Some(Return { crossing, derivative: inside, eigenvalues: values }))
}

fn check(n: usize, section: &Section) -> Result<(), SimulateError> {
    if section.normal.len() != n {
        let found = section.normal.len();
        return Err(SimulateError::WrongLength { what: "the normal of the section", expected: n, found });
    }
    let size = section.normal.iter().map(|c| c.abs()).sum::<f64>();
    if size > 0.0 && size.is_finite() && section.offset.is_finite() {
        return Ok(());
    }
    Err(SimulateError::Setting {
        name: "the size of the normal of the section",
        value: size,
        remedy: "a plane has a normal that is not 0, and a finite offset",
    })
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// A flow with one guard: the plane.
struct Cut<'a> {
    field: &'a dyn VectorField,
    section: &'a Section,
    guards: [Guard; 1],
}

impl Hybrid for Cut<'_> {
    fn flow(&self) -> &dyn VectorField {
        self.field
    }

    fn guards(&self) -> &[Guard] {
        &self.guards
    }

    fn guard(
        &self,
        t: &[f64],
        _: &[f64],
        x: &[f64],
        g: &mut [f64],
        _: &mut Workspace,
    ) -> Result<(), EvalError> {
        let lanes = t.len();
        for l in 0..lanes {
            let c = self.section.normal.iter().enumerate();
            g[l] = c.map(|(i, c)| c * x[i * lanes + l]).sum::<f64>() - self.section.offset;
        }
        Ok(())
    }

    fn jump(&self, _: usize, _: f64, _: &[f64], _: &mut [f64], _: &mut Workspace) -> Result<(), EvalError> {
        Ok(())
    }
}

/// A field together with its linearization: dx/dt = f, dV/dt = J V; the state is x, then the columns of V.
struct Tangent<'a> {
    field: &'a dyn VectorField,
}

impl VectorField for Tangent<'_> {
    fn dimension(&self) -> usize {
        let n = self.field.dimension();
        n + n * n
    }

    fn eval(
        &self,
        t: &[f64],
        p: &[f64],
        x: &[f64],
        dx: &mut [f64],
        ws: &mut Workspace,
    ) -> Result<(), EvalError> {
        let (n, lanes) = (self.field.dimension(), t.len());
        self.field.eval(t, p, &x[..n * lanes], &mut dx[..n * lanes], ws)?;
        let mut j = Matrix::zeros(n, n);
        for l in 0..lanes {
            let state: Vec<f64> = (0..n).map(|i| x[i * lanes + l]).collect();
            let q: Vec<f64> = (0..p.len() / lanes).map(|k| p[k * lanes + l]).collect();
            self.field.jacobian(t[l], &q, &state, &mut j, ws)?;
            for k in 0..n {
                for i in 0..n {
                    let row = |q: usize| (n + k * n + q) * lanes + l;
                    dx[row(i)] = (0..n).map(|q| j[(i, q)] * x[row(q)]).sum();
                }
            }
        }
        Ok(())
    }

    fn is_autonomous(&self) -> bool {
        self.field.is_autonomous()
    }
}
