//! Definitions in an order in which each uses earlier ones only.

use super::names::Own;
use crate::EquationError;

/// The order; `uses[k]` are the definitions that definition k names.
///
/// # Errors
/// A circle, which is shown.
pub(super) fn order(definitions: &[Own], uses: &[Vec<usize>]) -> Result<Vec<usize>, EquationError> {
    let n = definitions.len();
    let mut waiting: Vec<usize> = uses.iter().map(Vec::len).collect();
    let mut users = vec![Vec::new(); n];
    for (k, used) in uses.iter().enumerate() {
        for &u in used {
            users[u].push(k);
        }
    }
    let mut ready: Vec<usize> = (0..n).rev().filter(|&k| waiting[k] == 0).collect();
    let mut order = Vec::with_capacity(n);
    while let Some(k) = ready.pop() {
        order.push(k);
        for &user in &users[k] {
            waiting[user] -= 1;
            if waiting[user] == 0 {
                ready.push(user);
            }
        }
    }
    if order.len() == n {
        return Ok(order);
    }
    // Whoever still waits, waits for somebody who waits: following that leads into a circle.
    let mut steps: Vec<Option<usize>> = vec![None; n];
    let mut path = Vec::new();
    let mut k = (0..n).find(|&k| waiting[k] > 0).unwrap_or_default();
    while steps[k].is_none() {
        steps[k] = Some(path.len());
        path.push(k);
        k = uses[k].iter().copied().find(|&u| waiting[u] > 0).unwrap_or(k);
    }
    let circle = &path[steps[k].unwrap_or_default()..];
    let shown: Vec<&str> =
        circle.iter().take(12).chain(&circle[..1]).map(|&k| definitions[k].name.as_str()).collect();
    let first = &definitions[circle[0]];
    let message = if circle.len() == 1 {
        format!("`{}` is defined by itself", first.name)
    } else {
        format!("these definitions go in a circle: {}", shown.join(" -> "))
    };
    let labels = circle[1..]
        .iter()
        .take(4)
        .map(|&k| (definitions[k].place.clone(), format!("`{}` is part of the circle", definitions[k].name)));
    Err(EquationError {
        message,
        place: first.place.clone(),
        labels: labels.collect(),
        hint: Some(format!("a value that depends on itself in time is a state: `d{}/dt = …`", first.name)),
        next: None,
    })
}
