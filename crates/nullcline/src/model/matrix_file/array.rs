//! An array of any number of axes, and what can be wrong with one.

use super::entries::{MAX_ENTRIES, MatrixError};

/// An array of any number of axes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Array {
    /// Its length along each axis.
    pub(crate) shape: Vec<usize>,
    /// The last axis runs fastest.
    pub(crate) values: Vec<f64>,
}

/// How many entries an array of this shape has, if memory can hold them.
pub(super) fn entries(file: &str, array: &str, shape: &[usize]) -> Result<usize, MatrixError> {
    let product = shape.iter().try_fold(1_u64, |n, &k| n.checked_mul(k as u64));
    product.filter(|&n| n <= MAX_ENTRIES).map(|n| n as usize).ok_or_else(|| {
        let shape = shape.iter().map(usize::to_string).collect::<Vec<_>>().join(" x ");
        MatrixError::new(format!("`{array}` in `{file}` claims {shape} entries: too many"))
    })
}

/// An array that holds no floats.
pub(super) fn not_floats(file: &str, array: &str, found: &str) -> MatrixError {
    let e = MatrixError::new(format!("`{array}` in `{file}` holds {found}, and weights are floats"));
    e.hint("save it as float32 or float64, for instance `v.float().numpy()`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_that_no_memory_holds_are_refused_before_they_are_read() {
        let message = entries("w.npz", "a", &[1 << 20, 1 << 20]).unwrap_err().message;
        assert_eq!(message, "`a` in `w.npz` claims 1048576 x 1048576 entries: too many");
        assert!(entries("w.npz", "a", &[usize::MAX, 3]).is_err());
    }
}
