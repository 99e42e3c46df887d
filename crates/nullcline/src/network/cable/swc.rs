//! Reconstructed shapes: lists of points as they are exchanged (SWC).
//!
//! Each line is a point: `index type x y z radius parent`, lengths in um, parent -1 for the root; `#` begins a comment. Points between
//! two forks, or of one type, become a section, whose diameter is straight between its points. A root that is a single point of type 1 (a
//! soma of one point) is a cylinder as long as it is wide, which has the area of the sphere.
//!
//! Reference: Cannon, Turner, Pyapali, Wheal (1998), An on-line archive of reconstructed hippocampal neurons.

use super::section::{CableError, CableSection};
use std::collections::HashMap;

/// A point.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Point {
    kind: i64,
    x: [f64; 3],
    radius: f64,
    parent: Option<usize>,
}

/// The sections of a list of points; each is cut into compartments no longer than `longest`, in m.
///
/// # Errors
/// A line that is no point, a parent that is not there or comes later, two roots.
pub fn read_swc(text: &str, longest: f64) -> Result<Vec<CableSection>, CableError> {
    let points = points(text)?;
    let mut children = vec![Vec::new(); points.len()];
    for (i, p) in points.iter().enumerate() {
        if let Some(parent) = p.parent {
            children[parent].push(i);
        }
    }
    let single = points[0].kind == 1 && children[0].iter().all(|&c| points[c].kind != 1);
    let mut sections = Vec::new();
    // The section and the place on it at which the children of a point begin.
    let mut ends: Vec<Option<(usize, f64)>> = vec![None; points.len()];
    let mut open: Vec<(usize, usize)> = Vec::new();
    if single {
        let r = points[0].radius;
        let soma = CableSection::new("soma", None, 2.0 * r, [2.0 * r; 2], 1);
        sections.push(CableSection { compartments: parts(&soma, longest), ..soma });
        ends[0] = Some((0, 0.5));
    }
    open.extend(children[0].iter().rev().map(|&c| (0, c)));
    if children[0].is_empty() && !single {
        return Err(error("a root alone has no length", "give the root type 1, or a second point"));
    }
    let mut counts: HashMap<i64, usize> = HashMap::new();
    while let Some((from, first)) = open.pop() {
        let kind = points[first].kind;
        // From a soma of one point a branch begins with its own first point, at its own diameter.
        let own = single && from == 0;
        let mut profile = vec![(0.0, 2.0 * points[if own { first } else { from }].radius)];
        let (mut last, mut length) = (first, 0.0);
        if !own || children[first].len() != 1 {
            length = apart(&points[from], &points[first]);
            profile.push((length, 2.0 * points[first].radius));
        }
        while let [next] = children[last][..]
            && points[next].kind == kind
        {
            length += apart(&points[last], &points[next]);
            profile.push((length, 2.0 * points[next].radius));
            last = next;
        }
        if profile.len() == 1 {
            length = apart(&points[from], &points[first]);
            profile.push((length, 2.0 * points[first].radius));
        }
        let count = counts.entry(kind).or_default();
        let name = format!("{}{count}", word(kind));
        *count += 1;
        let section = CableSection { name, parent: ends[from], profile, compartments: 1 };
        ends[last] = Some((sections.len(), 1.0));
        if from == 0 && !single && ends[0].is_none() {
            // The first branch of a root that is no soma is the root section; the others hang at its beginning.
            ends[0] = Some((sections.len(), 0.0));
        }
        sections.push(CableSection { compartments: parts(&section, longest), ..section });
        open.extend(children[last].iter().rev().map(|&c| (last, c)));
    }
    Ok(sections)
}

fn parts(section: &CableSection, longest: f64) -> usize {
    (section.length() / longest * (1.0 - 1e-12)).ceil().clamp(1.0, 1e6) as usize
}

fn apart(a: &Point, b: &Point) -> f64 {
    a.x.iter().zip(b.x).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

fn word(kind: i64) -> &'static str {
    match kind {
        1 => "soma",
        2 => "axon",
        3 => "dend",
        4 => "apic",
        _ => "part",
    }
}

fn error(what: impl Into<String>, remedy: &str) -> CableError {
    CableError { section: None, what: what.into(), remedy: remedy.to_owned() }
}

