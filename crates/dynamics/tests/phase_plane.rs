//! Phase portraits against what is known of them in closed form.

#[path = "plane/formula.rs"]
mod formula;

#[path = "plane/curves.rs"]
mod curves;
#[path = "plane/cycles.rs"]
mod cycles;
#[path = "plane/saddles.rs"]
mod saddles;
#[path = "plane/taxonomy.rs"]
mod taxonomy;
