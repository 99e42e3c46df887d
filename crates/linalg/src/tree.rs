//! Linear systems whose graph is a tree: A x = b in O(n), by elimination from the leaves to the root.
//!
//! A has a diagonal d, and for each edge between a node i and its parent p two entries, l_i = A[i, p] and u_i = A[p, i].
//! Numbered so that every parent comes before its children, the matrix has no fill-in:
//!
//! ```text
//! leaves to root:  d_p <- d_p - u_i l_i / d_i,   b_p <- b_p - u_i b_i / d_i     (i = n-1, ..., 1)
//! root to leaves:  x_i  = (b_i - l_i x_p) / d_i                                 (i = 0, ..., n-1)
//! ```
//!
//! Cost: one division and 7 other operations a node, in place, without an allocation. Several roots (a forest) are several
//! systems side by side.
//!
//! There is no pivoting. None is needed where A is strictly diagonally dominant by rows or by columns: no pivot is smaller
//! than the excess of the diagonal in its row or column, so the entries do not grow. Discretized diffusion with a decay at
//! each node is such a matrix. Elsewhere a pivot may be 0: its reciprocal, which [`Tree::factor_in_place`] leaves, is then
//! infinite.
//!
//! Reference: M. Hines (1984), Efficient computation of branched nerve equations.
//!
//! ```
//! use linalg::Tree;
//! // A star: node 0 with three leaves; the second difference of its graph plus the identity.
//! let star = Tree::new(&[None, Some(0), Some(0), Some(0)]).unwrap();
//! let edge = [-1.0; 4]; // the first belongs to the root, and is not read
//! let mut d = [4.0, 2.0, 2.0, 2.0];
//! let mut x = [5.0, 0.0, 0.0, 0.0];
//! star.factor_in_place(&edge, &edge, &mut d);
//! star.solve_in_place(&edge, &edge, &d, &mut x);
//! assert_eq!(x, [2.0, 1.0, 1.0, 1.0]);
//! ```

use crate::{LinalgError, Matrix};

/// A forest whose nodes are numbered so that each parent comes before its children.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    /// The parent of each node; a root is its own.
    parent: Vec<usize>,
    /// The first nodes of the maximal runs in which each node is the parent of the next, and n.
    runs: Vec<usize>,
}

impl Tree {
    /// A tree by the parent of each node, `None` for a root.
    ///
    /// # Errors
    /// If a parent does not come before its child; [`Tree::ordered`] takes any numbering.
    pub fn new(parents: &[Option<usize>]) -> Result<Self, LinalgError> {
        if let Some(node) = (0..parents.len()).find(|&i| parents[i].is_some_and(|p| p >= i)) {
            return Err(LinalgError::ParentAfterChild { node, parent: parents[node].unwrap_or(node) });
        }
        let parent: Vec<usize> = parents.iter().enumerate().map(|(i, p)| p.unwrap_or(i)).collect();
        let mut runs: Vec<usize> = (0..parent.len()).filter(|&i| i == 0 || parent[i] + 1 != i).collect();
        runs.push(parent.len());
        Ok(Self { parent, runs })
    }

    /// A tree in any numbering, renumbered depth first: the tree, and the old number of each of its nodes.
    ///
    /// Roots, and the children of a node, keep their order; so a numbering that is depth first already stays as it is.
    ///
    /// # Errors
    /// If a parent does not exist, or parents form a cycle.
    pub fn ordered(parents: &[Option<usize>]) -> Result<(Self, Vec<usize>), LinalgError> {
        let n = parents.len();
        let (mut children, mut stack) = (vec![Vec::new(); n], Vec::new());
        for (node, parent) in parents.iter().enumerate().rev() {
            match *parent {
                None => stack.push(node),
                Some(parent) if parent < n => children[parent].push(node),
                Some(parent) => return Err(LinalgError::NoSuchParent { node, parent, nodes: n }),
            }
        }
        let (mut order, mut place) = (Vec::with_capacity(n), vec![n; n]);
        while let Some(node) = stack.pop() {
            place[node] = order.len();
            order.push(node);
            stack.append(&mut children[node]);
        }
        // A node that no root reaches descends from a cycle: its n-th ancestor lies on it.
        if let Some(lost) = (0..n).find(|&i| place[i] == n) {
            let node = (0..n).fold(lost, |i, _| parents[i].unwrap_or(i));
            return Err(LinalgError::ParentCycle { node });
        }
        let renumbered: Vec<Option<usize>> =
            order.iter().map(|&old| parents[old].map(|p| place[p])).collect();
        Ok((Self::new(&renumbered)?, order))
    }

