//! `[matrices]`: each is read once and turned to [post, pre].

use super::context::Context;
use super::edges::edges;
use super::matrix::{from_file, matrix};
use crate::model::at::{At, Named};
use crate::model::error::{Problem, unknown};
use crate::model::schema::{MatrixEntry, MatrixTable};
use linalg::{Matrix, Sparse};
use std::ops::Range;

/// A named matrix.
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) span: Range<usize>,
    pub(super) axes: Axes,
    pub(super) body: Body,
}

/// What a matrix is made of.
pub(super) enum Body {
    /// Its entries, [post, pre] or [post, input].
    Dense(Matrix),
    /// The edges of a list, [post, pre], and the names of the nodes.
    Edges(Sparse, Vec<String>),
    /// A formula of i and j, whose sizes come from where it is used.
    Rule(At<String>),
}

/// What rows and columns are, after reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Axes {
    PostPre,
    PostInput,
}

const ORIENTATION: &str = "say what rows and columns are: axes = [\"post\", \"pre\"] (rows are targets), \
     [\"pre\", \"post\"] (rows are sources) or [\"post\", \"input\"]";

impl Entry {
    /// Rows and columns; `None` for a rule.
    pub(super) fn shape(&self) -> Option<(usize, usize)> {
        match &self.body {
            Body::Dense(m) => Some((m.rows(), m.cols())),
            Body::Edges(m, _) => Some((m.rows(), m.cols())),
            Body::Rule(_) => None,
        }
    }
}

/// The matrix of this name.
pub(super) fn find<'a>(entries: &'a [Entry], name: &str, span: &Range<usize>) -> Result<&'a Entry, Problem> {
    entries.iter().find(|e| e.name == name).ok_or_else(|| {
        let known: Vec<&str> = entries.iter().map(|e| e.name.as_str()).collect();
        unknown("matrix", name, span.clone(), &known)
    })
}

/// Reads all of them.
pub(super) fn matrices(context: &Context<'_>, table: &Named<MatrixTable>) -> Result<Vec<Entry>, Problem> {
    table.0.iter().map(|(name, entry)| one(context, name, entry)).collect()
}

fn one(context: &Context<'_>, name: &At<String>, entry: &At<MatrixTable>) -> Result<Entry, Problem> {
    let MatrixEntry { value, file, variable, rule, axes, edges: columns, keep, order } = &entry.value.0;
    let given = [value.is_some(), file.is_some(), rule.is_some()].into_iter().filter(|g| *g).count();
    if given != 1 {
        let what = if given == 0 { "no entries" } else { "more than one source" };
        let problem = Problem::at(name.span.clone(), format!("matrix `{}` has {what}", name.value));
        return Err(problem.help("give exactly one of `value`, `file` and `rule`"));
    }
    let (kind, transposed) = match (axes, columns) {
        (Some(axes), _) => orientation(axes)?,
        // The columns of a list of edges say themselves what is pre and what is post.
        (None, Some(_)) => (Axes::PostPre, false),
        (None, None) => {
            let message = format!("matrix `{}` does not state its orientation", name.value);
            return Err(Problem::at(entry.span.clone(), message).label("needs `axes`").help(ORIENTATION));
        }
    };
    if columns.is_none()
        && let Some((key, _)) = keep.0.first()
    {
        let problem = Problem::at(key.span.clone(), "`where` belongs to a list of edges");
        return Err(problem.help(
            "say which columns hold them: edges = { pre = \"pre\", post = \"post\", weight = \"weight\" }",
        ));
    }
    let body = match (value, file, rule, columns) {
        (_, Some(file), _, Some(columns)) => {
            if kind == Axes::PostInput {
                return Err(Problem::at(columns.span.clone(), "a list of edges connects post and pre"));
            }
            let (sparse, nodes) = edges(context, file, columns, keep, order.as_ref())?;
            Body::Edges(sparse, nodes)
        }
        (_, None, _, Some(columns)) => {
            return Err(Problem::at(columns.span.clone(), "a list of edges is a `file`"));
        }
        (Some(value), ..) => Body::Dense(matrix(context, value, name)?),
        (None, Some(file), ..) => Body::Dense(from_file(context, file, variable.as_ref())?),
        (None, None, rule, _) => {
            let rule = rule.clone().expect("one of the three is given");
            if transposed {
                let problem =
                    Problem::at(rule.span.clone(), "a rule is a formula of targets i and sources j");
                return Err(problem.help("write axes = [\"post\", \"pre\"] and let i count the targets"));
            }
            Body::Rule(rule)
        }
    };
    let body = match body {
        Body::Dense(m) if transposed => Body::Dense(m.transpose()),
        other => other,
    };
    Ok(Entry { name: name.value.clone(), span: name.span.clone(), axes: kind, body })
}

/// What rows and columns are, and whether they are to be exchanged.
fn orientation(axes: &At<Vec<At<String>>>) -> Result<(Axes, bool), Problem> {
    let words: Vec<&str> = axes.iter().map(|a| a.as_str()).collect();
    match words.as_slice() {
        ["post", "pre"] => Ok((Axes::PostPre, false)),
        ["pre", "post"] => Ok((Axes::PostPre, true)),
        ["post", "input"] => Ok((Axes::PostInput, false)),
        ["input", "post"] => Ok((Axes::PostInput, true)),
        _ => Err(Problem::at(axes.span.clone(), "these axes are not known").help(ORIENTATION)),
    }
}
