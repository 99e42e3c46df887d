//! Where a stage reads and writes: arrays that lie variable-major over the lanes.

use super::binding::Sources;

/// An array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Time,
    States,
    Parameters,
    Inputs,
    Delayed,
    Noises,
    /// Values that one stage leaves to another.
    Carried,
    /// Numbers for each unit, known beforehand.
    PerUnit,
}

/// Some entries of an array: `length` for each lane, from `offset` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Source {
    pub(super) place: Place,
    pub(super) offset: u32,
    /// One value for each lane goes to all units of a longer stage.
    pub(super) single: bool,
}

/// Where a stage writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// To the outputs, from this offset on.
    Output(u32),
    /// To the carried values.
    Carried(u32),
}

/// All arrays that a stage may read.
#[derive(Clone, Copy)]
pub(super) struct Arrays<'a> {
    pub(super) sources: &'a Sources<'a>,
    pub(super) per_unit: &'a [f64],
}

impl<'a> Arrays<'a> {
    /// The array itself; the carried values are with whoever runs the stage.
    #[inline(always)]
    pub(super) fn of(&self, place: Place) -> &'a [f64] {
        match place {
            Place::Time => self.sources.t,
            Place::States => self.sources.states,
            Place::Parameters => self.sources.parameters,
            Place::Inputs => self.sources.inputs,
            Place::Delayed => self.sources.delayed,
            Place::Noises => self.sources.noises,
            Place::Carried => &[],
            Place::PerUnit => self.per_unit,
        }
    }
}