    /// The number n of nodes.
    pub fn len(&self) -> usize {
        self.parent.len()
    }

    /// Whether there is no node.
    pub fn is_empty(&self) -> bool {
        self.parent.is_empty()
    }

    /// The parent of a node, `None` for a root.
    pub fn parent(&self, node: usize) -> Option<usize> {
        Some(self.parent[node]).filter(|&p| p != node)
    }

    /// The matrix in full: `lower[i]` = A[i, p] and `upper[i]` = A[p, i] for the parent p of i.
    pub fn matrix(&self, lower: &[f64], upper: &[f64], diagonal: &[f64]) -> Matrix {
        let mut a = Matrix::diagonal(diagonal);
        for i in 0..self.len() {
            if let Some(p) = self.parent(i) {
                a[(i, p)] = lower[i];
                a[(p, i)] = upper[i];
            }
        }
        a
    }

    /// Replaces the diagonal by the reciprocals of the pivots, for [`Tree::solve_in_place`].
    ///
    /// # Panics
    /// If a slice has fewer entries than the tree has nodes.
    #[inline(always)]
    pub fn factor_in_place(&self, lower: &[f64], upper: &[f64], diagonal: &mut [f64]) {
        let n = self.len();
        let (lower, upper, diagonal) = (&lower[..n], &upper[..n], &mut diagonal[..n]);
        for run in self.runs.windows(2).rev() {
            let (first, end) = (run[0], run[1]);
            // Along a run the pivot stays in a register: a trip through memory at each node would double the time.
            let mut pivot = diagonal[end - 1];
            for i in (first + 1..end).rev() {
                let r = 1.0 / pivot;
                diagonal[i] = r;
                pivot = (-(lower[i] * upper[i])).mul_add(r, diagonal[i - 1]);
            }
            let (r, p) = (1.0 / pivot, self.parent[first]);
            if p != first {
                diagonal[p] -= lower[first] * upper[first] * r;
            }
            diagonal[first] = r;
        }
    }

