//! How connectivity is made: one file for each rule.
//!
//! A rule says what one target receives: row i of its block of M. Rows are made in parallel, and row i draws its random
//! numbers from step i of the stream of its projection, so that a network is the same for any number of threads.
//!
//! | file | M_ij | entries of a row |
//! |---|---|---|
//! | `matrix` | given | as given |
//! | `all_to_all` | a weight | N |
//! | `one_to_one` | a weight where i = j | 1 |
//! | `gaussian` | normal, standard deviation g/sqrt(N) | N |
//! | `probability` | a weight, with probability p | pN on average |
//! | `fixed_in_degree` | a weight, for k sources | k |
//! | `kernel` | a formula of distance or coordinates | N, or those within the cutoff |
//! | `convolution` | K at the offset on a grid | the size of K |
//! | `low_rank` | sum over r of left_ir right_jr | N |

mod all_to_all;
mod block;
mod convolution;
mod fixed_in_degree;
mod gaussian;
mod kernel;
mod low_rank;
mod matrix;
mod one_to_one;
mod probability;
mod rows;
mod weight;

pub(super) use block::{Block, Rule};
