//! The one grammar of formulas, conditions, equations and jumps: text to trees whose nodes know their bytes.
//!
//! | level, loosest first | operators | groups |
//! |---|---|---|
//! | choice | `or` `\|\|` | to the left |
//! | conjunction | `and` `&&` | to the left |
//! | negation | `not` | `not a < b` is `not (a < b)` |
//! | comparison | `<` `<=` `>` `>=` `==` `!=` | not at all |
//! | sum | `+` `-` | to the left |
//! | product | `*` `/` `@` | to the left |
//! | sign | `-` `+` | `-2^2` is -4 |
//! | power | `^` `**` | to the right: `2^3^2` is 2^9 |
//! | quantity | a number and its units, `5 nS/cm^2` | `1/2 ms` is 1/(2 ms) |
//!
//! | line of a system | meaning |
//! |---|---|
//! | `dx/dt = e`, `tau*dx/dt = e`, `(a + b)*dx/dt = e` | the rate of a state, perhaps times a factor |
//! | `x = e` | a definition; lines stand in any order |
//! | `dx/dt = e : mV`, `x = e : nS/cm^2`, `x = e : 1` | the same, and the unit of x |
//! | `x : amp`, `x, y : volt` | x is given from outside and has this unit |
//! | `# …` | a comment; brackets continue a line |
//!
//! In an expression a name may have dots (`E.v`, a variable of another section); `x(t - e)` is x earlier by e; `xi` and
//! `xi_name` are white noises. A jump is `x = e`, `x += e`, `x -= e`, `x *= e` or `x /= e`, several with `;` between.

mod look_alike;
mod parse;
mod statement;
mod token;
mod tree;

pub(crate) use parse::{MAX_BYTES, MAX_OPERATIONS, expression};
pub(crate) use statement::{Annotation, Statement, Word, assignments, statements};
pub(crate) use token::Dialect;
pub(crate) use tree::{Expr, Id, Tree};
