//! From sections to compartments: areas, couplings, and the tree that they form.
//!
//! A compartment is a slice of a section, with its node in the middle of its length. Between two points with the diameters a and b at a
//! distance x a section is a cone:
//!
//! ```text
//! area        pi (a + b)/2 sqrt(x^2 + ((a - b)/2)^2)         its side
//! resistance  4 rho x/(pi a b)                               along its axis
//! ```
//!
//! Two neighbors are coupled by the inverse of the sum of the resistances from each node to their common border. Where three or more
//! meet, a joint is added: a node without area. Free ends are sealed.
//!
//! Reference: M. Hines, N. Carnevale (1997), The NEURON simulation environment.

use super::section::{Cable, CableSection};
use linalg::Tree;
use std::f64::consts::PI;

/// A cable in compartments. Compartments are counted section by section; the nodes of the tree are they and the joints.
#[derive(Clone, Debug, PartialEq)]
pub struct Geometry {
    /// The nodes, each after its parent.
    pub tree: Tree,
    /// The coupling of each node to its parent, in S.
    pub coupling: Vec<f64>,
    /// The node of each compartment; the other nodes are joints.
    pub node: Vec<usize>,
    /// The area of each compartment, in m^2.
    pub area: Vec<f64>,
    /// The distance of each compartment's node from the beginning of the root, along the cable, in m.
    pub distance: Vec<f64>,
}

/// Two compartments or joints with the coupling between them.
type Edge = (usize, usize, f64);

/// Cuts a cable, which must be a tree ([`Cable::check`]), into compartments.
pub fn geometry(cable: &Cable) -> Geometry {
    let first = cable.first_compartments();
    let total = cable.compartments();
    let (mut area, mut distance) = (vec![0.0; total], vec![0.0; total]);
    let mut edges: Vec<Edge> = Vec::new();
    // What meets at the beginning and at the end of each section: nodes, each with the resistance between.
    let mut ends: Vec<[Vec<(usize, f64)>; 2]> = vec![Default::default(); cable.sections.len()];
    let order = from_the_root(cable);
    let mut origin = vec![0.0; cable.sections.len()];
    for &k in &order {
        let section = &cable.sections[k];
        let (length, count) = (section.length(), section.compartments);
        let dx = length / count as f64;
        let node = |j: usize| first[k] + j;
        let halves: Vec<[f64; 2]> = (0..count)
            .map(|j| {
                let (a, m, b) = (j as f64 * dx, (j as f64 + 0.5) * dx, (j as f64 + 1.0) * dx);
                let parts = [slice(section, a, m), slice(section, m, b)];
                area[node(j)] = parts[0].0 + parts[1].0;
                parts.map(|p| cable.resistivity * p.1)
            })
            .collect();
        for j in 1..count {
            edges.push((node(j - 1), node(j), 1.0 / (halves[j - 1][1] + halves[j][0])));
        }
        ends[k][1].push((node(count - 1), halves[count - 1][1]));
        let start = (node(0), halves[0][0]);
        match section.parent {
            None => ends[k][0].push(start),
            Some(hangs) => {
                let (p, at) = meeting_place(cable, hangs);
                origin[k] = origin[p] + at * cable.sections[p].length();
                if at == 0.0 {
                    ends[p][0].push(start);
                } else if at == 1.0 {
                    ends[p][1].push(start);
                } else {
                    // In the middle of a section: on the node of the compartment there.
                    let count = cable.sections[p].compartments;
                    let within = ((at * count as f64) as usize).min(count - 1);
                    edges.push((first[p] + within, start.0, 1.0 / start.1));
                }
            }
        }
        (0..count).for_each(|j| distance[node(j)] = origin[k] + (j as f64 + 0.5) * dx);
    }
    let mut nodes = total;
    for meeting in ends.iter().flatten() {
        match meeting[..] {
            [(a, x), (b, y)] => edges.push((a, b, 1.0 / (x + y))),
            [_, _, _, ..] => {
                edges.extend(meeting.iter().map(|&(a, x)| (a, nodes, 1.0 / x)));
                nodes += 1;
            }
            _ => {}
        }
    }
    let (tree, coupling, place) = rooted(nodes, first[order[0]], &edges);
    let node = place[..total].to_vec();
    Geometry { tree, coupling, node, area, distance }
}

/// The beginning of a section is where its parent is.
fn meeting_place(cable: &Cable, (mut p, mut at): (usize, f64)) -> (usize, f64) {
    while at == 0.0
        && let Some(above) = cable.sections[p].parent
    {
        (p, at) = above;
    }
    (p, at)
}

/// The sections, each after its parent.
fn from_the_root(cable: &Cable) -> Vec<usize> {
    let parents: Vec<Option<usize>> = cable.sections.iter().map(|s| s.parent.map(|p| p.0)).collect();
    Tree::ordered(&parents).expect("the cable was checked").1
}

/// The tree of edges from a root, the coupling of each of its nodes to the parent, and the place of each node in it.
fn rooted(nodes: usize, root: usize, edges: &[Edge]) -> (Tree, Vec<f64>, Vec<usize>) {
    let mut neighbors = vec![Vec::new(); nodes];
    for &(a, b, g) in edges {
        neighbors[a].push((b, g));
        neighbors[b].push((a, g));
    }
    let (mut parents, mut to_parent) = (vec![None; nodes], vec![0.0; nodes]);
    let mut open = vec![root];
    while let Some(a) = open.pop() {
        for &(b, g) in &neighbors[a] {
            if parents[a] != Some(b) {
                (parents[b], to_parent[b]) = (Some(a), g);
                open.push(b);
            }
        }
    }
    let (tree, order) = Tree::ordered(&parents).expect("a checked cable has no cycle");
    let mut place = vec![0; nodes];
    order.iter().enumerate().for_each(|(k, &old)| place[old] = k);
    let coupling = order.iter().map(|&old| to_parent[old]).collect();
    (tree, coupling, place)
}

