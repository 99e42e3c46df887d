//! Steps of any method with a tableau, where some variables may be held.

use super::steps::Steps;
use crate::field::{EvalError, Held, VectorField};
use crate::simulate::block::Block;
use crate::simulate::scheme::Scheme;
use crate::simulate::stepper::{Pace, Step, Stepper};
use crate::simulate::stiffness::Suspicion;
use crate::simulate::tableau::{RODAS5P, Tableau};

/// The shortest step, in roundings of the time. What explodes before a guard cuts it may do so within one: the time stands
/// still then, while the state moves, and the event is as accurate as the time can be.
const FINEST: f64 = 1e-11;

/// One trajectory by a method with a tableau.
pub(crate) struct RungeKutta<'a> {
    flow: &'a dyn VectorField,
    p: Vec<f64>,
    pace: Pace,
    span: f64,
    stepper: Stepper,
    /// A second block, for steps beside the step; its beginning is that of the step once `probed`.
    beside: (Block, Scheme),
    probed: bool,
    extra: bool,
    /// Whether the first step after a start goes at most half the way to where it has to stop: so that a second run differs from
    /// the first where stops, not the tolerance, set the step.
    halves: bool,
    is_fresh: bool,
    held: Vec<bool>,
    /// Scratch of the size of a state.
    state: Vec<f64>,
    stiffness: Stiffness,
}

/// Whether an implicit method is to take over.
#[derive(Default)]
struct Stiffness {
    /// The end of the run, if one may.
    end: Option<f64>,
    suspicion: Suspicion,
    steps: usize,
    is_due: bool,
    taken_over: Option<f64>,
}

impl<'a> RungeKutta<'a> {
    /// For a run over a time of `span`; a finer one takes other steps where the tolerance does not set them.
    pub(crate) fn new(
        flow: &'a dyn VectorField,
        p: &[f64],
        m: &'static Tableau,
        pace: Pace,
        span: f64,
        is_finer: bool,
    ) -> Self {
        let n = flow.dimension();
        let mut block = Block::new(n, p, m.evaluations());
        block.resize(&[None]);
        let mut stepper = Stepper::new(n, p, m, pace, span);
        stepper.finest = FINEST;
        Self {
            flow,
            p: p.to_vec(),
            pace,
            span,
            stepper,
            beside: (block, Scheme::new(m, n, pace.tolerance())),
            probed: false,
            extra: false,
            halves: is_finer && matches!(pace, Pace::Adaptive(_)),
            is_fresh: true,
            held: vec![false; n],
            state: vec![0.0; n],
            stiffness: Stiffness::default(),
        }
    }

    /// Lets an implicit method take over where the flow turns out to be stiff, if that pays before `end`.
    pub(crate) fn hand_over_before(&mut self, end: f64) {
        self.stiffness.end = Some(end);
    }

    /// Looks at the step just made, before the stepper moves on.
    fn suspect(&mut self) {
        let (s, m) = (&mut self.stiffness, self.stepper.m);
        let Some(end) = s.end else { return };
        s.steps += 1;
        if Suspicion::is_due(s.steps, m) {
            let (block, t) = (&self.stepper.block, self.stepper.time());
            s.suspicion.look(block, 0, m);
            s.is_due = s.suspicion.pays(block.n, end - t, block.h[0], m);
        }
    }

    /// Goes on with Rodas5P from here.
    fn take_over(&mut self) -> Result<(), EvalError> {
        let old = &self.stepper;
        let (t, x, rejected, evaluations) = (old.time(), old.block.x.clone(), old.rejected, old.evaluations);
        let taken_over = Some(t);
        self.stiffness = Stiffness { taken_over, ..Stiffness::default() };
        let fresh = RungeKutta::new(self.flow, &self.p, &RODAS5P, self.pace, self.span, self.halves);
        (self.stepper, self.beside) = (fresh.stepper, fresh.beside);
        (self.stepper.rejected, self.stepper.evaluations) = (rejected, evaluations);
        self.stepper.start(&Held { flow: self.flow, resting: &self.held }, t, &x)
    }
}

impl Steps for RungeKutta<'_> {
    fn start(&mut self, t: f64, x: &[f64], held: &[bool]) -> Result<(), EvalError> {
        self.held.copy_from_slice(held);
        self.beside.1.forget();
        self.is_fresh = true;
        self.stepper.start(&Held { flow: self.flow, resting: &self.held }, t, x)
    }

    fn regrid(&mut self) {
        self.stepper.regrid();
    }

    fn step(&mut self, stop: f64) -> Result<Step, EvalError> {
        (self.probed, self.extra) = (false, false);
        if self.stiffness.is_due {
            self.take_over()?;
        }
        let field = Held { flow: self.flow, resting: &self.held };
        let halves = std::mem::take(&mut self.is_fresh) && self.halves;
        let longest = if halves { 0.5 * (stop - self.stepper.time()) } else { f64::INFINITY };
        self.stepper.step(&field, stop, longest)
    }

    fn after(&self) -> &[f64] {
        &self.stepper.block.y
    }

    fn dense(&mut self, theta: &[f64], out: &mut [f64]) -> Result<(), EvalError> {
        let (lanes, s) = (theta.len(), &mut self.stepper);
        if !self.extra {
            self.extra = true;
            s.block.extra(&Held { flow: self.flow, resting: &self.held }, s.m)?;
            s.evaluations += s.m.extra.len();
        }
        for (j, &theta) in theta.iter().enumerate() {
            s.scheme.glance(&mut s.block, s.m, 0, theta, &mut self.state);
            for (row, x) in out.chunks_exact_mut(lanes).zip(&self.state) {
                row[j] = *x;
            }
        }
        Ok(())
    }

    fn read(&mut self, t: f64, out: &mut [f64]) -> Result<(), EvalError> {
        self.dense(&[], &mut [])?;
        let (field, s) = (Held { flow: self.flow, resting: &self.held }, &mut self.stepper);
        s.evaluations += s.scheme.read(&mut s.block, &field, s.m, 0, t, out)?;
        Ok(())
    }

    fn probe(&mut self, h: f64) -> Result<(&[f64], &[f64]), EvalError> {
        let (s, (block, scheme)) = (&mut self.stepper, &mut self.beside);
        if !self.probed {
            self.probed = true;
            block.t[0] = s.block.t[0];
            block.limit[0] = s.block.limit[0];
            block.x.copy_from_slice(&s.block.x);
            block.k[0].copy_from_slice(&s.block.k[0]);
        }
        block.h[0] = h;
        let field = Held { flow: self.flow, resting: &self.held };
        s.evaluations += scheme.step(block, &field, s.m)?;
        Ok((&block.y, &block.k[s.m.stages()]))
    }

    fn accept(&mut self) {
        self.suspect();
        self.stepper.accept();
    }

    fn work(&self) -> (usize, usize) {
        (self.stepper.rejected, self.stepper.evaluations)
    }

    fn taken_over(&self) -> Option<f64> {
        self.stiffness.taken_over
    }

    fn length(&self) -> f64 {
        self.stepper.block.h[0]
    }

    fn retake(&mut self, h: f64) -> bool {
        self.stepper.retake(h)
    }

    fn samples(&self) -> usize {
        if self.stepper.m.order > 5 { 8 } else { 6 }
    }
}
