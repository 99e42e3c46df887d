//! `--set a.b=VALUE`: a value of the file, overridden.
//!
//! The text itself is edited, so that an error still shows the line, which then ends in `# from --set`.

use super::error::{ModelError, Problem, did_you_mean};
use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, Value};

/// The text with one value replaced or added: `a.b=VALUE`, where VALUE is TOML, or a bare word for a string.
///
/// Numbers in the path count the elements of an array from 0: `linear.A.0.1=2`, `connect.0.p=0.2`.
///
/// # Errors
/// No `=`, a path through something that is no table, a text that is no TOML.
pub fn apply_set(text: &str, set: &str) -> Result<String, ModelError> {
    let fail = |p: Problem| ModelError::new("--set", set, p);
    let Some((path, value)) = set.split_once('=') else {
        return Err(fail(
            Problem::at(0..set.len(), "`--set` needs a path and a value").help("write `--set run.t=[0,10]`"),
        ));
    };
    // A file that is no TOML is reported when it is parsed, where its own lines can be shown.
    let Ok(mut document) = text.parse::<DocumentMut>() else { return Ok(text.to_owned()) };
    let value = value.trim();
    let mut value: Value = match format!("v = {value}").parse::<DocumentMut>() {
        Ok(parsed) => parsed["v"].as_value().cloned().unwrap_or_else(|| Value::from(value)),
        Err(_) if value.starts_with(['[', '{', '"', '\'']) => {
            let at = path.len() + 1..set.len();
            return Err(fail(
                Problem::at(at, "this value is not TOML").help("quote strings, close brackets"),
            ));
        }
        Err(_) => Value::from(value),
    };
    value.decor_mut().clear();
    let keys: Vec<&str> = path.trim().split('.').map(str::trim).collect();
    if keys.iter().any(|k| k.is_empty()) {
        return Err(fail(
            Problem::at(0..path.len(), "this path has an empty part").help("write `--set run.t=[0,10]`"),
        ));
    }
    place(document.as_item_mut(), &keys, value).map_err(|(key, known)| {
        let start = path.find(key.as_str()).unwrap_or(0);
        let problem = Problem::at(start..start + key.len(), format!("`{key}` cannot be set: {known}"));
        fail(problem)
    })?;
    Ok(document.to_string())
}

/// Puts the value where the keys lead.
fn place(item: &mut Item, keys: &[&str], mut value: Value) -> Result<(), (String, String)> {
    let (key, rest) = (keys[0], &keys[1..]);
    let element = |len: usize| {
        let known = format!("this list has {len} elements, counted from 0");
        key.parse::<usize>().ok().filter(|k| *k < len).ok_or((key.to_owned(), known))
    };
    if let Some(tables) = item.as_array_of_tables_mut() {
        let k = element(tables.len())?;
        let table = tables.get_mut(k).ok_or((key.to_owned(), "there is no such element".to_owned()))?;
        return if rest.is_empty() {
            Err((key.to_owned(), "name a key of this table".to_owned()))
        } else {
            place_in_table(table, rest, value)
        };
    }
    if let Some(array) = item.as_array_mut() {
        let k = element(array.len())?;
        return place_in_array(array, k, rest, value);
    }
    if let Some(table) = item.as_inline_table_mut() {
        return place_inline(table, keys, value);
    }
    if let Some(table) = item.as_table_mut() {
        return place_in_table(table, keys, value);
    }
    value.decor_mut().clear();
    Err((key.to_owned(), "what stands before it is a value, not a table".to_owned()))
}

fn place_in_table(table: &mut Table, keys: &[&str], mut value: Value) -> Result<(), (String, String)> {
    let (key, rest) = (keys[0], &keys[1..]);
    if rest.is_empty() {
        value.decor_mut().set_prefix(" ");
        value.decor_mut().set_suffix(" # from --set");
        match table.get_mut(key) {
            Some(slot) => *slot = Item::Value(value),
            None => {
                table.insert(key, Item::Value(value));
            }
        }
        return Ok(());
    }
    if table.get(key).is_none() {
        if rest[0].parse::<usize>().is_ok() {
            let known = did_you_mean(key, table.iter().map(|(k, _)| k).collect::<Vec<_>>());
            return Err((key.to_owned(), format!("there is no such list; {known}")));
        }
        let mut new = Table::new();
        new.set_implicit(rest.len() > 1);
        table.insert(key, Item::Table(new));
    }
    place(table.get_mut(key).expect("it is there or was just inserted"), rest, value)
}

fn place_inline(table: &mut InlineTable, keys: &[&str], value: Value) -> Result<(), (String, String)> {
    let (key, rest) = (keys[0], &keys[1..]);
    if rest.is_empty() {
        table.insert(key, value);
        return Ok(());
    }
    let next = table.get_mut(key).ok_or((key.to_owned(), "there is no such table".to_owned()))?;
    place_in_value(next, rest, value)
}

fn place_in_array(array: &mut Array, k: usize, rest: &[&str], value: Value) -> Result<(), (String, String)> {
    if rest.is_empty() {
        array.replace(k, value);
        return Ok(());
    }
    let next = array.get_mut(k).expect("the index was compared with the length");
    place_in_value(next, rest, value)
}

fn place_in_value(next: &mut Value, rest: &[&str], value: Value) -> Result<(), (String, String)> {
    match next {
        Value::InlineTable(inner) => place_inline(inner, rest, value),
        Value::Array(inner) => {
            let known = format!("this list has {} elements, counted from 0", inner.len());
            let k = rest[0].parse::<usize>().ok().filter(|k| *k < inner.len());
            place_in_array(inner, k.ok_or((rest[0].to_owned(), known))?, &rest[1..], value)
        }
        _ => Err((rest[0].to_owned(), "what stands before it is a value, not a table".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "format = 1\n[linear]\nA = [[0, 1], [-1, 0]] # the matrix\n[run]\nt = [0, 30]\nrecord = { every = 1 }\n";

    #[test]
    fn a_value_is_replaced_where_it_stands() {
        let set = |s: &str| apply_set(TEXT, s).unwrap();
        assert!(set("run.t=[0,10]").contains("[run]\nt = [0,10] # from --set\n"));
        assert!(set("linear.A.0.1=-5").contains("A = [[0, -5], [-1, 0]] # the matrix"));
        assert!(set("run.record.every=\"2 ms\"").contains("record = { every = \"2 ms\" }"));
        assert!(set("seed=3").contains("seed = 3 # from --set"));
        assert!(set("run.method=rk4").contains("method = \"rk4\" # from --set"));
        assert!(set("parameters.mu=2").contains("[parameters]\nmu = 2 # from --set"));
        assert!(set("run.t=20 ms").contains("t = \"20 ms\" # from --set"));
    }

    #[test]
    fn an_override_that_leads_nowhere_says_so() {
        for (set, message) in [
            ("run.t", "needs a path and a value"),
            ("run..t=1", "empty part"),
            ("linear.A.7.1=1", "`7` cannot be set: this list has 2 elements"),
            ("format.x=1", "not a table"),
            ("run.t=[0,", "this value is not TOML"),
            ("connect.0.p=1", "no such list"),
        ] {
            let e = apply_set(TEXT, set).unwrap_err();
            assert!(e.message().contains(message), "{set}: {}", e.message());
        }
    }
}
