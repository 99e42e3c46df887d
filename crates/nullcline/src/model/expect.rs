//! `[expect]`: what the findings are expected to hold.
//!
//! A leaf is a plain value (a number with rtol 1e-9, a word, a truth, a list), or a table of `value`, `rtol`, `atol`,
//! `min`, `max`. Anything else is a path: `[expect.linear.stability] verdict = "unstable"`.

use super::at::At;
use super::error::{Problem, did_you_mean};
use super::schema::Tree;
use equations::Quantity;
use serde_json::Value;
use std::ops::Range;

/// One expectation.
#[derive(Clone, Debug, PartialEq)]
pub struct Expect {
    /// Dotted path into the findings.
    pub path: String,
    /// What is expected there.
    pub expectation: Expectation,
    /// Where it stands in the text.
    pub span: Range<usize>,
}

/// What is expected.
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    /// This value: numbers within the tolerances, everything else exactly.
    pub value: Option<Value>,
    /// At least this.
    pub min: Option<f64>,
    /// At most this.
    pub max: Option<f64>,
    /// Relative tolerance.
    pub rtol: f64,
    /// Absolute tolerance.
    pub atol: f64,
}

/// An expectation that was tested.
#[derive(Clone, Debug, PartialEq)]
pub struct Tested {
    /// What was found at the path, as JSON; `null` if there is nothing.
    pub measured: String,
    /// Whether it agrees; a path that leads nowhere never does.
    pub pass: bool,
}

/// Relative tolerance of a plain number.
const RTOL: f64 = 1e-9;
const CONDITIONS: [&str; 5] = ["value", "min", "max", "rtol", "atol"];

impl Expect {
    /// Tests it against the findings and the state at the end.
    ///
    /// The path is looked up from the root of the findings, then below `simulation`, then below `linear`; `final` given as
    /// a list is the whole state at the end in the order of the model.
    pub fn test(&self, findings: &Value, last: &[f64]) -> Tested {
        let list = matches!(self.expectation.value, Some(Value::Array(_)));
        let measured = if self.path == "final" && list {
            Some(last.iter().map(|x| Value::from(*x)).collect())
        } else {
            let roots = [Some(findings), findings.get("simulation"), findings.get("linear")];
            roots.into_iter().flatten().find_map(|root| lookup(root, &self.path)).cloned()
        };
        let pass = measured.as_ref().is_some_and(|m| self.expectation.accepts(m));
        Tested { measured: measured.unwrap_or(Value::Null).to_string(), pass }
    }
}

/// The value at a dotted path; numbers in the path count the elements of a list from 0.
fn lookup<'a>(mut value: &'a Value, path: &str) -> Option<&'a Value> {
    let mut rest = path;
    while !rest.is_empty() {
        // A key may itself contain dots: the longest that fits is taken.
        let ends: Vec<usize> = rest.match_indices('.').map(|(k, _)| k).chain([rest.len()]).collect();
        let (end, next) = ends.into_iter().rev().find_map(|end| {
            let key = &rest[..end];
            let found = match value {
                Value::Object(map) => map.get(key),
                Value::Array(list) => key.parse::<usize>().ok().and_then(|k| list.get(k)),
                _ => None,
            };
            found.map(|v| (end, v))
        })?;
        value = next;
        rest = rest.get(end + 1..).unwrap_or("");
    }
    Some(value)
}

impl Expectation {
    /// Whether a measured value agrees.
    pub fn accepts(&self, measured: &Value) -> bool {
        let value = self.value.as_ref().is_none_or(|v| self.equals(v, measured));
        let least = self.min.is_none_or(|low| every_number(measured, &|x| x >= low));
        let most = self.max.is_none_or(|high| every_number(measured, &|x| x <= high));
        value && least && most
    }

    /// The expectation as JSON: the value itself, or the bounds.
    pub fn to_json(&self) -> Value {
        let bounds = [("min", self.min), ("max", self.max)];
        let bounds =
            bounds.into_iter().filter_map(|(key, bound)| Some((key.to_owned(), Value::from(bound?))));
        self.value.clone().unwrap_or_else(|| Value::Object(bounds.collect()))
    }

    /// The expectation in words.
    pub fn describe(&self) -> String {
        let mut words = Vec::new();
        if let Some(value) = &self.value {
            let tolerance = match (self.rtol, self.atol) {
                (rtol, 0.0) => format!("rtol {rtol:e}"),
                (rtol, atol) => format!("rtol {rtol:e}, atol {atol:e}"),
            };
            let exact = matches!(value, Value::String(_) | Value::Bool(_) | Value::Null);
            words.push(if exact { value.to_string() } else { format!("{value} ({tolerance})") });
        }
        words.extend(self.min.map(|min| format!("at least {min}")));
        words.extend(self.max.map(|max| format!("at most {max}")));
        words.join(", ")
    }

