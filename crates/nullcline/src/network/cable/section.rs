//! A cable by its sections: cylinders and cones that hang on one another. Inert data in SI units.

use dynamics::field::Signal;

/// A neuron's shape, in sections that form a tree.
#[derive(Clone, Debug, PartialEq)]
pub struct Cable {
    /// Its pieces; exactly one has no parent.
    pub sections: Vec<CableSection>,
    /// Resistivity along the axis, in ohm m.
    pub resistivity: f64,
    /// Places with names.
    pub sites: Vec<Site>,
    /// Currents that flow in at a site.
    pub injections: Vec<Injection>,
    /// The name through which neighbors act in the equations: a current per area.
    pub current: String,
}

/// A piece without forks.
#[derive(Clone, Debug, PartialEq)]
pub struct CableSection {
    /// Its name.
    pub name: String,
    /// The section that it hangs on, and where: 0 at its beginning, 1 at its end; none for the root.
    pub parent: Option<(usize, f64)>,
    /// Diameters along it: places from 0 to its length, in m, each with a diameter in m; straight in between.
    pub profile: Vec<(f64, f64)>,
    /// Into how many parts of equal length it is cut.
    pub compartments: usize,
}

/// A place on a cable.
#[derive(Clone, Debug, PartialEq)]
pub struct Site {
    /// Its name.
    pub name: String,
    /// Index of the section.
    pub section: usize,
    /// Where on it: from 0 to 1.
    pub at: f64,
}

/// A current from outside, at one place.
#[derive(Clone, Debug, PartialEq)]
pub struct Injection {
    /// The name of the input.
    pub input: String,
    /// Index of the site.
    pub site: usize,
    /// In A.
    pub signal: Signal,
}

/// What is wrong with a section, by its index.
#[derive(Clone, Debug, PartialEq)]
pub struct CableError {
    /// The section, if it is one.
    pub section: Option<usize>,
    /// What is wrong, with the offending value.
    pub what: String,
    /// What to do.
    pub remedy: String,
}

impl CableSection {
    /// A cylinder, or a cone between two diameters.
    pub fn new(
        name: &str,
        parent: Option<usize>,
        length: f64,
        diameters: [f64; 2],
        compartments: usize,
    ) -> Self {
        let profile = vec![(0.0, diameters[0]), (length, diameters[1])];
        Self { name: name.to_owned(), parent: parent.map(|p| (p, 1.0)), profile, compartments }
    }

    /// Its length in m.
    pub fn length(&self) -> f64 {
        self.profile.last().map_or(0.0, |p| p.0)
    }
}

impl Cable {
    /// The number of compartments.
    pub fn compartments(&self) -> usize {
        self.sections.iter().map(|s| s.compartments).sum()
    }

    /// The first compartment of each section.
    pub fn first_compartments(&self) -> Vec<usize> {
        let mut end = 0;
        let next = |s: &CableSection| {
            end += s.compartments;
            end - s.compartments
        };
        self.sections.iter().map(next).collect()
    }

    /// The compartment that a site lies in.
    pub fn compartment(&self, site: &Site) -> usize {
        let count = self.sections[site.section].compartments;
        let within = ((site.at * count as f64) as usize).min(count - 1);
        self.first_compartments()[site.section] + within
    }

    /// Checks lengths, diameters and the tree.
    ///
    /// # Errors
    /// The first section that makes no sense.
    pub fn check(&self) -> Result<(), CableError> {
        let error = |section: usize, what: String, remedy: &str| {
            Err(CableError { section: Some(section), what, remedy: remedy.to_owned() })
        };
        for (k, s) in self.sections.iter().enumerate() {
            let name = &s.name;
            let length = s.length();
            if !(length > 0.0 && length.is_finite()) {
                return error(k, format!("section `{name}` is {length} m long"), "a length is positive");
            }
            if let Some(&(_, d)) = s.profile.iter().find(|(_, d)| !(*d > 0.0 && d.is_finite())) {
                return error(
                    k,
                    format!("section `{name}` has a diameter of {d} m"),
                    "a diameter is positive",
                );
            }
            if s.profile.windows(2).any(|w| w[1].0 < w[0].0) || s.profile[0].0 != 0.0 {
                return error(k, format!("the diameters of `{name}` are not in order along it"), "sort them");
            }
            if s.compartments == 0 {
                return error(k, format!("section `{name}` has no compartment"), "give it at least one");
            }
            if let Some((p, at)) = s.parent
                && (p >= self.sections.len() || !(0.0..=1.0).contains(&at))
            {
                return error(
                    k,
                    format!("`{name}` hangs at {at} of section {p}"),
                    "a place lies from 0 to 1",
                );
            }
        }
        let mut roots = (0..self.sections.len()).filter(|&k| self.sections[k].parent.is_none());
        let (first, second) = (roots.next(), roots.next());
        if let (Some(a), Some(b)) = (first, second) {
            let (a, name) = (&self.sections[a].name, &self.sections[b].name);
            let what = format!("`{a}` and `{name}` both have no parent, so these are two cables");
            return error(b, what, "give all sections but one a parent, or make two populations");
        }
        for k in 0..self.sections.len() {
            let (mut at, mut steps) = (k, 0);
            while let Some((p, _)) = self.sections[at].parent {
                (at, steps) = (p, steps + 1);
                if steps > self.sections.len() {
                    let what = format!("section `{}` is among its own ancestors", self.sections[at].name);
                    return error(at, what, "cut the cycle: the section nearest to the root has no parent");
                }
            }
        }
        match first {
            Some(_) => Ok(()),
            None => Err(CableError {
                section: None,
                what: "this cable has no section".to_owned(),
                remedy: "give it a length and a diameter, or sections".to_owned(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cable(parents: &[Option<usize>]) -> Cable {
        let section =
            |(k, p): (usize, &Option<usize>)| CableSection::new(&format!("s{k}"), *p, 1e-4, [1e-6; 2], 2);
        Cable {
            sections: parents.iter().enumerate().map(section).collect(),
            resistivity: 1.0,
            sites: Vec::new(),
            injections: Vec::new(),
            current: "I".to_owned(),
        }
    }

    #[test]
    fn what_is_no_cable_is_told_with_the_section() {
        let told = |cable: &Cable| cable.check().unwrap_err();
        assert!(cable(&[None, Some(0), Some(0)]).check().is_ok());
        assert!(told(&cable(&[None, Some(0), None])).what.contains("`s0` and `s2` both have no parent"));
        assert!(told(&cable(&[None, Some(2), Some(1)])).what.contains("its own ancestors"));
        assert!(told(&cable(&[])).what.contains("no section"));
        let mut wrong = cable(&[None]);
        wrong.sections[0].profile[1].0 = -1.0;
        assert!(told(&wrong).what.contains("-1 m long"));
        let mut wrong = cable(&[None]);
        wrong.sections[0].profile[1].1 = 0.0;
        assert!(told(&wrong).what.contains("a diameter of 0 m"));
        let mut wrong = cable(&[None]);
        wrong.sections[0].compartments = 0;
        assert!(told(&wrong).what.contains("no compartment"));
    }

    #[test]
    fn sites_lie_in_compartments() {
        let cable = cable(&[None, Some(0)]);
        let site = |section, at| cable.compartment(&Site { name: "s".into(), section, at });
        assert_eq!([site(0, 0.0), site(0, 0.49), site(0, 0.5), site(0, 1.0), site(1, 1.0)], [0, 0, 1, 1, 3]);
    }
}
