//! Matrices from files and literals: csv, npy, npz, MATLAB v5, and `3 1; 0 3`.
//!
//! Sizes that a header claims are compared with the bytes that are there before memory is taken. Pickled objects are
//! never read. Every entry is finite, or the error names its row and column (counted from 1).
//!
//! ```
//! use nullcline::model::matrix_literal;
//! let a = matrix_literal("-1 5; 0 -2").unwrap();
//! assert_eq!((a[(0, 1)], a[(1, 1)]), (5.0, -2.0));
//! ```

mod array;
mod arrays;
mod entries;
mod literal;
mod mat;
mod npy;
mod safetensors;
mod table;

pub(crate) use array::Array;
pub(crate) use arrays::Arrays;
pub use entries::MatrixError;
pub use literal::matrix_literal;
pub(crate) use table::read_table;

use entries::finite;
use linalg::Matrix;

/// Reads the matrix in a file; its kind is told by the end of its name: `.csv` (also `.tsv`, `.txt`), `.npy`, `.npz`,
/// `.safetensors`, `.mat`.
///
/// # Errors
/// An unknown kind, bytes that are not what the name says, no or several matrices, entries that are no numbers.
pub fn read_matrix(name: &str, bytes: &[u8]) -> Result<Matrix, MatrixError> {
    read_matrix_variable(name, bytes, None)
}

/// The same, with the name of the array in an `.npz` or `.mat` file.
///
/// # Errors
/// As [`read_matrix`], and an array of this name that is not there.
pub fn read_matrix_variable(name: &str, bytes: &[u8], variable: Option<&str>) -> Result<Matrix, MatrixError> {
    if bytes.is_empty() {
        return Err(MatrixError::new(format!("`{name}` is empty")));
    }
    let extension = name.rsplit_once('.').map_or(String::new(), |(_, e)| e.to_lowercase());
    let matrix = match extension.as_str() {
        "csv" | "tsv" | "txt" => table::read_numbers(name, bytes)?,
        "npy" => npy::read_npy(name, bytes)?,
        "npz" => npy::read_npz(name, bytes, variable)?,
        "safetensors" => arrays::read_safetensors(name, bytes, variable)?,
        "mat" => mat::read_mat(name, bytes, variable)?,
        "pkl" | "pickle" => {
            let e = MatrixError::new(format!("`{name}` is a pickle, which can run code when it is read"));
            return Err(e.hint("save the matrix as .npy or .csv"));
        }
        _ => {
            let e = MatrixError::new(format!("`{name}` is not of a known kind of file"));
            return Err(
                e.hint("matrices are read from .csv, .npy, .npz, .safetensors and .mat (version 5) files")
            );
        }
    };
    if matrix.rows() == 0 || matrix.cols() == 0 {
        return Err(MatrixError::new(format!("the matrix in `{name}` is empty")));
    }
    finite(matrix, &format!("`{name}`"))
}
