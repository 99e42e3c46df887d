//! Reaction and diffusion on a tree, followed by implicit methods whose step costs O(n).

mod diffusion;
mod flow;
mod walk;

pub use flow::simulate_tree;
