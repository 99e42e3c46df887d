//! The Hessenberg form: H = Z^T A Z with Z orthogonal and zeros below the first subdiagonal.
//!
//! Blocked Householder reflections; 10/3 n^3 operations, and 4/3 n^3 more for Z. Reference: G. H. Golub and
//! C. F. Van Loan (2013), Matrix Computations, section 7.4.

use crate::Matrix;
use crate::bridge::{view, view_mut};
use faer::dyn_stack::{MemBuffer, MemStack, StackReq};
use faer::linalg::evd::hessenberg::{hessenberg_in_place, hessenberg_in_place_scratch};
use faer::linalg::householder::{
    apply_block_householder_sequence_on_the_right_in_place_scratch,
    apply_block_householder_sequence_on_the_right_in_place_with_conj,
};
use faer::linalg::qr::no_pivoting::factor::recommended_block_size;
use faer::{Conj, Par, Spec};

/// Replaces `h` by its Hessenberg form and returns Z.
pub(crate) fn hessenberg(h: &mut Matrix) -> Matrix {
    let n = h.rows();
    let mut z = Matrix::identity(n);
    if n < 3 {
        return z;
    }
    let size = recommended_block_size::<f64>(n - 1, n - 1);
    let mut factors = Matrix::zeros(size, n - 1);
    let mut memory = MemBuffer::new(StackReq::any_of(&[
        hessenberg_in_place_scratch::<f64>(n, size, Par::Seq, Spec::default()),
        apply_block_householder_sequence_on_the_right_in_place_scratch::<f64>(n - 1, size, n - 1),
    ]));
    let stack = MemStack::new(&mut memory);
    hessenberg_in_place(view_mut(h), view_mut(&mut factors), Par::Seq, stack, Spec::default());
    apply_block_householder_sequence_on_the_right_in_place_with_conj(
        view(h).submatrix(1, 0, n - 1, n - 1),
        view(&factors),
        Conj::No,
        view_mut(&mut z).submatrix_mut(1, 1, n - 1, n - 1),
        Par::Seq,
        stack,
    );
    for j in 0..n {
        h.column_mut(j)[(j + 2).min(n)..].fill(0.0);
    }
    z
}
