//! A matrix as a line of text: `3 1; 0 3`.

use super::entries::{MatrixError, finite, from_rows};
use linalg::Matrix;

/// Reads a matrix such as `3 1; 0 3` or `-1, 5; 0, -2`: rows are parted by `;` or line breaks, entries by spaces or commas.
///
/// # Errors
/// No entries, rows of different length, entries that are no finite numbers.
pub fn matrix_literal(text: &str) -> Result<Matrix, MatrixError> {
    let bare = text.trim().trim_start_matches('[').trim_end_matches(']').trim_end_matches([';', '\n', ' ']);
    // `[[3, 1], [0, 3]]` of Python: the brackets part the rows.
    let nested: String;
    let bare = if bare.contains("],") && !bare.contains(';') {
        nested = bare.replace("],", ";").replace('\n', " ");
        nested.as_str()
    } else {
        bare
    };
    let mut rows = Vec::new();
    for row in bare.split([';', '\n']) {
        let row = row.trim().trim_start_matches('[').trim_end_matches([']', ',']);
        let entries = row.split([',', ' ', '\t']).filter(|e| !e.is_empty());
        let entries: Result<Vec<f64>, MatrixError> = entries
            .map(|e| {
                let k = rows.len() + 1;
                e.parse()
                    .map_err(|_| MatrixError::new(format!("`{e}` in row {k} of the matrix is not a number")))
            })
            .collect();
        rows.push(entries.map_err(|e| e.hint("write a matrix as `3 1; 0 3`"))?);
    }
    if rows.iter().all(Vec::is_empty) {
        return Err(MatrixError::new("the matrix is empty").hint("write a matrix as `3 1; 0 3`"));
    }
    finite(from_rows(&rows, "the matrix")?, "the matrix")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_is_read_in_each_of_its_spellings() {
        let a = Matrix::from_rows(&[[-1.0, 5.0], [0.0, -2.0]]);
        for text in [
            "-1 5; 0 -2",
            "-1,5;0,-2",
            "[-1, 5; 0, -2]",
            "-1 5\n0 -2\n",
            "[[-1, 5],; [0, -2]]",
            "[[-1, 5], [0, -2]]",
            "[[-1,5],[0,-2]]",
            "[[-1, 5],\n [0, -2]]",
            "-1e0 5.0;0 -2;",
        ] {
            assert_eq!(matrix_literal(text).unwrap(), a, "{text}");
        }
        assert_eq!(matrix_literal("7").unwrap().rows(), 1);
        for (text, message) in [
            ("", "empty"),
            (";", "empty"),
            ("1 2; 3", "ragged: row 2 has 1 entries"),
            ("1 x", "`x` in row 1"),
            ("1 nan", "NaN"),
            ("1 inf; 2 3", "infinite: row 1, column 2"),
        ] {
            let e = matrix_literal(text).unwrap_err();
            assert!(e.message.contains(message), "{text}: {}", e.message);
        }
    }
}
