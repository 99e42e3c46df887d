//! A scalar formula of named variables, such as `exp(-d^2/(2*0.3^2))`.

/// A parsed formula.
#[derive(Clone, Debug, PartialEq)]
pub struct Formula {
    source: String,
}

impl Formula {
    /// The text it was read from.
    pub fn source(&self) -> &str {
        &self.source
    }
}
