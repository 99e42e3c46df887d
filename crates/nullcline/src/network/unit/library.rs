//! What a unit of the library is: a name, an equation that is stated once, parameter sets with their sources.
//!
//! | field | holds | example |
//! |---|---|---|
//! | `equations` | blocks of text in the grammar of model files; relatives share blocks | `tau*dv/dt = -v + R*I` |
//! | `inputs` | names that come from outside, 0 where nobody gives them | `I` |
//! | `parameters` | names that each set gives a value | `tau` |
//! | `sets` | values, each set with its source; the first one is used where a model names none | `squid_1952` |
//! | `init` | where a unit starts; `steady` is at rest for the states that are given | `-65 mV` |
//! | `spike` | condition, jump and refractory time of a unit that is reset | `v > v_threshold` |
//!
//! A library unit is inert data. A model file says `unit = "lif"`, and the text goes the way of any text that a user
//! writes: it is parsed, its units are checked, and it is lowered to the same kernels.

/// A unit of the library.
#[derive(Clone, Copy, Debug)]
pub struct LibraryUnit {
    /// Its name in a model file.
    pub name: &'static str,
    /// One line for people.
    pub title: &'static str,
    /// Author, year, title.
    pub source: &'static str,
    /// Its equations, in blocks.
    pub equations: &'static [&'static str],
    /// Its variables, in the order of the equations.
    pub states: &'static [Symbol],
    /// What reaches it from outside.
    pub inputs: &'static [Symbol],
    /// Its constants.
    pub parameters: &'static [Symbol],
    /// Values of its constants.
    pub sets: &'static [ParameterSet],
    /// Initial values: quantities, formulas, or `steady`.
    pub init: &'static [(&'static str, &'static str)],
    /// When it spikes, and what then happens.
    pub spike: Option<SpikeRule>,
}

/// A name of an equation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Symbol {
    /// As in the equation.
    pub name: &'static str,
    /// The unit it is usually given in; any unit of the same dimension will do.
    pub unit: &'static str,
    /// What it is.
    pub meaning: &'static str,
}

/// Values of the constants of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParameterSet {
    /// Its name in a model file.
    pub name: &'static str,
    /// Where the values come from.
    pub source: &'static str,
    /// Each constant with a quantity.
    pub values: &'static [(&'static str, &'static str)],
}

/// A guard and a jump.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpikeRule {
    /// The unit spikes when this becomes true.
    pub when: &'static str,
    /// Assignments, separated by semicolons.
    pub reset: &'static str,
    /// A time, or the name of a parameter.
    pub refractory: Option<&'static str>,
    /// Variables that stand still during the refractory time.
    pub hold: &'static [&'static str],
}

impl LibraryUnit {
    /// The set of this name.
    pub fn set(&self, name: &str) -> Option<&'static ParameterSet> {
        self.sets.iter().find(|set| set.name == name)
    }

    /// The names of its sets.
    pub fn set_names(&self) -> impl Iterator<Item = &'static str> {
        self.sets.iter().map(|set| set.name)
    }
}

impl Symbol {
    pub(super) const fn new(name: &'static str, unit: &'static str, meaning: &'static str) -> Self {
        Self { name, unit, meaning }
    }
}
