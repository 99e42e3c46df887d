//! No module of a crate imports another that, directly or through others, imports it.
//!
//! Cargo insists that crates are acyclic; inside a crate only this rule does. It is checked between the children of
//! every folder, each child with all that is below it, and the folder's own `mod.rs` (at the top: `lib.rs`) as one
//! more node.

use crate::finding::Finding;
use crate::floors;
use crate::house::House;
use crate::modules::{Import, Modules, Path};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// One graph: who imports whom among the children of a folder, with the first place of each import.
type Graph<'a> = BTreeMap<String, BTreeMap<String, &'a Import>>;

/// Import cycles in every crate.
pub fn check(house: &House) -> Vec<Finding> {
    let mut found = Vec::new();
    for folder in floors::source_folders(house) {
        let imports = Modules::read(house, &folder).imports();
        for (parent, graph) in graphs(&imports) {
            for (cycle, knot) in cycles(&graph) {
                found.push(finding(&parent, &cycle, &knot));
            }
        }
    }
    found
}

fn finding(parent: &Path, cycle: &[(String, &Import)], knot: &[String]) -> Finding {
    let inside = if parent.is_empty() { "the crate".to_owned() } else { format!("`{}`", parent.join("::")) };
    let edges: Vec<String> =
        cycle.iter().map(|(name, i)| format!("{name} -> (at {}:{})", i.file, i.line)).collect();
    let mut what = format!("import cycle in {inside}: {} {}", edges.join(" "), cycle[0].0);
    if knot.len() > cycle.len() {
        what += &format!(" (one of several among {})", knot.join(", "));
    }
    let remedy = "move what both need into a module below both";
    Finding::new(&cycle[0].1.file, cycle[0].1.line, "cycles", what, remedy)
}

/// The graph of each folder, by the path of the folder.
fn graphs(imports: &[Import]) -> BTreeMap<Path, Graph<'_>> {
    let mut graphs: BTreeMap<Path, Graph<'_>> = BTreeMap::new();
    for import in imports {
        let shared = import.from.iter().zip(&import.to).take_while(|(a, b)| a == b).count();
        let parent = import.from[..shared].to_vec();
        let own = || if parent.is_empty() { "lib.rs".to_owned() } else { "mod.rs".to_owned() };
        let from = import.from.get(shared).cloned().unwrap_or_else(own);
        let to = import.to.get(shared).cloned().unwrap_or_else(own);
        let graph = graphs.entry(parent).or_default();
        graph.entry(to.clone()).or_default();
        graph.entry(from).or_default().entry(to).or_insert(import);
    }
    graphs
}

/// A cycle, and the strongly connected part that it is taken from.
type Cycle<'a> = (Vec<(String, &'a Import)>, Vec<String>);

/// One shortest cycle through the first node of each strongly connected part.
fn cycles<'a>(graph: &Graph<'a>) -> Vec<Cycle<'a>> {
    let mut found = Vec::new();
    let mut seen: BTreeSet<&String> = BTreeSet::new();
    for node in graph.keys() {
        if seen.contains(node) {
            continue;
        }
        if let Some(cycle) = shortest_cycle(graph, node) {
            let ahead = reachable(graph, node);
            let knot: Vec<&String> =
                ahead.into_iter().filter(|&other| reachable(graph, other).contains(node)).collect();
            seen.extend(&knot);
            found.push((cycle, knot.into_iter().cloned().collect()));
        }
    }
    found
}

fn reachable<'g>(graph: &'g Graph<'_>, from: &'g String) -> BTreeSet<&'g String> {
    let mut seen = BTreeSet::new();
    let mut open = vec![from];
    while let Some(node) = open.pop() {
        for next in graph[node].keys() {
            if seen.insert(next) {
                open.push(next);
            }
        }
    }
    seen
}

