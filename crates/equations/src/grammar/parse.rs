//! Precedence climbing, from tokens to a tree.
//!
//! The recursion is counted, so that ten thousand brackets give an error and not a full stack.

use super::token::{Dialect, Token, Tokens};
use super::tree::{Expr, Id, Tree};
use crate::function::{Binary, FUNCTIONS, Function, Unary};
use crate::{FormulaError, Rational, nearest};
use std::ops::Range;

pub(crate) const MAX_BYTES: usize = 1 << 20;
pub(crate) const MAX_OPERATIONS: usize = 100_000;
const MAX_DEPTH: usize = 200;
/// What to do with a text that is too long.
pub(crate) const SHORTER: &str = "write what repeats as a vector and a matrix, `M@v`";

/// How tightly an operator binds.
const OR: u8 = 1;
const AND: u8 = 2;
const COMPARISON: u8 = 4;
const SUM: u8 = 5;
const PRODUCT: u8 = 6;
const SIGN: u8 = 7;
const POWER: u8 = 8;

#[derive(Clone, Copy, PartialEq)]
enum Operator {
    And,
    Or,
    Product,
    Binary(Binary),
}

const OPERATORS: [(&str, u8, Operator); 17] = [
    ("or", OR, Operator::Or),
    ("||", OR, Operator::Or),
    ("and", AND, Operator::And),
    ("&&", AND, Operator::And),
    ("<", COMPARISON, Operator::Binary(Binary::Less)),
    ("<=", COMPARISON, Operator::Binary(Binary::LessEqual)),
    (">", COMPARISON, Operator::Binary(Binary::Greater)),
    (">=", COMPARISON, Operator::Binary(Binary::GreaterEqual)),
    ("==", COMPARISON, Operator::Binary(Binary::Equal)),
    ("!=", COMPARISON, Operator::Binary(Binary::NotEqual)),
    ("+", SUM, Operator::Binary(Binary::Add)),
    ("-", SUM, Operator::Binary(Binary::Subtract)),
    ("*", PRODUCT, Operator::Binary(Binary::Multiply)),
    ("/", PRODUCT, Operator::Binary(Binary::Divide)),
    ("@", PRODUCT, Operator::Product),
    ("^", POWER, Operator::Binary(Binary::Power)),
    ("**", POWER, Operator::Binary(Binary::Power)),
];

/// Reads a text that is one expression; it is the last node of the tree.
pub(crate) fn expression(text: &str, dialect: Dialect) -> Result<Tree<'_>, FormulaError> {
    let mut parser = Parse::new(text, dialect)?;
    if parser.token == Token::End {
        let hint = Some("write a number or an expression".to_owned());
        return Err(error("the formula is empty", 0..text.len(), hint));
    }
    parser.expression(0)?;
    match parser.token {
        Token::End => Ok(parser.tree),
        _ => Err(parser.left_over()),
    }
}

pub(super) fn error(message: &str, span: Range<usize>, hint: Option<String>) -> FormulaError {
    FormulaError { message: message.to_owned(), span, hint }
}

/// A text that is being read: the token in view, and the tree of what was read.
pub(super) struct Parse<'a> {
    tokens: Tokens<'a>,
    pub(super) token: Token<'a>,
    pub(super) span: Range<usize>,
    /// The end of the token before.
    end: usize,
    depth: usize,
    pub(super) tree: Tree<'a>,
}

impl<'a> Parse<'a> {
    pub(super) fn new(text: &'a str, dialect: Dialect) -> Result<Self, FormulaError> {
        let mut parser = Self::unread(text, dialect)?;
        parser.advance()?;
        Ok(parser)
    }

    /// A text of which no token was read yet.
    pub(super) fn unread(text: &'a str, dialect: Dialect) -> Result<Self, FormulaError> {
        if text.len() > MAX_BYTES {
            return Err(error(
                "a formula is at most a megabyte long",
                0..text.len(),
                Some(SHORTER.to_owned()),
            ));
        }
        let tree = Tree { text, ..Tree::default() };
        let tokens = Tokens::new(text, dialect);
        Ok(Self { tokens, token: Token::End, span: 0..0, end: 0, depth: 0, tree })
    }

    /// Goes on at the beginning of a line.
    pub(super) fn resume(&mut self, at: usize) -> Result<(), FormulaError> {
        self.tokens.seek(at);
        (self.span, self.depth) = (at..at, 0);
        self.advance()
    }

    /// Reads the next token.
    pub(super) fn advance(&mut self) -> Result<(), FormulaError> {
        self.end = self.span.end;
        (self.token, self.span) = self.tokens.next()?;
        Ok(())
    }

    /// The text up to the end of the line, of which the token in view is the last one read; then the next token.
    pub(super) fn rest_of_line(&mut self) -> Result<(&'a str, Range<usize>), FormulaError> {
        let rest = self.tokens.rest_of_line();
        self.advance()?;
        Ok(rest)
    }

