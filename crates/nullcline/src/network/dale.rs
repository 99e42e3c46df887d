//! Dale's law: all the connections that leave a neuron have one sign.
//!
//! With M in [post, pre] order the outgoing weights of unit j are column j, so under the law no column holds both
//! signs. A matrix whose *rows* are pure and whose columns are not was stored the other way round: the sign test
//! finds the orientation of a file that does not state it.
//!
//! ```
//! use linalg::Matrix;
//! use nullcline::network::{orientation_by_sign, Orientation};
//! let post_pre = Matrix::from_rows(&[[0.0, -1.0], [2.0, -3.0]]);
//! assert_eq!(orientation_by_sign(&post_pre), Orientation::PostPre { mixed_rows: 1 });
//! assert_eq!(orientation_by_sign(&post_pre.transpose()), Orientation::PrePost { mixed_columns: 1 });
//! ```

use linalg::Matrix;

/// What the signs of a matrix say about its orientation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Orientation {
    /// Each column has one sign and some row has two: [post, pre].
    PostPre {
        /// Rows with both signs.
        mixed_rows: usize,
    },
    /// Each row has one sign and some column has two: [pre, post].
    PrePost {
        /// Columns with both signs.
        mixed_columns: usize,
    },
    /// Rows and columns are pure: the signs say nothing (all weights may have one sign).
    Undecided,
    /// Rows and columns are mixed: the matrix does not obey Dale's law in either orientation.
    Neither {
        /// Rows with both signs.
        mixed_rows: usize,
        /// Columns with both signs.
        mixed_columns: usize,
    },
}

/// The orientation that Dale's law gives to a matrix.
pub fn orientation_by_sign(m: &Matrix) -> Orientation {
    let mixed_columns = mixed_columns(m).len();
    let mixed_rows = mixed_rows(m);
    match (mixed_rows, mixed_columns) {
        (0, 0) => Orientation::Undecided,
        (_, 0) => Orientation::PostPre { mixed_rows },
        (0, _) => Orientation::PrePost { mixed_columns },
        _ => Orientation::Neither { mixed_rows, mixed_columns },
    }
}

/// The columns that hold both signs.
pub fn mixed_columns(m: &Matrix) -> Vec<usize> {
    (0..m.cols())
        .filter(|&j| m.column(j).iter().any(|&w| w > 0.0) && m.column(j).iter().any(|&w| w < 0.0))
        .collect()
}

fn mixed_rows(m: &Matrix) -> usize {
    let (mut positive, mut negative) = (vec![false; m.rows()], vec![false; m.rows()]);
    for j in 0..m.cols() {
        for (i, &w) in m.column(j).iter().enumerate() {
            positive[i] |= w > 0.0;
            negative[i] |= w < 0.0;
        }
    }
    positive.iter().zip(&negative).filter(|&(&p, &n)| p && n).count()
}

/// A row and its weight.
type Entry = (usize, f64);

/// One entry of each sign for every column, gathered row by row.
pub(super) struct ColumnSigns {
    first: Vec<[Option<Entry>; 2]>,
}

impl ColumnSigns {
    pub(super) fn new(columns: usize) -> Self {
        Self { first: vec![[None; 2]; columns] }
    }

    /// Notes the weight w of row i in column j.
    pub(super) fn add(&mut self, i: usize, j: usize, w: f64) {
        if w != 0.0 {
            self.first[j][usize::from(w < 0.0)].get_or_insert((i, w));
        }
    }

    /// The first column with both signs: its index, a positive and a negative entry (row, weight).
    pub(super) fn mixed(&self) -> Option<(usize, Entry, Entry)> {
        self.first.iter().enumerate().find_map(|(j, &[up, down])| Some((j, up?, down?)))
    }

    /// The first positive entry (row, column, weight).
    pub(super) fn positive(&self) -> Option<(usize, usize, f64)> {
        self.of(0)
    }

    /// The first negative entry (row, column, weight).
    pub(super) fn negative(&self) -> Option<(usize, usize, f64)> {
        self.of(1)
    }

    fn of(&self, k: usize) -> Option<(usize, usize, f64)> {
        self.first.iter().enumerate().find_map(|(j, signs)| signs[k].map(|(i, w)| (i, j, w)))
    }
}
