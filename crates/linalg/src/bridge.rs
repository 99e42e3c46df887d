//! The border to the linear-algebra library: views of a [`Matrix`] without a copy, and back.
//!
//! Everything runs sequentially (`Par::Seq`), because the library's eigenvalues and singular values change
//! bits with the number of threads.

use crate::{LinalgError, Matrix, Scalar};
use faer::{MatMut, MatRef};

/// The library's view of a matrix.
pub(crate) fn view<T: Scalar>(a: &Matrix<T>) -> MatRef<'_, T> {
    MatRef::from_column_major_slice(a.as_slice(), a.rows(), a.cols())
}

/// The library's view of a matrix that it may change.
pub(crate) fn view_mut<T: Scalar>(a: &mut Matrix<T>) -> MatMut<'_, T> {
    let (rows, cols) = (a.rows(), a.cols());
    MatMut::from_column_major_slice_mut(a.as_mut_slice(), rows, cols)
}

/// Refuses a matrix that is not square or has an entry that is not finite.
pub(crate) fn require_square_and_finite<T: Scalar>(a: &Matrix<T>) -> Result<(), LinalgError> {
    if !a.is_square() {
        return Err(LinalgError::NotSquare { rows: a.rows(), cols: a.cols() });
    }
    match a.as_slice().iter().position(|x| !x.is_finite_number()) {
        Some(k) => Err(LinalgError::NotFinite {
            row: k % a.rows(),
            column: k / a.rows(),
            value: a.as_slice()[k].modulus(),
        }),
        None => Ok(()),
    }
}
