//! Fields with known bifurcations, for the tests.

use crate::field::{EvalError, JacobianKind, VectorField, Workspace};
use linalg::Matrix;

/// A number with its derivatives by n variables and m parameters.
#[derive(Clone, Debug)]
pub(super) struct Dual {
    pub(super) v: f64,
    pub(super) d: Vec<f64>,
}

impl Dual {
    pub(super) fn constant(v: f64, size: usize) -> Self {
        Self { v, d: vec![0.0; size] }
    }
    fn chain(&self, v: f64, slope: f64) -> Self {
        Self { v, d: self.d.iter().map(|d| slope * d).collect() }
    }
    pub(super) fn exp(&self) -> Self {
        self.chain(self.v.exp(), self.v.exp())
    }
    pub(super) fn tanh(&self) -> Self {
        let t = self.v.tanh();
        self.chain(t, 1.0 - t * t)
    }
    pub(super) fn cosh(&self) -> Self {
        self.chain(self.v.cosh(), self.v.sinh())
    }
}

macro_rules! operator {
    ($name:ident, $method:ident, $value:expr, $slopes:expr) => {
        impl std::ops::$name<&Dual> for &Dual {
            type Output = Dual;
            fn $method(self, b: &Dual) -> Dual {
                let (va, vb): (f64, f64) = (self.v, b.v);
                let value: fn(f64, f64) -> f64 = $value;
                let slopes: fn(f64, f64) -> (f64, f64) = $slopes;
                let (sa, sb) = slopes(va, vb);
                let d = self.d.iter().zip(&b.d).map(|(x, y)| sa * x + sb * y).collect();
                Dual { v: value(va, vb), d }
            }
        }
        impl std::ops::$name<Dual> for Dual {
            type Output = Dual;
            fn $method(self, b: Dual) -> Dual {
                std::ops::$name::$method(&self, &b)
            }
        }
        impl std::ops::$name<f64> for Dual {
            type Output = Dual;
            fn $method(self, b: f64) -> Dual {
                let b = Dual::constant(b, self.d.len());
                std::ops::$name::$method(&self, &b)
            }
        }
        impl std::ops::$name<Dual> for f64 {
            type Output = Dual;
            fn $method(self, b: Dual) -> Dual {
                let a = Dual::constant(self, b.d.len());
                std::ops::$name::$method(&a, &b)
            }
        }
    };
}
operator!(Add, add, |a, b| a + b, |_, _| (1.0, 1.0));
operator!(Sub, sub, |a, b| a - b, |_, _| (1.0, -1.0));
operator!(Mul, mul, |a, b| a * b, |a, b| (b, a));
operator!(Div, div, |a, b| a / b, |a, b| (1.0 / b, -a / (b * b)));

/// A field written once, in numbers that carry their derivatives.
pub(super) struct Auto<F> {
    pub(super) n: usize,
    pub(super) f: F,
}

impl<F: Fn(&[Dual], &[Dual]) -> Vec<Dual> + Sync> Auto<F> {
    fn all(&self, x: &[f64], p: &[f64]) -> Vec<Dual> {
        let size = x.len() + p.len();
        let variable = |k: usize, v: f64| {
            let mut dual = Dual::constant(v, size);
            dual.d[k] = 1.0;
            dual
        };
        let xs: Vec<Dual> = x.iter().enumerate().map(|(k, v)| variable(k, *v)).collect();
        let ps: Vec<Dual> = p.iter().enumerate().map(|(k, v)| variable(x.len() + k, *v)).collect();
        (self.f)(&xs, &ps)
    }
}

impl<F: Fn(&[Dual], &[Dual]) -> Vec<Dual> + Sync> VectorField for Auto<F> {
    fn dimension(&self) -> usize {
        self.n
    }
    fn eval(
        &self,
        _: &[f64],
        p: &[f64],
        x: &[f64],
        dx: &mut [f64],
        _: &mut Workspace,
    ) -> Result<(), EvalError> {
        // Without derivatives: one number each, lane by lane.
        let lanes = x.len() / self.n;
        for l in 0..lanes {
            let lane = |all: &[f64]| -> Vec<Dual> {
                all.iter().skip(l).step_by(lanes).map(|v| Dual { v: *v, d: Vec::new() }).collect()
            };
            for (i, f) in (self.f)(&lane(x), &lane(p)).iter().enumerate() {
                dx[i * lanes + l] = f.v;
            }
        }
        Ok(())
    }
    fn jacobian(
        &self,
        _: f64,
        p: &[f64],
        x: &[f64],
        j: &mut Matrix,
        _: &mut Workspace,
    ) -> Result<JacobianKind, EvalError> {
        for (i, f) in self.all(x, p).iter().enumerate() {
            (0..self.n).for_each(|k| j[(i, k)] = f.d[k]);
        }
        Ok(JacobianKind::Exact)
    }
    fn parameter_slopes(
        &self,
        _: f64,
        p: &[f64],
        x: &[f64],
        slopes: &mut Matrix,
        _: &mut Workspace,
    ) -> Result<JacobianKind, EvalError> {
        for (i, f) in self.all(x, p).iter().enumerate() {
            (0..p.len()).for_each(|k| slopes[(i, k)] = f.d[self.n + k]);
        }
        Ok(JacobianKind::Exact)
    }
}

/// The field with this right-hand side.
pub(super) fn field<F: Fn(&[Dual], &[Dual]) -> Vec<Dual> + Sync>(n: usize, f: F) -> Auto<F> {
    Auto { n, f }
}
