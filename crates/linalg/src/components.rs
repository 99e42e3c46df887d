//! The irreducible blocks of a matrix: the strongly connected components of its graph, in an order that
//! makes it block upper triangular.
//!
//! Entry (i, j) != 0 is an edge from j to i: unit j drives unit i. Blocks that feed others stand last, so
//! all entries below the diagonal blocks are exactly 0, and the spectrum is the union of the spectra of the
//! blocks. A feedforward chain falls apart into single units whose eigenvalues are exact, whatever the order of
//! its units; an eigenvalue routine that is not told so can be wrong in the first digit.
//!
//! Reference: R. Tarjan (1972), Depth-first search and linear graph algorithms. Cost: O(n^2).
//!
//! ```
//! use linalg::{Matrix, irreducible_blocks};
//! // Unit 0 is driven by unit 1, and feeds nobody.
//! let a = Matrix::from_rows(&[[1.0, 5.0], [0.0, 2.0]]);
//! assert_eq!(irreducible_blocks(&a), [vec![0], vec![1]]);
//! ```

use crate::{Matrix, Scalar};

/// The irreducible blocks, each a list of indices; listed in this order they make the matrix block upper
/// triangular.
pub fn irreducible_blocks<T: Scalar>(a: &Matrix<T>) -> Vec<Vec<usize>> {
    let n = a.rows();
    const UNSEEN: usize = usize::MAX;
    let mut index = vec![UNSEEN; n];
    let mut low = vec![0; n];
    let mut on_stack = vec![false; n];
    let (mut stack, mut path, mut blocks) = (Vec::new(), Vec::new(), Vec::new());
    let mut next = 0;
    for root in 0..n {
        if index[root] != UNSEEN {
            continue;
        }
        path.push((root, 0));
        while let Some(&(j, from)) = path.last() {
            if from == 0 {
                index[j] = next;
                low[j] = next;
                next += 1;
                stack.push(j);
                on_stack[j] = true;
            }
            // The targets of unit j are the rows of its column.
            let edge =
                (from..n).find(|&i| i != j && a[(i, j)] != T::ZERO && (index[i] == UNSEEN || on_stack[i]));
            if let Some(i) = edge {
                // A vertex is entered with from = 0, so a return must continue at 1 or later.
                path.last_mut().expect("the path has a last vertex").1 = i + 1;
                if index[i] == UNSEEN {
                    path.push((i, 0));
                } else {
                    low[j] = low[j].min(index[i]);
                }
                continue;
            }
            path.pop();
            if let Some(&(parent, _)) = path.last() {
                low[parent] = low[parent].min(low[j]);
            }
            if low[j] == index[j] {
                let start = stack.iter().rposition(|&v| v == j).expect("a root lies on the stack");
                let mut block = stack.split_off(start);
                for &v in &block {
                    on_stack[v] = false;
                }
                block.sort_unstable();
                blocks.push(block);
            }
        }
    }
    // Tarjan finishes a component after all that it reaches: targets first, which is upper triangular.
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permuted_triangular_matrix_falls_into_single_units() {
        let n = 20;
        let order: Vec<usize> = (0..n).map(|i| (7 * i + 3) % n).collect();
        let a = Matrix::from_fn(n, n, |i, j| if order[i] < order[j] { 1.0 + (i * j) as f64 } else { 0.0 });
        let blocks = irreducible_blocks(&a);
        assert_eq!(blocks.len(), n);
        let p: Vec<usize> = blocks.concat();
        for j in 0..n {
            for i in j + 1..n {
                assert_eq!(a[(p[i], p[j])], 0.0);
            }
        }
    }

    #[test]
    fn a_ring_is_one_block_and_a_long_chain_does_not_overflow_the_stack() {
        let ring = Matrix::from_fn(50, 50, |i, j| if i == (j + 1) % 50 { 1.0 } else { 0.0 });
        assert_eq!(irreducible_blocks(&ring), [(0..50).collect::<Vec<_>>()]);
        let chain = Matrix::from_fn(3000, 3000, |i, j| if i == j + 1 { 1.0 } else { 0.0 });
        assert_eq!(irreducible_blocks(&chain).len(), 3000);
    }
}
