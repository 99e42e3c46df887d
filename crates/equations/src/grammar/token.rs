//! Words, numbers and signs, cut from the text one at a time.

use super::look_alike::{is_letter, look_alike};
use crate::FormulaError;
use std::ops::Range;
use winnow::Parser;
use winnow::ascii::digit1;
use winnow::combinator::{alt, opt};
use winnow::error::{ContextError, ErrMode};
use winnow::stream::{LocatingSlice, Location, Stream};
use winnow::token::{one_of, take_while};

/// Which part of the grammar a text may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// Numbers, names, operators, functions.
    Formula,
    /// A formula with units, matrix products, names with dots, delays and noises.
    Expression,
    /// Lines of such expressions, with `=`, `:` and comments.
    Lines,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token<'a> {
    Number(f64),
    Name(&'a str),
    Symbol(&'a str),
    /// The end of a line, or a `;`.
    Break,
    End,
}

/// A text and how much of it has been read.
pub(super) struct Tokens<'a> {
    input: LocatingSlice<&'a str>,
    pub(super) text: &'a str,
    pub(super) dialect: Dialect,
    /// How many brackets are open: a line ends only where none is.
    open: usize,
}

const LONGEST_NAME: usize = 200;

type Cut<T> = Result<T, ErrMode<ContextError>>;

impl<'a> Tokens<'a> {
    pub(super) fn new(text: &'a str, dialect: Dialect) -> Self {
        Self { input: LocatingSlice::new(text), text, dialect, open: 0 }
    }

    /// Goes to a byte of the text, with no bracket open.
    pub(super) fn seek(&mut self, at: usize) {
        self.input = LocatingSlice::new(self.text);
        self.input.next_slice(at);
        self.open = 0;
    }

