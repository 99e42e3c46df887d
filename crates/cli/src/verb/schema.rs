//! `schema`: the JSON Schema of model files, for editors.

use crate::failure::Failure;
use crate::tell;

/// Prints the schema.
///
/// # Errors
/// Never.
pub fn schema() -> Result<(), Failure> {
    tell::say_json(&nullcline::model::json_schema());
    Ok(())
}