    fn equals(&self, expected: &Value, measured: &Value) -> bool {
        match (expected, measured) {
            (Value::Number(e), Value::Number(m)) => self.close(e.as_f64(), m.as_f64()),
            (Value::String(e), Value::Number(m)) => {
                self.close(Quantity::parse(e).ok().map(|q| q.value), m.as_f64())
            }
            (Value::Array(e), Value::Array(m)) => {
                e.len() == m.len() && e.iter().zip(m).all(|(e, m)| self.equals(e, m))
            }
            // TOML has no null: the word stands for it.
            (Value::String(e), Value::Null) => e == "null",
            _ => expected == measured,
        }
    }

    fn close(&self, expected: Option<f64>, measured: Option<f64>) -> bool {
        let (Some(e), Some(m)) = (expected, measured) else { return false };
        e == m || (e - m).abs() <= self.atol + self.rtol * e.abs()
    }
}

/// Whether it is a number, or a list of numbers, that all pass.
fn every_number(value: &Value, pass: &dyn Fn(f64) -> bool) -> bool {
    match value {
        Value::Number(x) => x.as_f64().is_some_and(pass),
        Value::Array(list) => !list.is_empty() && list.iter().all(|v| every_number(v, pass)),
        _ => false,
    }
}

/// The leaves of the tree, in the order of the file.
pub(crate) fn flatten(tree: &At<Tree>) -> Result<Vec<Expect>, Problem> {
    let mut found = Vec::new();
    let Tree::Table(_) = tree.value else {
        return Err(Problem::at(tree.span.clone(), "`expect` is a table of paths into the findings"));
    };
    descend(tree, "", &mut found)?;
    Ok(found)
}

fn descend(node: &At<Tree>, path: &str, found: &mut Vec<Expect>) -> Result<(), Problem> {
    let Tree::Table(table) = &node.value else {
        let value = Some(to_json(node)?);
        let expectation = Expectation { value, min: None, max: None, rtol: RTOL, atol: 0.0 };
        found.push(Expect { path: path.to_owned(), expectation, span: node.span.clone() });
        return Ok(());
    };
    let names = table.names();
    let conditions = names.iter().filter(|n| CONDITIONS.contains(n)).count();
    let nested = table.get("value").is_some_and(|v| matches!(v.value, Tree::Table(_)));
    if !path.is_empty() && conditions > 0 && conditions == names.len() && !nested {
        found.push(condition(node, path)?);
        return Ok(());
    }
    // Beside a condition, a key that is nearly another condition is a slip and no path.
    let slip = |name: &str| !CONDITIONS.contains(&name) && equations::nearest(name, CONDITIONS).is_some();
    if conditions > 0
        && !nested
        && let Some((wrong, _)) = table.0.iter().find(|(k, _)| slip(k))
    {
        let problem = Problem::at(wrong.span.clone(), format!("`{}` is not a condition", wrong.value));
        return Err(problem.help(did_you_mean(wrong, CONDITIONS)));
    }
    for (key, child) in &table.0 {
        let path = if path.is_empty() { key.value.clone() } else { format!("{path}.{}", key.value) };
        descend(child, &path, found)?;
    }
    Ok(())
}

fn condition(node: &At<Tree>, path: &str) -> Result<Expect, Problem> {
    let Tree::Table(table) = &node.value else { unreachable!("the caller saw a table") };
    let number = |key: &str| match table.get(key) {
        None => Ok(None),
        Some(At { value: Tree::Number(x), .. }) if x.is_finite() && (*x >= 0.0 || !key.ends_with("tol")) => {
            Ok(Some(*x))
        }
        Some(At { value: Tree::Text(t), span }) => match Quantity::parse(t) {
            Ok(q) => Ok(Some(q.value)),
            Err(e) => Err(Problem::at(span.clone(), e.message).maybe_help(e.hint)),
        },
        Some(other) => Err(Problem::at(other.span.clone(), format!("`{key}` is a number"))),
    };
    let value = table.get("value").map(to_json).transpose()?;
    let (min, max) = (number("min")?, number("max")?);
    if value.is_none() && min.is_none() && max.is_none() {
        let problem = Problem::at(node.span.clone(), "an expectation needs `value`, `min` or `max`");
        return Err(problem.help("write `{ value = 1.0, rtol = 1e-6 }`"));
    }
    let (rtol, atol) = (number("rtol")?, number("atol")?);
    // An absolute tolerance alone means what it says.
    let rtol = rtol.unwrap_or(if atol.is_some() { 0.0 } else { RTOL });
    let expectation = Expectation { value, min, max, rtol, atol: atol.unwrap_or(0.0) };
    Ok(Expect { path: path.to_owned(), expectation, span: node.span.clone() })
}

fn to_json(node: &At<Tree>) -> Result<Value, Problem> {
    Ok(match &node.value {
        Tree::Truth(b) => Value::Bool(*b),
        Tree::Text(t) => Value::String(t.clone()),
        Tree::Number(x) => match serde_json::Number::from_f64(*x) {
            Some(x) => Value::Number(x),
            None => return Err(Problem::at(node.span.clone(), "an expected number is finite")),
        },
        Tree::List(list) => Value::Array(list.iter().map(to_json).collect::<Result<_, _>>()?),
        Tree::Table(_) => {
            return Err(Problem::at(node.span.clone(), "a list of expected values holds no tables"));
        }
    })
}
