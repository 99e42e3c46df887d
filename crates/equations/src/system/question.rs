//! What is asked of equations once they are read: values, conditions and jumps in their names.

use super::equations::Equations;
use super::lower::Lower;
use super::names::Use;
use super::symbol::Symbol;
use super::text::Text;
use crate::Dimension;
use crate::equation_error::{EquationError, Source};
use crate::function::Binary;
use crate::grammar::{self, Dialect, Id};
use crate::graph::Node;
use std::collections::HashMap;

/// Sums of noises that are followed until an expression is refused for having any.
const NOISES: usize = 1000;

impl Equations {
    /// The value of an expression, such as an initial value or a readout, and its dimension.
    ///
    /// # Errors
    /// As [`Equations::parse`]; noise and delays have no value at an instant.
    pub fn expression(&mut self, section: usize, text: &str) -> Result<(Node, Dimension), EquationError> {
        let (text, root) = self.read(section, text)?;
        let dimension = self.dimensions.expression(&text, root)?;
        let value = self.lower(&HashMap::new(), |lower| lower.expression(&text, root))?;
        self.silent(&text, root, &value.noise)?;
        Ok((value.node, dimension))
    }

    /// The guard of a condition such as `v > -50*mV`: a node that rises through 0 where the condition becomes true.
    ///
    /// # Errors
    /// As [`Equations::parse`]; an expression that does not compare; an equality.
    pub fn condition(&mut self, section: usize, text: &str) -> Result<Node, EquationError> {
        let (text, root) = self.read(section, text)?;
        self.dimensions.expression(&text, root)?;
        self.lower(&HashMap::new(), |lower| lower.guard(&text, root))
    }

    /// What a jump such as `v = -65*mV; w += b` sets: states and their new values. Each assignment sees what those before
    /// it have set; a state has one entry, its last value.
    ///
    /// # Errors
    /// As [`Equations::parse`]; an assignment to what is no state of this section; a value of another unit or length.
    pub fn assignments(&mut self, section: usize, text: &str) -> Result<Vec<(usize, Node)>, EquationError> {
        let source = Source { section, text: None };
        let (assignments, tree) = grammar::assignments(text).map_err(|e| source.misread(e))?;
        if assignments.is_empty() {
            let e = source.error(&(0..text.len()), "there is no assignment here");
            return Err(e.help("write `x = …` or `x += …`"));
        }
        let mut text = Text::new(source, tree);
        let mut set: Vec<(usize, Node)> = Vec::new();
        let mut replaced = HashMap::new();
        for assignment in &assignments {
            let (name, span, right) = (assignment.name.text, &assignment.name.span, assignment.right);
            let Some(Symbol::State(k)) = self.names.known(section, name).filter(|_| !name.contains('.'))
            else {
                return Err(self.no_state(source, name, span));
            };
            self.names.resolve(source, &text.tree, right, Use::Moment, &mut text.symbols)?;
            match assignment.operator {
                Some(Binary::Multiply | Binary::Divide) => self.dimensions.expect_none(&text, right)?,
                _ => self.dimensions.expect(&text, name, Symbol::State(k), right)?,
            }
            let old = self.lower(&replaced, |lower| Ok(lower.state(k)))?;
            let value = self.lower(&replaced, |lower| {
                let value = lower.expression(&text, right)?;
                match assignment.operator {
                    Some(f) => lower.applied(&text, right, f, old, value),
                    None => Ok(value),
                }
            })?;
            self.silent(&text, right, &value.noise)?;
            let (len, found) = (self.lengths[k], self.graph.length(value.node));
            if found != len && found != 1 {
                let message = format!("`{name}` has {len} units, and this has {found}");
                let e =
                    text.error(right, message).label(self.states[k].place.clone(), format!("length {len}"));
                return Err(e.help("a state is set to one value, or to one for each unit"));
            }
            replaced.insert(k, value.node);
            set.retain(|s| s.0 != k);
            set.push((k, value.node));
        }
        Ok(set)
    }

    fn read<'a>(&mut self, section: usize, text: &'a str) -> Result<(Text<'a>, Id), EquationError> {
        let source = Source { section, text: None };
        let tree = grammar::expression(text, Dialect::Expression).map_err(|e| source.misread(e))?;
        let root = tree.nodes.len().saturating_sub(1);
        let mut text = Text::new(source, tree);
        self.names.resolve(source, &text.tree, root, Use::Moment, &mut text.symbols)?;
        Ok((text, root))
    }

    fn lower<T>(
        &mut self,
        replaced: &HashMap<usize, Node>,
        what: impl FnOnce(&mut Lower<'_>) -> Result<T, EquationError>,
    ) -> Result<T, EquationError> {
        what(&mut Lower {
            graph: &mut self.graph,
            names: &self.names,
            states: &self.lengths,
            definitions: &self.values,
            delays: &mut self.delays,
            replaced,
            budget: &mut NOISES.clone(),
        })
    }

    /// Refuses a value that has noise in it by way of a definition.
    fn silent(&self, text: &Text<'_>, root: Id, noise: &[(usize, Node)]) -> Result<(), EquationError> {
        match noise.first() {
            None => Ok(()),
            Some((k, _)) => {
                let name = &self.noises[*k].name;
                let e = text.error(
                    root,
                    format!("the noise `{name}` stands in this, and has no value at an instant"),
                );
                Err(e.help("noise stands in equations only"))
            }
        }
    }

    fn no_state(&self, source: Source, name: &str, span: &std::ops::Range<usize>) -> EquationError {
        let own = self.states.iter().filter(|s| s.section == source.section).map(|s| s.name.as_str());
        let e = match self.names.known(source.section, name) {
            Some(Symbol::Definition(_)) => {
                source.error(span, format!("`{name}` is a definition and cannot be set"))
            }
            Some(Symbol::Parameter(_)) => {
                source.error(span, format!("`{name}` is a parameter and cannot be set"))
            }
            Some(Symbol::Input(_)) => source.error(span, format!("`{name}` is an input and cannot be set")),
            Some(Symbol::State(_)) => source.error(span, format!("`{name}` belongs to another section")),
            _ => source.error(span, format!("`{name}` is no state")),
        };
        e.help(match crate::nearest(name, own.clone()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("states here are {}", own.collect::<Vec<_>>().join(", ")),
        })
    }
}
