//! The grammar of formulas, from text to a postfix program.
//!
//! | level, loosest first | operators | groups |
//! |---|---|---|
//! | comparison | `<` `<=` `>` `>=` `==` `!=` | not at all |
//! | sum | `+` `-` | to the left |
//! | product | `*` `/` | to the left |
//! | sign | `-` `+` | `-2^2` is -4 |
//! | power | `^` `**` | to the right: `2^3^2` is 2^9 |
//!
//! Words are cut by winnow; the operators are read by precedence climbing, whose recursion is counted, so that ten
//! thousand brackets give an error and not a full stack.

use crate::function::{Binary, FUNCTIONS, Function, Unary};
use crate::program::Op;
use crate::{FormulaError, nearest};
use std::ops::Range;
use winnow::Parser;
use winnow::ascii::{digit1, multispace0};
use winnow::combinator::{alt, opt};
use winnow::error::{ContextError, ErrMode};
use winnow::stream::{LocatingSlice, Location};
use winnow::token::{any, one_of, take_while};

const MAX_BYTES: usize = 1 << 20;
const MAX_DEPTH: usize = 200;
const MAX_OPERATIONS: usize = 100_000;

#[derive(Clone, Debug, PartialEq)]
enum Token<'a> {
    Number(f64),
    Name(&'a str),
    Symbol(&'a str),
    End,
}

/// How tightly an operator binds.
const COMPARISON: u8 = 1;
const SUM: u8 = 2;
const PRODUCT: u8 = 3;
const SIGN: u8 = 4;
const POWER: u8 = 5;

const OPERATORS: [(&str, u8, Binary); 12] = [
    ("<", COMPARISON, Binary::Less),
    ("<=", COMPARISON, Binary::LessEqual),
    (">", COMPARISON, Binary::Greater),
    (">=", COMPARISON, Binary::GreaterEqual),
    ("==", COMPARISON, Binary::Equal),
    ("!=", COMPARISON, Binary::NotEqual),
    ("+", SUM, Binary::Add),
    ("-", SUM, Binary::Subtract),
    ("*", PRODUCT, Binary::Multiply),
    ("/", PRODUCT, Binary::Divide),
    ("^", POWER, Binary::Power),
    ("**", POWER, Binary::Power),
];

/// A postfix program and the variables that it names.
pub(crate) struct Program {
    pub(crate) ops: Vec<Op>,
    pub(crate) variables: Vec<String>,
    pub(crate) spans: Vec<Range<usize>>,
}

/// Reads a formula.
pub(crate) fn parse(text: &str) -> Result<Program, FormulaError> {
    if text.len() > MAX_BYTES {
        return Err(error("a formula is at most a megabyte long", 0..0, None));
    }
    let program = Program { ops: Vec::new(), variables: Vec::new(), spans: Vec::new() };
    let mut parser =
        Parse { input: LocatingSlice::new(text), token: Token::End, span: 0..0, depth: 0, program };
    parser.advance()?;
    if parser.token == Token::End {
        return Err(error(
            "the formula is empty",
            0..text.len(),
            Some("write a number or an expression".into()),
        ));
    }
    parser.expression(0)?;
    match parser.token {
        Token::End => Ok(parser.program),
        Token::Symbol(")") => Err(error("this bracket was never opened", parser.span, None)),
        _ => Err(error("an operator is missing here", parser.span, Some("write a product with `*`".into()))),
    }
}

fn error(message: &str, span: Range<usize>, hint: Option<String>) -> FormulaError {
    FormulaError { message: message.to_owned(), span, hint }
}

struct Parse<'a> {
    input: LocatingSlice<&'a str>,
    token: Token<'a>,
    span: Range<usize>,
    depth: usize,
    program: Program,
}

impl<'a> Parse<'a> {
    /// Reads the next token.
    fn advance(&mut self) -> Result<(), FormulaError> {
        let blank: Result<&str, ErrMode<ContextError>> = multispace0.parse_next(&mut self.input);
        blank.expect("any number of spaces, also none, is accepted");
        let start = self.input.current_token_start();
        if self.input.is_empty() {
            (self.token, self.span) = (Token::End, start..start);
            return Ok(());
        }
        match token.parse_next(&mut self.input) {
            Ok(t) => {
                (self.token, self.span) = (t, start..self.input.current_token_start());
                Ok(())
            }
            Err(_) => {
                let c: Result<char, ErrMode<ContextError>> = any.parse_next(&mut self.input);
                let c = c.expect("the input is not empty");
                let hint = match c {
                    '@' => Some("matrix products are not part of a scalar formula".to_owned()),
                    '%' => Some("write `mod(x, y)`".to_owned()),
                    '=' => Some("compare with `==`".to_owned()),
                    '[' | '{' => Some("group with round brackets".to_owned()),
                    _ => None,
                };
                let message = format!("`{c}` does not belong in a formula");
                Err(error(&message, start..self.input.current_token_start(), hint))
            }
        }
    }

    fn push(&mut self, op: Op) -> Result<(), FormulaError> {
        if self.program.ops.len() >= MAX_OPERATIONS {
            return Err(error("this formula has more than 100 000 operations", self.span.clone(), None));
        }
        self.program.ops.push(op);
        Ok(())
    }

