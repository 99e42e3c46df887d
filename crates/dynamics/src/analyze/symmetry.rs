//! How symmetric a connectivity is.
//!
//! | measure | definition (off the diagonal) | symmetric | none | skew |
//! |---|---|---|---|---|
//! | reciprocity | sum m_ij m_ji / sum m_ij^2 | 1 | 0 | -1 |
//! | reciprocated | fraction of the connections i to j with a connection j to i | 1 | density | 1 |
//! | asymmetry | norm of M - M^T over 2 times the norm of M (Frobenius) | 0 | | 1 |
//!
//! A symmetric network has real eigenvalues and orthogonal modes: it cannot rotate. Non-symmetric does not mean non-normal:
//! skew and orthogonal matrices are normal.
//! Reference: Garlaschelli and Loffredo (2004), Patterns of link reciprocity in directed networks.
//!
//! ```
//! use dynamics::analyze::reciprocity;
//! use linalg::Matrix;
//! let found = reciprocity(&Matrix::from_rows(&[[0.0, 2.0], [-2.0, 0.0]]));
//! assert_eq!((found.reciprocity, found.reciprocated, found.asymmetry), (Some(-1.0), Some(1.0), 1.0));
//! ```

use linalg::Matrix;

/// Measures of symmetry of a square matrix.
#[derive(Clone, Debug, PartialEq)]
pub struct Reciprocity {
    /// sum m_ij m_ji / sum m_ij^2 off the diagonal; `None` without connections.
    pub reciprocity: Option<f64>,
    /// The fraction of connections that are answered by one in return; `None` without connections.
    pub reciprocated: Option<f64>,
    /// ||M - M^T|| / (2 ||M||), 0 for a symmetric and 1 for a skew matrix.
    pub asymmetry: f64,
    /// Whether M equals its transpose, entry by entry.
    pub is_symmetric: bool,
    /// Whether it does so to rounding: asymmetry at most 1e-12.
    pub is_symmetric_to_rounding: bool,
    /// Number of connections between different units.
    pub connections: usize,
}

/// The symmetry of `m`, of entries [target, source].
///
/// # Panics
/// If `m` is not square.
pub fn reciprocity(m: &Matrix) -> Reciprocity {
    assert!(m.is_square(), "reciprocity is asked of a square matrix");
    let n = m.rows();
    let unit = m.norm_max();
    let (mut products, mut squares, mut skew, mut diagonal) = (0.0, 0.0, 0.0, 0.0);
    let (mut connections, mut answered) = (0, 0);
    for j in 0..n {
        for (i, &x) in m.column(j).iter().enumerate().filter(|(_, x)| **x != 0.0) {
            let (x, back) = (x / unit, m[(j, i)] / unit);
            if i == j {
                diagonal += x * x;
                continue;
            }
            connections += 1;
            answered += usize::from(back != 0.0);
            products += x * back;
            squares += x * x;
            // A pair with one connection is met once, a pair with two of them twice.
            skew += (x - back).powi(2) * if back == 0.0 { 2.0 } else { 1.0 };
        }
    }
    let all: f64 = squares + diagonal;
    let asymmetry = if all > 0.0 { 0.5 * (skew / all).sqrt() } else { 0.0 };
    Reciprocity {
        reciprocity: (connections > 0).then(|| products / squares),
        reciprocated: (connections > 0).then(|| answered as f64 / connections as f64),
        asymmetry,
        is_symmetric: m.is_symmetric(),
        is_symmetric_to_rounding: asymmetry <= 1e-12,
        connections,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symmetric_one_way_and_skew_connectivities_are_told_apart() {
        let symmetric = reciprocity(&Matrix::from_rows(&[[3.0, 1.0], [1.0, 0.0]]));
        assert_eq!((symmetric.reciprocity, symmetric.asymmetry), (Some(1.0), 0.0));
        assert!(symmetric.is_symmetric);
        let chain = reciprocity(&Matrix::from_rows(&[[0.0, 0.0], [5.0, 0.0]]));
        assert_eq!((chain.reciprocity, chain.reciprocated), (Some(0.0), Some(0.0)));
        assert!((chain.asymmetry - 0.5_f64.sqrt()).abs() < 1e-15);
        assert_eq!(reciprocity(&Matrix::identity(3)).reciprocity, None);
    }

    #[test]
    fn asymmetry_is_the_norm_of_the_skew_part() {
        let m =
            Matrix::from_fn(6, 6, |i, j| if (i + 2 * j) % 3 == 0 { 0.0 } else { (i * 5 + j) as f64 - 9.0 });
        let skew = &m - &m.transpose();
        let truth = 0.5 * skew.norm_frobenius() / m.norm_frobenius();
        assert!((reciprocity(&m).asymmetry - truth).abs() < 1e-14);
    }
}