fn points(text: &str) -> Result<Vec<Point>, CableError> {
    let mut points: Vec<Point> = Vec::new();
    let mut known: HashMap<i64, usize> = HashMap::new();
    for (k, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or("").trim();
        if line.is_empty() {
            continue;
        }
        let here = format!("line {} of the points", k + 1);
        let fields: Vec<f64> = line.split_whitespace().map_while(|x| x.parse().ok()).collect();
        let whole = |x: f64| x.fract() == 0.0 && x.abs() < 1e15;
        let [index, kind, x, y, z, radius, parent] = fields[..] else {
            return Err(error(format!("{here} is \"{line}\""), "a point is: index type x y z radius parent"));
        };
        if !fields.iter().all(|x| x.is_finite()) || ![index, kind, parent].into_iter().all(whole) {
            return Err(error(format!("{here} is \"{line}\""), "indices and types are whole numbers"));
        }
        if radius <= 0.0 {
            return Err(error(format!("{here} has the radius {radius}"), "a radius is positive"));
        }
        let parent = match (parent < 0.0, known.get(&(parent as i64))) {
            (true, _) if points.is_empty() => None,
            (true, _) => {
                return Err(error(format!("{here} is a second root"), "give it a parent, or cut it off"));
            }
            (false, Some(&p)) => Some(p),
            (false, None) => {
                let what = format!("{here} has the parent {parent}, and no line above has this index");
                return Err(error(what, "write each point after its parent"));
            }
        };
        known.insert(index as i64, points.len());
        let x = [x, y, z].map(|x| x * 1e-6);
        points.push(Point { kind: kind as i64, x, radius: radius * 1e-6, parent });
    }
    if points.is_empty() {
        return Err(error("this list has no points", "a point is: index type x y z radius parent"));
    }
    Ok(points)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_between_forks_are_sections() {
        let text = "# a soma of one point, an axon, a dendrite that forks\n1 1 0 0 0 10 -1\n2 2 10 0 0 1 1\n3 2 110 0 0 0.5 2\n\
                    4 3 -10 0 0 2 1\n5 3 -60 0 0 2 4\n6 3 -60 30 0 1 5\n7 3 -60 -40 0 1 5\n";
        let sections = read_swc(text, 20e-6).unwrap();
        let names: Vec<&str> = sections.iter().map(|s| s.name.as_str()).collect();
        assert_eq!(names, ["soma", "axon0", "dend0", "dend1", "dend2"]);
        let lengths: Vec<f64> = sections.iter().map(|s| (s.length() * 1e9).round()).collect();
        assert_eq!(lengths, [20_000.0, 100_000.0, 50_000.0, 30_000.0, 40_000.0]);
        let parents: Vec<Option<(usize, f64)>> = sections.iter().map(|s| s.parent).collect();
        assert_eq!(parents, [None, Some((0, 0.5)), Some((0, 0.5)), Some((2, 1.0)), Some((2, 1.0))]);
        let counts: Vec<usize> = sections.iter().map(|s| s.compartments).collect();
        assert_eq!(counts, [1, 5, 3, 2, 2]);
        assert_eq!(sections[1].profile.len(), 2);
        // The soma's side is that of a sphere of its radius.
        let soma = super::super::geometry::geometry(&super::super::section::Cable {
            sections: sections[..1].to_vec(),
            resistivity: 1.0,
            sites: Vec::new(),
            injections: Vec::new(),
            current: "I".into(),
        });
        assert!((soma.area[0] / (4.0 * std::f64::consts::PI * 1e-10) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_root_without_a_soma_begins_a_section() {
        let sections = read_swc("1 3 0 0 0 1 -1\n2 3 50 0 0 1 1\n3 3 -30 0 0 1 1\n", 1.0).unwrap();
        let parents: Vec<Option<(usize, f64)>> = sections.iter().map(|s| s.parent).collect();
        assert_eq!(parents, [None, Some((0, 0.0))]);
    }

    #[test]
    fn points_that_make_no_sense_are_told_with_their_line() {
        let told = |text: &str| read_swc(text, 1.0).unwrap_err().what;
        assert!(told("1 1 0 0 0 1 -1\n2 3 0 0 0 1 7").contains("line 2 of the points has the parent 7"));
        assert!(told("1 1 0 0 0 1 -1\n2 1 0 0 0 1 -1").contains("second root"));
        assert!(told("1 1 0 0 0 -1 -1").contains("radius -1"));
        assert!(told("1 1 0 0 zero 1 -1").contains("line 1"));
        assert!(told("1 1 0 0 inf 1 -1").contains("line 1"));
        assert!(told("# nothing").contains("no points"));
        assert!(told("1 3 0 0 0 1 -1").contains("no length"));
    }
}