    /// An expression of operators that bind at least as tightly as `floor`.
    fn expression(&mut self, floor: u8) -> Result<(), FormulaError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let hint = Some("at most 200 levels of brackets, signs and powers".to_owned());
            return Err(error("this formula is nested too deeply", self.span.clone(), hint));
        }
        self.operand()?;
        while let Token::Symbol(s) = self.token {
            let Some(&(_, level, op)) = OPERATORS.iter().find(|o| o.0 == s) else { break };
            if level < floor {
                break;
            }
            self.advance()?;
            self.expression(if level == POWER { POWER } else { level + 1 })?;
            self.push(Op::Binary(op))?;
            let chained =
                |t: &Token<'_>| OPERATORS.iter().any(|o| o.1 == COMPARISON && *t == Token::Symbol(o.0));
            if level == COMPARISON && chained(&self.token) {
                let hint = Some("write `(a < b)*(b < c)`".to_owned());
                return Err(error("comparisons cannot be chained", self.span.clone(), hint));
            }
        }
        self.depth -= 1;
        Ok(())
    }

    /// A number, a name, a call, a bracket, or one of these with a sign.
    fn operand(&mut self) -> Result<(), FormulaError> {
        match self.token.clone() {
            Token::Number(x) => {
                self.push(Op::Constant(x))?;
                self.advance()
            }
            Token::Name(name) => self.name(name),
            Token::Symbol("(") => {
                let open = self.span.clone();
                self.advance()?;
                self.expression(0)?;
                self.close(open)
            }
            Token::Symbol("-") => {
                self.advance()?;
                self.expression(SIGN)?;
                self.push(Op::Unary(Unary::Negate))
            }
            Token::Symbol("+") => {
                self.advance()?;
                self.expression(SIGN)
            }
            Token::Symbol(s) => {
                let message = format!("a number, a name or a bracket is expected, not `{s}`");
                Err(error(&message, self.span.clone(), None))
            }
            Token::End => Err(error("the formula ends too early", self.span.clone(), None)),
        }
    }

    fn close(&mut self, open: Range<usize>) -> Result<(), FormulaError> {
        match self.token {
            Token::Symbol(")") => self.advance(),
            Token::End => Err(error("this bracket is never closed", open, None)),
            _ => Err(error("`)` or an operator is expected", self.span.clone(), None)),
        }
    }

    /// A variable, the constant pi, or a call.
    fn name(&mut self, name: &'a str) -> Result<(), FormulaError> {
        let span = self.span.clone();
        self.advance()?;
        if self.token == Token::Symbol("(") {
            return self.call(name, span);
        }
        if name == "pi" {
            return self.push(Op::Constant(std::f64::consts::PI));
        }
        if FUNCTIONS.iter().any(|f| f.0 == name) {
            let hint = Some(format!("write `{name}(x)`"));
            return Err(error(&format!("`{name}` is a function and has no argument here"), span, hint));
        }
        let known = self.program.variables.iter().position(|v| v == name);
        let k = known.unwrap_or(self.program.variables.len());
        if known.is_none() {
            self.program.variables.push(name.to_owned());
            self.program.spans.push(span);
        }
        self.push(Op::Variable(k))
    }

    fn call(&mut self, name: &str, span: Range<usize>) -> Result<(), FormulaError> {
        let Some(&(_, function)) = FUNCTIONS.iter().find(|f| f.0 == name) else {
            let hint = match nearest(name, FUNCTIONS.iter().map(|f| f.0)) {
                Some(known) => format!("did you mean `{known}`?"),
                None => "a product is written with `*`; functions are exp, log, sqrt, sin, cos, tanh, abs, …"
                    .into(),
            };
            return Err(error(&format!("there is no function `{name}`"), span, Some(hint)));
        };
        let open = self.span.clone();
        self.advance()?;
        let mut count = 0;
        if self.token != Token::Symbol(")") {
            loop {
                self.expression(0)?;
                count += 1;
                if let (Function::Fold(op), true) = (function, count > 1) {
                    self.push(Op::Binary(op))?;
                }
                if self.token != Token::Symbol(",") {
                    break;
                }
                self.advance()?;
            }
        }
        self.close(open)?;
        if let Err(needed) = function.accepts(count) {
            return Err(error(&format!("`{name}` takes {needed}, not {count}"), span, None));
        }
        match function {
            Function::Unary(f) => self.push(Op::Unary(f)),
            Function::Binary(f) => self.push(Op::Binary(f)),
            Function::Fold(_) => Ok(()),
            Function::Ternary(f) => self.push(Op::Ternary(f)),
        }
    }
}

fn token<'a>(input: &mut LocatingSlice<&'a str>) -> Result<Token<'a>, ErrMode<ContextError>> {
    let single = one_of(['+', '-', '*', '/', '^', '<', '>', '(', ')', ',']).take();
    let symbol = alt(("**", "<=", ">=", "==", "!=", single));
    let start = |c: char| c.is_alphabetic() || c == '_';
    let name = (take_while(1, start), take_while(0.., move |c: char| start(c) || c.is_ascii_digit()));
    alt((number.map(Token::Number), symbol.map(Token::Symbol), name.take().map(Token::Name)))
        .parse_next(input)
}

fn number(input: &mut LocatingSlice<&str>) -> Result<f64, ErrMode<ContextError>> {
    let digits = alt(((digit1, opt(('.', opt(digit1)))).void(), ('.', digit1).void()));
    (digits, opt((alt(('e', 'E')), opt(alt(('-', '+'))), digit1)))
        .take()
        .verify_map(|text: &str| text.parse::<f64>().ok().filter(|x| x.is_finite()))
        .parse_next(input)
}
