//! Lines of a system: rates, definitions, declarations; and the assignments of a jump.

use super::parse::{MAX_OPERATIONS, Parse, error};
use super::token::{Dialect, Token};
use super::tree::{Expr, Id, Tree};
use crate::equation_error::MOST_ERRORS;
use crate::function::Binary;
use crate::{FormulaError, Unit};
use std::ops::Range;

/// A name and its bytes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Word<'a> {
    pub(crate) text: &'a str,
    pub(crate) span: Range<usize>,
}

/// A unit after a colon.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Annotation {
    pub(crate) unit: Unit,
    pub(crate) span: Range<usize>,
}

/// A line of a system.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Statement<'a> {
    /// `factor*dstate/dt = right : unit`.
    Rate { state: Word<'a>, left: Range<usize>, factor: Option<Id>, right: Id, unit: Option<Annotation> },
    /// `name = right : unit`.
    Definition { name: Word<'a>, right: Id, unit: Option<Annotation> },
    /// `name : unit`.
    Declaration { name: Word<'a>, unit: Annotation },
}

/// `name = right`, or with an operator before the `=`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Assignment<'a> {
    pub(crate) name: Word<'a>,
    pub(crate) operator: Option<Binary>,
    pub(crate) right: Id,
}

/// Reads the lines of a system; after a line that is wrong it goes on with the next, so that all of them are told.
pub(crate) fn statements(text: &str) -> Result<(Vec<Statement<'_>>, Tree<'_>), Vec<FormulaError>> {
    let mut parser = Parse::unread(text, Dialect::Lines).map_err(|e| vec![e])?;
    let (mut statements, mut errors) = (Vec::new(), Vec::new());
    let mut next = Some(0);
    while let Some(start) = next {
        // Where the statement in view begins.
        let mut begin = start;
        let read = parser.resume(start).and_then(|()| lines(&mut parser, &mut statements, &mut begin));
        next = match read {
            Ok(()) => None,
            Err(e) => {
                let after = after(text, begin, &e.span);
                errors.push(e);
                let whole = parser.tree.nodes.len() >= MAX_OPERATIONS || errors.len() >= MOST_ERRORS;
                after.filter(|_| !whole)
            }
        };
    }
    if errors.is_empty() { Ok((statements, parser.tree)) } else { Err(errors) }
}

fn lines<'a>(
    parser: &mut Parse<'a>,
    statements: &mut Vec<Statement<'a>>,
    begin: &mut usize,
) -> Result<(), FormulaError> {
    while parser.token != Token::End {
        *begin = parser.span.start;
        if parser.token == Token::Break {
            one_a_line(parser)?;
            parser.advance()?;
            continue;
        }
        line(parser, statements)?;
        if !matches!(parser.token, Token::Break | Token::End) {
            return Err(end_of_line(parser));
        }
    }
    Ok(())
}

/// The beginning of the line after a statement that is wrong: after the error, and where its brackets are closed, if they are.
fn after(text: &str, begin: usize, error: &Range<usize>) -> Option<usize> {
    let from = begin.max(error.start);
    let ends = text[from..].match_indices('\n').map(|(k, _)| from + k);
    let mut ends = ends.peekable();
    let first = *ends.peek()?;
    let mut open = depth(text.get(begin..first)?);
    let mut end = first;
    let mut candidates = ends.skip(1);
    while open > 0 {
        let Some(next) = candidates.next() else { return Some(first + 1) };
        open += depth(&text[end..next]);
        end = next;
    }
    Some(end + 1)
}

/// How many brackets are opened more than closed.
fn depth(text: &str) -> i64 {
    let mut comment = false;
    text.chars().fold(0, |depth, c| {
        comment = (comment || c == '#') && c != '\n';
        match c {
            '(' if !comment => depth + 1,
            ')' if !comment => depth - 1,
            _ => depth,
        }
    })
}

fn one_a_line(parser: &Parse<'_>) -> Result<(), FormulaError> {
    if parser.tree.text[parser.span.clone()] == *";" {
        let hint = Some("write one equation a line".to_owned());
        return Err(error("`;` does not separate equations", parser.span.clone(), hint));
    }
    Ok(())
}

fn end_of_line(parser: &Parse<'_>) -> FormulaError {
    let (message, hint) = match parser.token {
        Token::Symbol("=") => ("a second `=` in one equation", "write one equation a line"),
        Token::Symbol(":") => ("a second `:` in one line", "a line has one unit, as in `x = y : mV`"),
        _ => return parser.left_over(),
    };
    error(message, parser.span.clone(), Some(hint.to_owned()))
}