/// The area of the side between two places of a section, and the resistance over the resistivity.
fn slice(section: &CableSection, from: f64, to: f64) -> (f64, f64) {
    let mut at = vec![from];
    at.extend(section.profile.iter().map(|p| p.0).filter(|x| from < *x && *x < to));
    at.push(to);
    let each = at.windows(2).map(|w| {
        let (x, a, b) = (w[1] - w[0], diameter(section, w[0]), diameter(section, w[1]));
        (0.5 * PI * (a + b) * x.hypot(0.5 * (a - b)), 4.0 * x / (PI * a * b))
    });
    each.fold((0.0, 0.0), |sum, part| (sum.0 + part.0, sum.1 + part.1))
}

/// The diameter at a place of a section.
fn diameter(section: &CableSection, x: f64) -> f64 {
    let profile = &section.profile;
    let k = profile.partition_point(|p| p.0 <= x).clamp(1, profile.len() - 1);
    let ((x0, a), (x1, b)) = (profile[k - 1], profile[k]);
    if x1 > x0 { a + (b - a) * ((x - x0) / (x1 - x0)).clamp(0.0, 1.0) } else { b }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cable(sections: Vec<CableSection>) -> Cable {
        Cable {
            sections,
            resistivity: 2.0,
            sites: Vec::new(),
            injections: Vec::new(),
            current: "I".to_owned(),
        }
    }

    fn near(a: f64, b: f64) -> bool {
        (a / b - 1.0).abs() < 1e-12
    }

    #[test]
    fn a_cylinder_is_a_chain_of_equal_compartments() {
        let g = geometry(&cable(vec![CableSection::new("axon", None, 1e-3, [2e-6; 2], 4)]));
        assert_eq!((g.node.as_slice(), g.tree.len()), ([0, 1, 2, 3].as_slice(), 4));
        assert!(g.area.iter().all(|a| near(*a, PI * 2e-6 * 2.5e-4)));
        // rho dx/(pi d^2/4)
        let resistance = 2.0 * 2.5e-4 / (PI * 1e-12);
        assert!(g.coupling[1..].iter().all(|c| near(*c, 1.0 / resistance)));
        assert_eq!(g.distance, [1.25e-4, 3.75e-4, 6.25e-4, 8.75e-4]);
    }

    #[test]
    fn a_cone_has_its_side_and_its_resistance_however_it_is_cut() {
        let (a, b, x) = (4e-6, 1e-6, 3e-6);
        let side = 0.5 * PI * (a + b) * f64::hypot(x, 0.5 * (a - b));
        let resistance = 2.0 * 4.0 * x / (PI * a * b);
        for n in [1, 2, 7] {
            let g = geometry(&cable(vec![
                CableSection::new("first", None, 1e-6, [4e-6; 2], 1),
                CableSection::new("cone", Some(0), x, [a, b], n),
                CableSection::new("last", Some(1), 1e-6, [1e-6; 2], 1),
            ]));
            assert!(near(g.area[1..=n].iter().sum(), side));
            // From the first node to the last one: the two halves of the cylinders, and the cone between.
            let halves = 2.0 * 4.0 * 0.5e-6 / PI * (1.0 / 16e-12 + 1.0 / 1e-12);
            assert!(near(g.coupling[1..].iter().map(|c| 1.0 / c).sum(), resistance + halves));
        }
    }

    #[test]
    fn a_fork_has_a_joint_without_area_and_a_soma_takes_children_at_both_ends() {
        let g = geometry(&cable(vec![
            CableSection::new("trunk", None, 1e-4, [2e-6; 2], 2),
            CableSection::new("left", Some(0), 1e-4, [1e-6; 2], 1),
            CableSection::new("right", Some(0), 2e-4, [1e-6; 2], 1),
            CableSection { parent: Some((0, 0.0)), ..CableSection::new("axon", Some(0), 1e-4, [1e-6; 2], 1) },
            CableSection {
                parent: Some((0, 0.5)),
                ..CableSection::new("spine", Some(0), 1e-6, [1e-6; 2], 1)
            },
        ]));
        assert_eq!((g.area.len(), g.tree.len()), (6, 7));
        let joint = (0..7).find(|k| !g.node.contains(k)).unwrap();
        let children = |k: usize| (0..7).filter(|&c| g.tree.parent(c) == Some(k)).count();
        assert_eq!((children(joint), g.tree.parent(joint)), (2, Some(g.node[1])));
        assert_eq!(g.tree.parent(g.node[4]), Some(g.node[0]));
        assert_eq!(g.tree.parent(g.node[5]), Some(g.node[1]));
        assert!(near(g.coupling[joint], PI * 1e-12 / (2.0 * 2.5e-5)));
        let known = [2.5e-5, 7.5e-5, 1.5e-4, 2e-4, 5e-5, 5.05e-5];
        assert!(g.distance.iter().zip(known).all(|(a, b)| near(*a, b)), "{:?}", g.distance);
    }
}
