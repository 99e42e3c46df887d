//! exp, tanh and their kin, for one number and for slices in whole vector registers.
//!
//! No function has a branch, so the compiler turns a loop over it into vector instructions; `pulp` picks those of the
//! machine at run time. Fused multiply-adds round the same everywhere: a slice gives the bits of its entries one by one.
//!
//! Error: at most 3 units in the last place against the true value. NaN stays NaN; results too large are infinite, results
//! too small lose only the digits that they cannot hold. Cost: about 1 ns an entry.
//!
//! ```
//! let mut x = [0.0, 1.0, -1000.0];
//! equations::elementary::tanh_in_place(&mut x);
//! assert_eq!(x, [0.0, 0.761_594_155_955_764_9, -1.0]);
//! ```

mod exponential;
mod exprel;

pub use exponential::{exp, expm1, logistic, tanh};
pub(crate) use exprel::exprel;

use pulp::Arch;

/// e^x of each entry.
pub fn exp_in_place(x: &mut [f64]) {
    Arch::new().dispatch(|| x.iter_mut().for_each(|x| *x = exp(*x)));
}

/// tanh of each entry.
pub fn tanh_in_place(x: &mut [f64]) {
    Arch::new().dispatch(|| x.iter_mut().for_each(|x| *x = tanh(*x)));
}

/// 1/(1 + e^-x) of each entry.
pub fn logistic_in_place(x: &mut [f64]) {
    Arch::new().dispatch(|| x.iter_mut().for_each(|x| *x = logistic(*x)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slice_gives_the_bits_of_its_entries() {
        let x: Vec<f64> = (0..4001).map(|k| (f64::from(k) - 2000.0) * 0.37).collect();
        for (slice, scalar) in [
            (tanh_in_place as fn(&mut [f64]), tanh as fn(f64) -> f64),
            (exp_in_place, exp),
            (logistic_in_place, logistic),
        ] {
            let mut y = x.clone();
            slice(&mut y);
            assert!(x.iter().zip(&y).all(|(&x, y)| scalar(x).to_bits() == y.to_bits()));
        }
    }
}
