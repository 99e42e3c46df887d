//! The entries of a matrix that comes from outside, and what can be wrong with them.

use linalg::Matrix;

/// A matrix that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct MatrixError {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

impl MatrixError {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None }
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// The largest number of entries that is read: 2 GiB of doubles.
pub(super) const MAX_ENTRIES: u64 = 1 << 28;

/// The matrix, if all its entries are finite.
pub(super) fn finite(matrix: Matrix, whose: &str) -> Result<Matrix, MatrixError> {
    for j in 0..matrix.cols() {
        if let Some(i) = matrix.column(j).iter().position(|x| !x.is_finite()) {
            let what = if matrix[(i, j)].is_nan() { "not a number (NaN)" } else { "infinite" };
            let place = format!("row {}, column {}", i + 1, j + 1);
            let e = MatrixError::new(format!("{whose} has an entry that is {what}: {place}"));
            return Err(e.hint("every entry of a matrix is a finite number"));
        }
    }
    Ok(matrix)
}

/// A matrix from rows of equal length.
pub(super) fn from_rows(rows: &[Vec<f64>], whose: &str) -> Result<Matrix, MatrixError> {
    let cols = rows.first().map_or(0, Vec::len);
    if let Some(i) = rows.iter().position(|r| r.len() != cols) {
        let (n, k) = (rows[i].len(), i + 1);
        return Err(MatrixError::new(format!(
            "{whose} is ragged: row {k} has {n} entries, row 1 has {cols}"
        )));
    }
    Ok(Matrix::from_rows(rows))
}
