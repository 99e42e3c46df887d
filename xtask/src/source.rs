//! Rust text seen in parts: the code, the comments, and the code that is no test.
//!
//! Every view keeps the lines and columns of the text and puts spaces where the rest was, so that a place in a view
//! is a place in the file. This is a lexer, not a parser: it knows comments (nested), strings (raw too), characters
//! and lifetimes.

/// The views of one Rust file.
#[derive(Clone, Debug)]
pub struct Source {
    /// Without comments and without the insides of strings.
    pub code: String,
    /// Only the comments, documentation included.
    pub comments: String,
    /// The code, without items under `#[cfg(test)]`.
    pub library: String,
    /// Names of the modules declared under `#[cfg(test)]` that have a file of their own.
    pub test_modules: Vec<String>,
}

/// An identifier, a number, `::`, or one sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its text.
    pub text: String,
    /// Its line, from 1.
    pub line: usize,
}

impl Source {
    /// Takes the text apart.
    pub fn new(text: &str) -> Self {
        let (code, comments) = separate(text);
        let (library, test_modules) = without_tests(&code);
        Self { code, comments, library, test_modules }
    }
}

/// Whether a character belongs to an identifier.
pub fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The tokens of a view.
pub fn tokens(view: &str) -> Vec<Token> {
    let mut found = Vec::new();
    for (k, line) in view.lines().enumerate() {
        let mut rest = line;
        while let Some(c) = rest.chars().next() {
            let length = if is_word(c) {
                rest.find(|c| !is_word(c)).unwrap_or(rest.len())
            } else if rest.starts_with("::") {
                2
            } else {
                c.len_utf8()
            };
            let (text, tail) = rest.split_at(length);
            if !c.is_whitespace() {
                found.push(Token { text: text.to_owned(), line: k + 1 });
            }
            rest = tail;
        }
    }
    found
}

/// Code and comments.
fn separate(text: &str) -> (String, String) {
    let c: Vec<char> = text.chars().collect();
    let (mut code, mut comments) = (String::with_capacity(text.len()), String::with_capacity(text.len()));
    let blank = |x: char| if x == '\n' { '\n' } else { ' ' };
    let at = |i: usize| c.get(i).copied().unwrap_or('\0');
    let mut i = 0;
    while i < c.len() {
        let (end, kind) = if at(i) == '/' && at(i + 1) == '/' {
            ((i..c.len()).find(|&k| c[k] == '\n').unwrap_or(c.len()), Part::Comment)
        } else if at(i) == '/' && at(i + 1) == '*' {
            (end_of_block(&c, i), Part::Comment)
        } else if at(i) == '"' {
            (end_of_string(&c, i), Part::Text)
        } else if (i == 0 || !is_word(at(i - 1))) && raw_hashes(&c, i).is_some() {
            (end_of_raw(&c, i), Part::Text)
        } else if at(i) == '\'' && at(i + 1) == '\\' {
            ((i + 3..c.len()).find(|&k| c[k] == '\'').map_or(c.len(), |k| k + 1), Part::Text)
        } else if at(i) == '\'' && at(i + 2) == '\'' {
            (i + 3, Part::Text)
        } else {
            (i + 1, Part::Code)
        };
        for &x in &c[i..end] {
            match kind {
                Part::Code => (code.push(x), comments.push(blank(x))),
                Part::Comment => (code.push(blank(x)), comments.push(x)),
                Part::Text => (code.push(blank(x)), comments.push(blank(x))),
            };
        }
        i = end;
    }
    (code, comments)
}

enum Part {
    Code,
    Comment,
    Text,
}

fn end_of_block(c: &[char], start: usize) -> usize {
    let (mut depth, mut i) = (0, start);
    while i + 1 < c.len() {
        match (c[i], c[i + 1]) {
            ('/', '*') => (depth, i) = (depth + 1, i + 2),
            ('*', '/') if depth == 1 => return i + 2,
            ('*', '/') => (depth, i) = (depth - 1, i + 2),
            _ => i += 1,
        }
    }
    c.len()
}

fn end_of_string(c: &[char], start: usize) -> usize {
    let mut i = start + 1;
    while i < c.len() && c[i] != '"' {
        i += if c[i] == '\\' { 2 } else { 1 };
    }
    (i + 1).min(c.len())
}