    /// Replaces b by x with A x = b, given the reciprocals of the pivots.
    ///
    /// # Panics
    /// If a slice has fewer entries than the tree has nodes.
    #[inline(always)]
    pub fn solve_in_place(&self, lower: &[f64], upper: &[f64], reciprocals: &[f64], x: &mut [f64]) {
        let n = self.len();
        let (lower, upper, r, x) = (&lower[..n], &upper[..n], &reciprocals[..n], &mut x[..n]);
        for run in self.runs.windows(2).rev() {
            let (first, end) = (run[0], run[1]);
            let mut b = x[end - 1];
            for i in (first + 1..end).rev() {
                b = (-(upper[i] * r[i])).mul_add(b, x[i - 1]);
                x[i - 1] = b;
            }
            let p = self.parent[first];
            if p != first {
                x[p] -= upper[first] * r[first] * b;
            }
        }
        for run in self.runs.windows(2) {
            let (first, end) = (run[0], run[1]);
            let p = self.parent[first];
            let above = if p == first { 0.0 } else { lower[first] * x[p] };
            let mut y = (x[first] - above) * r[first];
            x[first] = y;
            for i in first + 1..end {
                y = (-(lower[i] * r[i])).mul_add(y, x[i] * r[i]);
                x[i] = y;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::solve;
    use proptest::prelude::*;

    /// Parents, and four vectors with entries in [-1, 1].
    type Random = (Vec<Option<usize>>, Vec<f64>, Vec<f64>, Vec<f64>, Vec<f64>);

    /// A tree or forest in a random numbering that has parents first.
    fn random_tree() -> impl Strategy<Value = Random> {
        let entries = |n| prop::collection::vec(-1.0..1.0, n);
        (1usize..40).prop_flat_map(move |n| {
            let parents = (0..n).map(|i| (0..=2 * i).prop_map(move |k| (k > 0).then(|| k.div_ceil(2) - 1)));
            // Half of the edges go to the node before, so that there are runs.
            let parents = parents.collect::<Vec<_>>().prop_flat_map(|p| {
                prop::collection::vec(any::<bool>(), p.len()).prop_map(move |chain| {
                    let before = |i: usize| if i > 0 && chain[i] { Some(i - 1) } else { p[i] };
                    (0..p.len()).map(before).collect()
                })
            });
            (parents, entries(n), entries(n), entries(n), entries(n))
        })
    }

    fn solved(tree: &Tree, lower: &[f64], upper: &[f64], diagonal: &[f64], b: &[f64]) -> Vec<f64> {
        let (mut r, mut x) = (diagonal.to_vec(), b.to_vec());
        tree.factor_in_place(lower, upper, &mut r);
        tree.solve_in_place(lower, upper, &r, &mut x);
        x
    }

    /// The diagonal that exceeds the moduli of its row by 0.1 (or of its column).
    fn dominant(tree: &Tree, lower: &[f64], upper: &[f64], by_rows: bool) -> Vec<f64> {
        let a = tree.matrix(lower, upper, &vec![0.0; tree.len()]);
        let entry = |i, j| if by_rows { a[(i, j)] } else { a[(j, i)] };
        (0..tree.len())
            .map(|i| 0.1 + (0..tree.len()).map(|j: usize| f64::abs(entry(i, j))).sum::<f64>())
            .collect()
    }

    proptest! {
        #[test]
        fn elimination_on_a_tree_agrees_with_dense_factors(
            (parents, lower, upper, sign, b) in random_tree(),
            by_rows in any::<bool>(),
        ) {
            let tree = Tree::new(&parents).unwrap();
            let d: Vec<f64> = dominant(&tree, &lower, &upper, by_rows)
                .iter().zip(&sign).map(|(d, s)| d.copysign(*s)).collect();
            let x = solved(&tree, &lower, &upper, &d, &b);
            let dense = solve(&tree.matrix(&lower, &upper, &d), &b).unwrap();
            // The inverse of a matrix with an excess of 0.1 in rows (columns) has a norm of at most 10, in the infinity
            // (one) norm; with 40 nodes both solutions are right to 400 times some units of rounding.
            for (x, y) in x.iter().zip(&dense) {
                prop_assert!((x - y).abs() < 1e-12, "{x} {y}");
            }
        }

        #[test]
        fn no_pivot_of_a_dominant_matrix_is_smaller_than_its_excess(
            (parents, lower, upper, _, _) in random_tree(),
            by_rows in any::<bool>(),
        ) {
            let tree = Tree::new(&parents).unwrap();
            let mut r = dominant(&tree, &lower, &upper, by_rows);
            tree.factor_in_place(&lower, &upper, &mut r);
            prop_assert!(r.iter().all(|r| *r > 0.0 && *r <= 10.0 * (1.0 + 1e-12)), "{r:?}");
        }

        #[test]
        fn any_numbering_is_brought_into_order(
            (parents, ..) in random_tree(),
            shuffle in prop::collection::vec(any::<u32>(), 40),
        ) {
            let n = parents.len();
            let mut new: Vec<usize> = (0..n).collect();
            new.sort_by_key(|&i| shuffle[i]);
            let mut old = vec![0; n];
            new.iter().enumerate().for_each(|(k, &i)| old[i] = k);
            let shuffled: Vec<Option<usize>> = new.iter().map(|&i| parents[i].map(|p| old[p])).collect();
            let (tree, order) = Tree::ordered(&shuffled).unwrap();
            for k in 0..n {
                prop_assert_eq!(tree.parent(k).map(|p| order[p]), shuffled[order[k]]);
            }
            let again: Vec<Option<usize>> = (0..n).map(|k| tree.parent(k)).collect();
            prop_assert_eq!(Tree::ordered(&again).unwrap(), (tree, (0..n).collect()));
        }
    }

    #[test]
    fn what_is_no_tree_is_told() {
        let late = Tree::new(&[None, Some(2), Some(0)]);
        assert_eq!(late, Err(LinalgError::ParentAfterChild { node: 1, parent: 2 }));
        let unknown = Tree::ordered(&[None, Some(7)]);
        assert_eq!(unknown, Err(LinalgError::NoSuchParent { node: 1, parent: 7, nodes: 2 }));
        // 3 hangs on the cycle of 1 and 2; the message names a node of the cycle.
        let cycle = Tree::ordered(&[None, Some(2), Some(1), Some(1)]);
        assert!(matches!(cycle, Err(LinalgError::ParentCycle { node: 1 | 2 })));
        assert!(matches!(Tree::ordered(&[Some(0)]), Err(LinalgError::ParentCycle { node: 0 })));
        assert!(Tree::new(&[]).unwrap().is_empty());
    }

    #[test]
    fn a_zero_pivot_shows_as_an_infinite_reciprocal() {
        let pair = Tree::new(&[None, Some(0)]).unwrap();
        let mut r = [1.0, 1.0];
        pair.factor_in_place(&[1.0; 2], &[1.0; 2], &mut r);
        assert_eq!(r, [f64::INFINITY, 1.0]);
    }
}
