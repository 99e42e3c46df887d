//! A list of edges to a sparse matrix [post, pre] over the union of its nodes.

use super::context::Context;
use super::matrix::{broken, read};
use crate::model::at::{At, Named};
use crate::model::error::{Problem, did_you_mean};
use crate::model::matrix_file::read_table;
use crate::model::schema::{Edges, Words};
use linalg::Sparse;
use std::collections::HashMap;

/// Reads a list of edges: parallel edges add up, and the nodes are those of the edges that are kept.
pub(super) fn edges(
    context: &Context<'_>,
    file: &At<String>,
    columns: &At<Edges>,
    keep: &Named<Words>,
    order: Option<&At<String>>,
) -> Result<(Sparse, Vec<String>), Problem> {
    let bytes = read(context, file)?;
    let table = read_table(file, &bytes).map_err(|e| broken(&file.span, e))?;
    let column = |name: &At<String>| {
        table.column(name).ok_or_else(|| {
            let problem = Problem::at(
                name.span.clone(),
                format!("there is no column `{}` in `{}`", name.value, file.value),
            );
            problem.help(did_you_mean(name, table.header.iter().map(String::as_str)))
        })
    };
    let (pre, post) = (column(&columns.pre)?, column(&columns.post)?);
    let weight = columns.weight.as_ref().map(|w| column(w).map(|k| (k, w))).transpose()?;
    let mut filters = Vec::new();
    for (name, words) in &keep.0 {
        let k = column(name)?;
        for word in &words.0 {
            if !table.rows.iter().any(|row| row[k] == word.value) {
                let mut known: Vec<&str> = table.rows.iter().map(|row| row[k].as_str()).collect();
                known.sort_unstable();
                known.dedup();
                known.truncate(20);
                let problem =
                    Problem::at(word.span.clone(), format!("no edge has {} `{}`", name.value, word.value));
                return Err(problem.help(did_you_mean(word, known)));
            }
        }
        filters.push((k, words));
    }
    let kept: Vec<(usize, &Vec<String>)> = table
        .rows
        .iter()
        .enumerate()
        .filter(|(_, row)| filters.iter().all(|(k, words)| words.0.iter().any(|w| w.value == row[*k])))
        .collect();
    if kept.is_empty() {
        return Err(Problem::at(file.span.clone(), "no edge is left")
            .help("the file is empty, or `where` keeps none"));
    }
    let mut nodes: Vec<&str> = Vec::new();
    let mut place: HashMap<&str, usize> = HashMap::new();
    for (_, row) in &kept {
        for name in [row[pre].as_str(), row[post].as_str()] {
            place.entry(name).or_insert_with(|| {
                nodes.push(name);
                nodes.len() - 1
            });
        }
    }
    match order.map(|o| o.as_str()) {
        None | Some("sorted") => {
            nodes.sort_unstable();
            place = nodes.iter().enumerate().map(|(k, name)| (*name, k)).collect();
        }
        Some("file") => {}
        Some(word) => {
            let span = order.expect("an order was given").span.clone();
            let problem = Problem::at(span, format!("`{word}` is not an order of nodes"));
            return Err(problem.help("\"sorted\" by name, or as in the \"file\""));
        }
    }
    let mut triplets = Vec::with_capacity(kept.len());
    for (k, row) in &kept {
        let w = match weight {
            None => 1.0,
            Some((column, name)) => match row[column].parse::<f64>() {
                Ok(w) if w.is_finite() => w,
                _ => {
                    let message = format!(
                        "the weight `{}` in row {} of `{}` is not a finite number",
                        row[column],
                        k + 2,
                        file.value
                    );
                    return Err(Problem::at(name.span.clone(), message));
                }
            },
        };
        triplets.push((place[row[post].as_str()], place[row[pre].as_str()], w));
    }
    let n = nodes.len();
    Ok((Sparse::from_triplets(n, n, &triplets), nodes.into_iter().map(str::to_owned).collect()))
}