/// The number of `#` of a raw string that starts at `i` (`r"`, `r#"`, `br"`, `cr"`), and where its quote is.
fn raw_hashes(c: &[char], i: usize) -> Option<(usize, usize)> {
    let mut k = i;
    if matches!(c.get(k), Some('b' | 'c')) {
        k += 1;
    }
    if c.get(k) != Some(&'r') {
        return None;
    }
    let hashes = c[k + 1..].iter().take_while(|&&x| x == '#').count();
    (c.get(k + 1 + hashes) == Some(&'"')).then_some((hashes, k + 1 + hashes))
}

fn end_of_raw(c: &[char], start: usize) -> usize {
    let (hashes, quote) = raw_hashes(c, start).expect("a raw string starts here");
    (quote + 1..c.len())
        .find(|&k| c[k] == '"' && c[k + 1..].iter().take_while(|&&x| x == '#').count() >= hashes)
        .map_or(c.len(), |k| k + 1 + hashes)
}

/// The code with items under `#[cfg(test)]` blanked, and the names of such modules with a file of their own.
fn without_tests(code: &str) -> (String, Vec<String>) {
    let mut bytes = code.as_bytes().to_vec();
    let mut modules = Vec::new();
    let mut from = 0;
    while let Some(start) = code[from..].find("#[cfg(test)]").map(|k| k + from) {
        let body = start + "#[cfg(test)]".len();
        let open = code[body..].find(['{', ';']).map_or(code.len(), |k| k + body);
        let end = if code[open..].starts_with('{') { closing_brace(code, open) } else { open };
        let head: Vec<&str> = code[body..open].split_whitespace().collect();
        if let [.., "mod", name] = head.as_slice()
            && code[open..].starts_with(';')
        {
            modules.push((*name).to_owned());
        }
        from = (end + 1).min(code.len());
        for b in &mut bytes[start..from] {
            if *b != b'\n' {
                *b = b' ';
            }
        }
    }
    (String::from_utf8(bytes).expect("whole characters were replaced by spaces"), modules)
}

fn closing_brace(code: &str, open: usize) -> usize {
    let mut depth = 0_usize;
    for (k, c) in code[open..].char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 1 => return open + k,
            '}' => depth -= 1,
            _ => {}
        }
    }
    code.len().saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_and_comments_are_no_code() {
        let s = Source::new(
            "let a = \"x // y\"; // z \"\nlet b = 'c'; /* d /* e */ f */ let g: &'h str = r#\"i\"j\"#;",
        );
        let code: Vec<String> = tokens(&s.code).into_iter().map(|t| t.text).collect();
        assert_eq!(code.join(" "), "let a = ; let b = ; let g : & ' h str = ;");
        assert!(s.comments.contains("// z") && s.comments.contains("d /* e */ f"));
        assert!(!s.comments.contains("// y"));
    }

    #[test]
    fn escaped_quotes_end_nothing() {
        let s = Source::new(r#"f("a\"b", '\'', '"', b"c\\"); g"#);
        let code: Vec<String> = tokens(&s.code).into_iter().map(|t| t.text).collect();
        assert_eq!(code.join(" "), "f ( , , , b ) ; g");
    }

    #[test]
    fn places_are_kept() {
        let s = Source::new("/* a\nb */ c\n\"d\ne\" f");
        let places: Vec<(String, usize)> = tokens(&s.code).into_iter().map(|t| (t.text, t.line)).collect();
        assert_eq!(places, [("c".to_owned(), 2), ("f".to_owned(), 4)]);
    }

    #[test]
    fn test_modules_are_no_library_code() {
        let s = Source::new(
            "fn a() {}\n#[cfg(test)]\nmod tests { fn b() { if x { y } } }\nfn c() {}\n#[cfg(test)]\nmod oracle;\n",
        );
        let left: Vec<String> = tokens(&s.library).into_iter().map(|t| t.text).collect();
        assert_eq!(left.join(" "), "fn a ( ) { } fn c ( ) { }");
        assert_eq!(s.test_modules, ["oracle"]);
    }

    #[test]
    fn the_other_alphabets_do_not_break_the_blanking() {
        let s = Source::new("#[cfg(test)]\nmod t { let é = \"ü\"; }\nfn λ() {}");
        assert_eq!(tokens(&s.library)[1].text, "λ");
    }
}