fn shortest_cycle<'a>(graph: &Graph<'a>, start: &String) -> Option<Vec<(String, &'a Import)>> {
    let mut before: BTreeMap<&String, &String> = BTreeMap::new();
    let mut open = VecDeque::from([start]);
    while let Some(node) = open.pop_front() {
        for next in graph[node].keys() {
            if next == start {
                let mut names = vec![node];
                while names[names.len() - 1] != start {
                    names.push(before[names[names.len() - 1]]);
                }
                names.reverse();
                let ends = names.iter().skip(1).chain([&start]);
                return Some(names.iter().zip(ends).map(|(&a, &b)| (a.clone(), graph[a][b])).collect());
            }
            if !before.contains_key(next) {
                before.insert(next, node);
                open.push_back(next);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_modules_that_import_each_other_are_a_cycle() {
        let house = House::of(&[
            ("crates/x/src/lib.rs", "mod a;\nmod b;"),
            ("crates/x/src/a.rs", "use crate::b::B;\npub struct A;"),
            ("crates/x/src/b.rs", "\nuse crate::a::A;\npub struct B;"),
        ]);
        let found = check(&house);
        assert_eq!(found.len(), 1, "{found:?}");
        let message = found[0].to_string();
        assert!(
            message.starts_with("crates/x/src/a.rs:1: cycles: import cycle in the crate: a ->"),
            "{message}"
        );
        assert!(message.contains("b -> (at crates/x/src/b.rs:2) a"), "{message}");
    }

    #[test]
    fn a_cycle_through_three_siblings_and_a_re_export_is_found() {
        let house = House::of(&[
            ("crates/x/src/lib.rs", "pub mod f;"),
            ("crates/x/src/f/mod.rs", "mod a;\nmod b;\nmod c;\npub use a::A;\npub use b::B;\npub use c::C;"),
            ("crates/x/src/f/a.rs", "use super::B;\npub struct A(B);"),
            ("crates/x/src/f/b.rs", "use super::C;\npub struct B(C);"),
            ("crates/x/src/f/c.rs", "pub struct C(Box<super::A>);"),
        ]);
        let found = check(&house);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].what.contains("in `f`: a -> (at crates/x/src/f/a.rs:1) b"), "{}", found[0]);
        assert!(found[0].what.contains("c -> (at crates/x/src/f/c.rs:1) a"), "{}", found[0]);
    }

    #[test]
    fn a_knot_of_two_cycles_is_told_whole() {
        let house = House::of(&[
            ("crates/x/src/lib.rs", "mod a;\nmod b;\nmod c;\nmod d;"),
            ("crates/x/src/a.rs", "use crate::b::B;\npub struct A;"),
            ("crates/x/src/b.rs", "use crate::{a::A, c::C, d::D};\npub struct B;"),
            ("crates/x/src/c.rs", "use crate::b::B;\npub struct C;"),
            ("crates/x/src/d.rs", "pub struct D;"),
        ]);
        let found = check(&house);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].what.ends_with("(one of several among a, b, c)"), "{}", found[0]);
    }

    #[test]
    fn files_deep_in_two_folders_close_a_cycle_between_the_folders() {
        let house = House::of(&[
            ("crates/x/src/lib.rs", "mod a;\nmod b;"),
            ("crates/x/src/a/mod.rs", "mod one;\npub mod two;"),
            ("crates/x/src/a/one.rs", "use crate::b::B;"),
            ("crates/x/src/a/two.rs", "pub struct Two;"),
            ("crates/x/src/b.rs", "use crate::a::two::Two;\npub struct B;"),
        ]);
        assert_eq!(check(&house).len(), 1);
    }

    #[test]
    fn a_parent_that_uses_a_child_that_uses_the_parent_is_a_cycle() {
        let house = House::of(&[
            ("crates/x/src/lib.rs", "mod a;\nuse a::A;\npub struct Settings;\nfn f(_: A) {}"),
            ("crates/x/src/a.rs", "use crate::Settings;\npub struct A(Settings);"),
        ]);
        assert_eq!(check(&house).len(), 1);
    }

    #[test]
    fn re_exports_and_one_way_imports_are_no_cycle() {
        let house = House::of(&[
            ("crates/x/src/lib.rs", "mod a;\nmod b;\npub use a::A;\npub use b::B;\npub struct Error;"),
            ("crates/x/src/a.rs", "use crate::{B, Error};\npub struct A;"),
            ("crates/x/src/b.rs", "use crate::Error;\npub struct B;"),
        ]);
        assert_eq!(check(&house), []);
    }
}