fn line<'a>(parser: &mut Parse<'a>, statements: &mut Vec<Statement<'a>>) -> Result<(), FormulaError> {
    let left = parser.expression(0)?;
    let span = parser.tree.spans[left].clone();
    match parser.token {
        Token::Symbol("=") => {
            let form = left_side(&parser.tree, left)?;
            parser.advance()?;
            let right = parser.expression(0)?;
            let unit = annotation(parser)?;
            statements.push(match form {
                Left::Name(name) => Statement::Definition { name, right, unit },
                Left::Rate { state, factor } => Statement::Rate { state, left: span, factor, right, unit },
            });
            Ok(())
        }
        Token::Symbol(":" | ",") => {
            let mut names = vec![declared(&parser.tree, left)?];
            while parser.token == Token::Symbol(",") {
                parser.advance()?;
                let next = parser.expression(0)?;
                names.push(declared(&parser.tree, next)?);
            }
            let Some(unit) = annotation(parser)? else {
                let hint = Some("give it an equation, `x = …`, or a unit, `x : volt`".to_owned());
                return Err(error("this line says nothing about its names", span, hint));
            };
            statements
                .extend(names.into_iter().map(|name| Statement::Declaration { name, unit: unit.clone() }));
            Ok(())
        }
        Token::Symbol(s @ ("+=" | "-=" | "*=" | "/=")) => {
            let hint = Some(format!("write `x = …`; `{s}` belongs to what happens at an instant"));
            Err(error(&format!("`{s}` is no equation"), parser.span.clone(), hint))
        }
        Token::Break | Token::End => {
            let (message, hint) = match parser.tree.nodes[left] {
                Expr::Binary(Binary::Equal, ..) => {
                    ("this line compares", "write an equation with a single `=`")
                }
                _ => ("this line has no `=`", "write `dx/dt = …`, `tau*dx/dt = …` or `x = …`"),
            };
            Err(error(message, span, Some(hint.to_owned())))
        }
        _ => Err(end_of_line(parser)),
    }
}

enum Left<'a> {
    Name(Word<'a>),
    Rate { state: Word<'a>, factor: Option<Id> },
}

/// What the left side of an equation says, read off its tree.
fn left_side<'a>(tree: &Tree<'a>, root: Id) -> Result<Left<'a>, FormulaError> {
    let word = |id: Id, text: &'a str, skip: usize| Word {
        text,
        span: tree.spans[id].start + skip..tree.spans[id].end,
    };
    let derivative = |id: Id| match tree.nodes[id] {
        Expr::Name(name) if name.len() > 1 && name.starts_with('d') => Some(word(id, &name[1..], 1)),
        _ => None,
    };
    let per_time = |id: Id| tree.nodes[id] == Expr::Name("dt");
    let found = match tree.nodes[root] {
        Expr::Name(name) => Some(Left::Name(word(root, name, 0))),
        Expr::Binary(Binary::Divide, top, bottom) if per_time(bottom) => match tree.nodes[top] {
            Expr::Binary(Binary::Multiply, factor, d) => {
                derivative(d).map(|state| Left::Rate { state, factor: Some(factor) })
            }
            _ => derivative(top).map(|state| Left::Rate { state, factor: None }),
        },
        Expr::Binary(Binary::Multiply, factor, rate) => match tree.nodes[rate] {
            Expr::Binary(Binary::Divide, top, bottom) if per_time(bottom) => {
                derivative(top).map(|state| Left::Rate { state, factor: Some(factor) })
            }
            _ => None,
        },
        _ => None,
    };
    found.filter(|left| !matches!(left, Left::Name(w) if w.text.contains('.'))).ok_or_else(|| {
        let hint = "write `dx/dt = …`, `factor*dx/dt = …` or `x = …`".to_owned();
        error("this is no left side of an equation", tree.spans[root].clone(), Some(hint))
    })
}

fn declared<'a>(tree: &Tree<'a>, id: Id) -> Result<Word<'a>, FormulaError> {
    match tree.nodes[id] {
        Expr::Name(text) => Ok(Word { text, span: tree.spans[id].clone() }),
        _ => {
            let hint = Some("write `x : volt`, or `x = … : volt`".to_owned());
            Err(error("only a name can be given a unit", tree.spans[id].clone(), hint))
        }
    }
}

/// The unit after a colon, if there is one.
fn annotation(parser: &mut Parse<'_>) -> Result<Option<Annotation>, FormulaError> {
    if parser.token != Token::Symbol(":") {
        return Ok(None);
    }
    let colon = parser.span.clone();
    let (text, span) = parser.rest_of_line()?;
    if text.is_empty() {
        let hint = Some("write `: volt`, or `: 1` for a number without unit".to_owned());
        return Err(error("a unit is missing after the colon", colon, hint));
    }
    match Unit::parse(text) {
        Ok(unit) => Ok(Some(Annotation { unit, span })),
        // Brian2 writes flags there, as in `: volt (unless refractory)`.
        Err(_)
            if text
                .split_once('(')
                .is_some_and(|(before, _)| !before.trim_end().ends_with(['/', '*', '·'])) =>
        {
            let open = span.start + text.find('(').unwrap_or_default();
            let hint = Some("a line ends with its unit".to_owned());
            Err(error("words in brackets after a unit are not understood", open..span.end, hint))
        }
        Err(e) => Err(error(&e.message, span.start + e.span.start..span.start + e.span.end, e.hint)),
    }
}

