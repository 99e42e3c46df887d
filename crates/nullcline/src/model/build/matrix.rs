//! Matrices from rows, literals and files.

use super::context::Context;
use crate::model::at::At;
use crate::model::error::Problem;
use crate::model::matrix_file::{MatrixError, matrix_literal, read_matrix_variable};
use crate::model::schema::{MatrixText, Row};
use linalg::Matrix;
use std::ops::Range;

/// A matrix from rows of numbers.
pub(super) fn rows(
    context: &Context<'_>,
    rows: &[At<Row>],
    span: &Range<usize>,
    what: &str,
) -> Result<Matrix, Problem> {
    let cols = rows.first().map_or(0, |r| r.0.len());
    if cols == 0 {
        return Err(Problem::at(span.clone(), format!("`{what}` is empty"))
            .help("write rows such as [[0, 1], [-1, 0]]"));
    }
    let mut numbers = Vec::with_capacity(rows.len());
    for (i, row) in rows.iter().enumerate() {
        if row.0.len() != cols {
            let message =
                format!("`{what}` is ragged: row {} has {} entries, row 1 has {cols}", i + 1, row.0.len());
            return Err(
                Problem::at(row.span.clone(), message).help("every row of a matrix has the same length")
            );
        }
        let entries: Result<Vec<f64>, Problem> = row.0.iter().map(|x| context.number(x, what)).collect();
        numbers.push(entries?);
    }
    Ok(Matrix::from_rows(&numbers))
}

/// A matrix in any of its spellings.
pub(super) fn matrix(context: &Context<'_>, text: &At<MatrixText>, what: &str) -> Result<Matrix, Problem> {
    match &text.value {
        MatrixText::Rows(list) => rows(context, list, &text.span, what),
        MatrixText::Literal(literal) => matrix_literal(literal).map_err(|e| broken(&text.span, e)),
        MatrixText::File(file) => from_file(context, &file.file, file.variable.as_ref()),
    }
}

/// A matrix from a file beside the model.
pub(super) fn from_file(
    context: &Context<'_>,
    file: &At<String>,
    variable: Option<&At<String>>,
) -> Result<Matrix, Problem> {
    let bytes = read(context, file)?;
    let span = variable.map_or(&file.span, |v| &v.span);
    read_matrix_variable(file, &bytes, variable.map(|v| v.as_str())).map_err(|e| broken(span, e))
}

/// The bytes of a file beside the model.
pub(super) fn read(context: &Context<'_>, file: &At<String>) -> Result<Vec<u8>, Problem> {
    context.folder.read(file).map_err(|e| Problem::at(file.span.clone(), e.to_string()).help(e.hint()))
}

/// A matrix error at its place in the model.
pub(super) fn broken(span: &Range<usize>, error: MatrixError) -> Problem {
    Problem::at(span.clone(), error.message).maybe_help(error.hint)
}