    /// The error at a token that follows a whole expression.
    pub(super) fn left_over(&self) -> FormulaError {
        let span = self.span.clone();
        match self.token {
            Token::Symbol(")") => {
                error("this bracket was never opened", span, Some("delete it, or open one before it".into()))
            }
            Token::Symbol(",") => error(
                "a comma separates the arguments of a function only",
                span,
                Some("write a decimal with `.`".into()),
            ),
            _ => error("an operator is missing here", span, Some("write a product with `*`".into())),
        }
    }

    fn push(&mut self, node: Expr<'a>, span: Range<usize>) -> Result<Id, FormulaError> {
        if self.tree.nodes.len() >= MAX_OPERATIONS {
            return Err(error(
                "this formula has more than 100 000 operations",
                span,
                Some(SHORTER.to_owned()),
            ));
        }
        self.tree.nodes.push(node);
        self.tree.spans.push(span);
        Ok(self.tree.nodes.len() - 1)
    }

    /// An expression of operators that bind at least as tightly as `floor`.
    pub(super) fn expression(&mut self, floor: u8) -> Result<Id, FormulaError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let hint = Some("at most 200 levels of brackets, signs and powers".to_owned());
            return Err(error("this formula is nested too deeply", self.span.clone(), hint));
        }
        let mut left = self.operand()?;
        while let Token::Symbol(s) = self.token {
            let Some(&(_, level, op)) = OPERATORS.iter().find(|o| o.0 == s) else { break };
            if level < floor {
                break;
            }
            self.advance()?;
            let right = self.expression(if level == POWER { POWER } else { level + 1 })?;
            let span = self.tree.spans[left].start..self.tree.spans[right].end;
            let node = match op {
                Operator::Binary(f) => Expr::Binary(f, left, right),
                Operator::Product => Expr::Product(left, right),
                Operator::And => Expr::And(left, right),
                Operator::Or => Expr::Or(left, right),
            };
            if level <= AND {
                self.condition(left, s)?;
                self.condition(right, s)?;
            }
            left = self.push(node, span)?;
            let chained =
                |t: &Token<'_>| OPERATORS.iter().any(|o| o.1 == COMPARISON && *t == Token::Symbol(o.0));
            if level == COMPARISON && chained(&self.token) {
                let hint = Some("write `(a < b)*(b < c)`".to_owned());
                return Err(error("comparisons cannot be chained", self.span.clone(), hint));
            }
        }
        self.depth -= 1;
        Ok(left)
    }

    fn condition(&self, id: Id, word: &str) -> Result<(), FormulaError> {
        if self.tree.nodes[id].is_condition() {
            return Ok(());
        }
        let hint = Some(format!("compare, as in `a < b {word} c < d`").replace("d not c < d", "not c < d"));
        Err(error(&format!("`{word}` stands with conditions only"), self.tree.spans[id].clone(), hint))
    }

    /// A number, a name, a call, a bracket, or one of these with a sign.
    fn operand(&mut self) -> Result<Id, FormulaError> {
        let span = self.span.clone();
        match self.token.clone() {
            Token::Number(x) => {
                let number = self.push(Expr::Number(x), span)?;
                self.advance()?;
                self.units(number)
            }
            Token::Name(name) => self.name(name),
            Token::Symbol("(") => {
                self.advance()?;
                let inner = self.expression(0)?;
                self.close(span.clone())?;
                self.tree.spans[inner] = span.start..self.end;
                Ok(inner)
            }
            Token::Symbol("-") => {
                self.advance()?;
                let inner = self.expression(SIGN)?;
                let span = span.start..self.tree.spans[inner].end;
                self.push(Expr::Unary(Unary::Negate, inner), span)
            }
            Token::Symbol("+") => {
                self.advance()?;
                self.expression(SIGN)
            }
            Token::Symbol("not") => {
                self.advance()?;
                let inner = self.expression(COMPARISON)?;
                self.condition(inner, "not")?;
                let span = span.start..self.tree.spans[inner].end;
                self.push(Expr::Not(inner), span)
            }
            Token::Symbol(s) => {
                let message = format!("a number, a name or a bracket is expected, not `{s}`");
                Err(error(&message, span, Some(format!("put one before `{s}`, or delete it"))))
            }
            Token::Break => {
                let hint = Some("brackets around an expression let it go on in the next line".to_owned());
                Err(error("the line ends too early", self.end..self.end, hint))
            }
            Token::End => Err(error(
                "the formula ends too early",
                span,
                Some("a number or a name is missing at the end".into()),
            )),
        }
    }

    /// The units after a number: each a name, perhaps with a power.
    fn units(&mut self, number: Id) -> Result<Id, FormulaError> {
        let mut quantity = number;
        while let (Token::Name(name), true) = (&self.token, self.tokens.dialect != Dialect::Formula) {
            let (name, span) = (*name, self.span.clone());
            self.advance()?;
            if self.token == Token::Symbol("(") {
                return Err(error(
                    "an operator is missing here",
                    span,
                    Some("write a product with `*`".into()),
                ));
            }
            let power = match self.token {
                Token::Symbol("^" | "**") => self.unit_power()?,
                _ => Rational::ONE,
            };
            let unit = self.push(Expr::Unit(name, power), span.start..self.end)?;
            let whole = self.tree.spans[number].start..self.end;
            quantity = self.push(Expr::Binary(Binary::Multiply, quantity, unit), whole)?;
        }
        Ok(quantity)
    }

    /// The power of a unit: a number that is a fraction, or a fraction in brackets.
    fn unit_power(&mut self) -> Result<Rational, FormulaError> {
        self.advance()?;
        let start = self.span.clone();
        let open = self.token == Token::Symbol("(");
        if open {
            self.advance()?;
        }
        let mut power = self.rational()?;
        if open && self.token == Token::Symbol("/") {
            self.advance()?;
            let below = self.rational()?;
            power = power.over(below).ok_or_else(|| not_rational(start.clone()))?;
        }
        if open {
            self.close(start)?;
        }
        Ok(power)
    }

    fn rational(&mut self) -> Result<Rational, FormulaError> {
        let minus = self.token == Token::Symbol("-");
        if let Token::Symbol("-" | "+") = self.token {
            self.advance()?;
        }
        let found = match self.token {
            Token::Number(x) if x <= 100.0 => Rational::nearest(x),
            _ => None,
        };
        let found = found.ok_or_else(|| not_rational(self.span.clone()))?;
        self.advance()?;
        Ok(if minus { found.negated() } else { found })
    }

    fn close(&mut self, open: Range<usize>) -> Result<(), FormulaError> {
        let same_line = !self.tree.text[open.start..self.span.start].contains('\n');
        match self.token {
            Token::Symbol(")") => self.advance(),
            Token::End => {
                Err(error("this bracket is never closed", open, Some("write `)` where it ends".into())))
            }
            _ if !same_line && self.tokens.dialect == Dialect::Lines => {
                let hint =
                    Some("brackets continue a line: the next lines were read as part of this one".to_owned());
                Err(error("this bracket is not closed", open, hint))
            }
            _ => Err(error(
                "`)` or an operator is expected",
                self.span.clone(),
                Some("write a product with `*`".into()),
            )),
        }
    }

    /// A variable, or a call.
    fn name(&mut self, name: &'a str) -> Result<Id, FormulaError> {
        let span = self.span.clone();
        self.advance()?;
        if self.token == Token::Symbol("(") {
            return self.call(name, span);
        }
        if FUNCTIONS.iter().any(|f| f.0 == name) {
            let hint = Some(format!("write `{name}(x)`"));
            return Err(error(&format!("`{name}` is a function and has no argument here"), span, hint));
        }
        self.push(Expr::Name(name), span)
    }

    fn call(&mut self, name: &'a str, span: Range<usize>) -> Result<Id, FormulaError> {
        let function = FUNCTIONS.iter().find(|f| f.0 == name).map(|f| f.1);
        if function.is_none() && self.tokens.dialect == Dialect::Formula {
            return Err(unknown_function(name, span));
        }
        let open = self.span.clone();
        self.advance()?;
        let mut arguments = [0; 3];
        let mut count = 0;
        if self.token != Token::Symbol(")") {
            loop {
                let next = self.expression(0)?;
                match function {
                    Some(Function::Fold(f)) if count > 0 => {
                        let whole = span.start..self.tree.spans[next].end;
                        arguments[0] = self.push(Expr::Binary(f, arguments[0], next), whole)?;
                    }
                    _ if count < 3 => arguments[count] = next,
                    _ => {}
                }
                count += 1;
                if self.token != Token::Symbol(",") {
                    break;
                }
                self.advance()?;
            }
        }
        self.close(open)?;
        let whole = span.start..self.end;
        let [a, b, c] = arguments;
        let Some(function) = function else {
            return match count {
                1 => self.push(Expr::Call(name, a), whole),
                _ => Err(unknown_function(name, span)),
            };
        };
        if let Err(needed) = function.accepts(count) {
            return Err(error(
                &format!("`{name}` takes {needed}, not {count}"),
                span,
                Some("commas separate arguments".into()),
            ));
        }
        match function {
            Function::Unary(f) => self.push(Expr::Unary(f, a), whole),
            Function::Binary(f) => self.push(Expr::Binary(f, a, b), whole),
            Function::Fold(_) => {
                self.tree.spans[a] = whole;
                Ok(a)
            }
            Function::Ternary(f) => self.push(Expr::Ternary(f, a, b, c), whole),
        }
    }
}

fn not_rational(span: Range<usize>) -> FormulaError {
    let hint = Some("put brackets around the quantity: `(5 ms)^x`".to_owned());
    error("the power of a unit is a whole number or a fraction", span, hint)
}

/// The error of a call of something that is no function.
pub(crate) fn unknown_function(name: &str, span: Range<usize>) -> FormulaError {
    let hint = match nearest(name, FUNCTIONS.iter().map(|f| f.0)) {
        Some(known) => format!("did you mean `{known}`?"),
        None => {
            "a product is written with `*`; functions are exp, log, sqrt, sin, cos, tanh, abs, …".to_owned()
        }
    };
    error(&format!("there is no function `{name}`"), span, Some(hint))
}