/// Reads the assignments of a jump.
pub(crate) fn assignments(text: &str) -> Result<(Vec<Assignment<'_>>, Tree<'_>), FormulaError> {
    let mut parser = Parse::new(text, Dialect::Lines)?;
    let mut assignments = Vec::new();
    while parser.token != Token::End {
        if parser.token == Token::Break {
            parser.advance()?;
            continue;
        }
        let left = parser.expression(0)?;
        let operator = match parser.token {
            Token::Symbol("=") => None,
            Token::Symbol("+=") => Some(Binary::Add),
            Token::Symbol("-=") => Some(Binary::Subtract),
            Token::Symbol("*=") => Some(Binary::Multiply),
            Token::Symbol("/=") => Some(Binary::Divide),
            _ => {
                let hint = Some("write `x = …` or `x += …`".to_owned());
                return Err(error("this is no assignment", parser.tree.spans[left].clone(), hint));
            }
        };
        let Expr::Name(text) = parser.tree.nodes[left] else {
            let hint = Some("a jump sets a state, as in `x = 0`".to_owned());
            return Err(error("this cannot be assigned to", parser.tree.spans[left].clone(), hint));
        };
        let name = Word { text, span: parser.tree.spans[left].clone() };
        parser.advance()?;
        let right = parser.expression(0)?;
        assignments.push(Assignment { name, operator, right });
        if !matches!(parser.token, Token::Break | Token::End) {
            return Err(end_of_line(&parser));
        }
    }
    Ok((assignments, parser.tree))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Statement<'_> {
        statements(text).unwrap().0.remove(0)
    }

    #[test]
    fn left_sides_are_read_in_all_their_forms() {
        for (text, name, factor) in [
            ("dv/dt = 1", "v", None),
            ("tau*dv/dt = 1", "v", Some("tau")),
            ("(C*R)*dv/dt = 1", "v", Some("(C*R)")),
            ("C*R*dV_m/dt = 1", "V_m", Some("C*R")),
            ("5 ms*dv/dt = 1", "v", Some("5 ms")),
            ("tau*(dv/dt) = 1", "v", Some("tau")),
        ] {
            let (lines, tree) = statements(text).unwrap();
            let Statement::Rate { state, factor: f, .. } = &lines[0] else { panic!("{text}") };
            assert_eq!((state.text, f.map(|f| tree.source(f))), (name, factor), "{text}");
        }
        assert!(matches!(one("x = 2 : mV"), Statement::Definition { unit: Some(_), .. }));
        assert!(matches!(one("I : amp # given"), Statement::Declaration { .. }));
        assert_eq!(statements("x, y : volt\n\n # nothing\n z = (1 +\n 2)").unwrap().0.len(), 3);
    }

    #[test]
    fn a_line_that_is_none_says_what_one_looks_like() {
        for (text, message) in [
            ("dv/dt", "no `=`"),
            ("v == 2", "compares"),
            ("v + 1 = 2", "no left side"),
            ("-dv/dt = 2", "no left side"),
            ("d2v/dt2 = 1", "no left side"),
            ("E.v = 1", "no left side"),
            ("v(t) = 2", "no left side"),
            ("v = 1; w = 2", "`;` does not separate"),
            ("v = 1 = 2", "second `=`"),
            ("v = 1 : volt : amp", "does not belong in a unit"),
            ("v = 1 :", "a unit is missing"),
            ("v = 1 : volt (constant)", "words in brackets"),
            ("v = 1 : vlt", "`vlt` is not a unit"),
            ("v += 1", "is no equation"),
            ("v, w", "says nothing"),
            ("2 : volt", "only a name"),
            ("x = 1 +\ny = 2", "the line ends too early"),
            ("x = (1 +\ny = 2", "not closed"),
            ("x = 1)", "never opened"),
            ("x = 1, 2", "comma"),
            ("v' = 2", "does not belong"),
            ("= 2", "is expected"),
        ] {
            let e = statements(text).unwrap_err().remove(0);
            assert!(e.message.contains(message), "{text}: {}", e.message);
            assert!(text.get(e.span).is_some(), "{text}");
        }
    }

    #[test]
    fn assignments_stand_in_lines_or_between_semicolons() {
        let (found, tree) = assignments("v = -65*mV; w += b\n x /= 2").unwrap();
        let read: Vec<_> = found.iter().map(|a| (a.name.text, a.operator, tree.source(a.right))).collect();
        let expected =
            [("v", None, "-65*mV"), ("w", Some(Binary::Add), "b"), ("x", Some(Binary::Divide), "2")];
        assert_eq!(read, expected);
        for bad in ["v", "v == 2", "v + 1 = 2", "v = 1 : volt", "v = "] {
            assert!(assignments(bad).is_err(), "{bad}");
        }
    }
}