    /// The next token and its bytes.
    pub(super) fn next(&mut self) -> Result<(Token<'a>, Range<usize>), FormulaError> {
        self.skip();
        let start = self.input.current_token_start();
        if self.input.is_empty() {
            return Ok((Token::End, start..start));
        }
        let dialect = self.dialect;
        let cut: Cut<Token<'a>> =
            (|i: &mut LocatingSlice<&'a str>| token(i, dialect)).parse_next(&mut self.input);
        let Ok(token) = cut else {
            return Err(self.stray(start));
        };
        if let Token::Name(name) = token
            && name.len() > LONGEST_NAME
        {
            let message = format!("this name is longer than {LONGEST_NAME} bytes");
            return Err(FormulaError { message, span: start..start + name.len(), hint: None });
        }
        match token {
            Token::Symbol("(") => self.open += 1,
            Token::Symbol(")") => self.open = self.open.saturating_sub(1),
            _ => {}
        }
        Ok((token, start..self.input.current_token_start()))
    }

    /// What is left of the line, without its comment.
    pub(super) fn rest_of_line(&mut self) -> (&'a str, Range<usize>) {
        let start = self.input.current_token_start();
        let rest: Cut<&str> = take_while(0.., |c| c != '\n' && c != '#').parse_next(&mut self.input);
        let rest = rest.expect("any number of characters, also none, is accepted");
        let (lead, word) = (rest.len() - rest.trim_start().len(), rest.trim());
        (word, start + lead..start + lead + word.len())
    }

    /// Blanks and comments; and line breaks, where they mean nothing.
    fn skip(&mut self) {
        let lines = self.dialect == Dialect::Lines && self.open == 0;
        let blank = move |c: char| matches!(c, ' ' | '\t' | '\r') || c == '\n' && !lines;
        loop {
            let skipped: Cut<&str> = take_while(0.., blank).parse_next(&mut self.input);
            skipped.expect("any number of blanks, also none, is accepted");
            let comment: Cut<&str> = ('#', take_while(0.., |c| c != '\n')).take().parse_next(&mut self.input);
            if self.dialect == Dialect::Formula || comment.is_err() {
                break;
            }
        }
    }

    /// The error at a character that begins no token.
    fn stray(&self, start: usize) -> FormulaError {
        let c = self.text[start..].chars().next().expect("the input is not empty");
        let span = start..start + c.len_utf8();
        if let Some(like) = look_alike(c) {
            let shown =
                if c.is_whitespace() || like.meant == "nothing" { String::new() } else { format!("`{c}` ") };
            let code = u32::from(c);
            let message = match like.meant.as_str() {
                "nothing" => format!("an invisible character (U+{code:04X}) stands here"),
                meant => format!("{shown}is {} (U+{code:04X}); {} is meant", like.name, quoted(meant)),
            };
            let hint = match like.meant.as_str() {
                "nothing" => "delete it".to_owned(),
                meant => format!("write {} from the keyboard", quoted(meant)),
            };
            return FormulaError { message: message.trim_start().to_owned(), span, hint: Some(hint) };
        }
        if c.is_ascii_digit() {
            let end = self.text[start..].find(|c: char| !(c.is_ascii_alphanumeric() || "+-.".contains(c)));
            let span = start..end.map_or(self.text.len(), |e| start + e);
            let hint = Some("numbers reach from 1e-308 to 1e308".to_owned());
            return FormulaError { message: "this number is beyond double precision".into(), span, hint };
        }
        let formula = self.dialect == Dialect::Formula;
        let hint = match c {
            '@' => Some("matrix products are not part of a scalar formula"),
            '%' => Some("write `mod(x, y)`"),
            '=' => Some("compare with `==`"),
            '[' | '{' | ']' | '}' => Some("group with round brackets"),
            '\'' => Some("write a derivative as `dx/dt`"),
            '"' => Some("leave the quotation mark out"),
            '!' => Some("write `not` before a condition, and `!=` for unequal"),
            '&' => Some("write `and`"),
            '|' => Some("write `or`"),
            '?' => Some("write `where(condition, a, b)`"),
            '\\' => Some("brackets continue a line; no backslash is needed"),
            '.' if !formula => Some("a name with a dot is written without spaces, as `a.x`"),
            ';' if !formula => Some("write one equation a line"),
            ':' if !formula => Some("a unit stands at the end of an equation, as in `x = y : volt`"),
            _ if c.is_alphabetic() => Some("names are made of letters, digits and `_`"),
            _ => None,
        };
        let shown = if c.is_control() { c.escape_debug().to_string() } else { c.to_string() };
        let message = format!("`{shown}` does not belong in a formula");
        FormulaError { message, span, hint: hint.map(str::to_owned) }
    }
}

fn quoted(meant: &str) -> String {
    if meant.contains(' ') { meant.to_owned() } else { format!("`{meant}`") }
}

fn token<'a>(input: &mut LocatingSlice<&'a str>, dialect: Dialect) -> Cut<Token<'a>> {
    let single = one_of(['+', '-', '*', '/', '^', '<', '>', '(', ')', ',']).take();
    let symbol = alt(("**", "<=", ">=", "==", "!=", "&&", "||", single));
    let of_lines = move |i: &mut LocatingSlice<&'a str>| match dialect {
        Dialect::Lines => alt((
            alt(("\n", ";")).value(Token::Break),
            alt(("**", "==")).map(Token::Symbol),
            alt(("+=", "-=", "*=", "/=", "=", ":", "@")).map(Token::Symbol),
        ))
        .parse_next(i),
        Dialect::Expression => "@".map(Token::Symbol).parse_next(i),
        Dialect::Formula => winnow::combinator::fail.parse_next(i),
    };
    let dotted = move |i: &mut LocatingSlice<&'a str>| match dialect {
        Dialect::Formula => name.parse_next(i),
        _ => (name, opt(('.', name))).take().parse_next(i),
    };
    alt((number.map(Token::Number), of_lines, symbol.map(Token::Symbol), dotted.map(word))).parse_next(input)
}

fn name<'a>(input: &mut LocatingSlice<&'a str>) -> Cut<&'a str> {
    let rest = take_while(0.., |c: char| is_letter(c) || c.is_ascii_digit());
    (take_while(1, is_letter), rest).take().parse_next(input)
}

/// A name, or one of the words that are operators.
fn word(text: &str) -> Token<'_> {
    match text {
        "and" => Token::Symbol("and"),
        "or" => Token::Symbol("or"),
        "not" => Token::Symbol("not"),
        _ => Token::Name(text),
    }
}

fn number(input: &mut LocatingSlice<&str>) -> Cut<f64> {
    let digits = alt(((digit1, opt(('.', opt(digit1)))).void(), ('.', digit1).void()));
    (digits, opt((alt(('e', 'E')), opt(alt(('-', '+'))), digit1)))
        .take()
        .verify_map(|text: &str| text.parse::<f64>().ok().filter(|x| x.is_finite()))
        .parse_next(input)
}
