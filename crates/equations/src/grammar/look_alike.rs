//! Characters that look like one of the grammar and are another: Cyrillic а, full-width １, the minus sign −.
//!
//! A reader cannot see why such a text is refused, so the error names both characters.

/// What a character looks like: its own name, and what is meant.
pub(super) struct LookAlike {
    pub(super) name: String,
    pub(super) meant: String,
}

const CYRILLIC: [(char, char); 32] = [
    ('а', 'a'),
    ('е', 'e'),
    ('о', 'o'),
    ('р', 'p'),
    ('с', 'c'),
    ('у', 'y'),
    ('х', 'x'),
    ('і', 'i'),
    ('ј', 'j'),
    ('ѕ', 's'),
    ('һ', 'h'),
    ('ԁ', 'd'),
    ('ԛ', 'q'),
    ('ԝ', 'w'),
    ('ѵ', 'v'),
    ('г', 'r'),
    ('п', 'n'),
    ('А', 'A'),
    ('В', 'B'),
    ('Е', 'E'),
    ('К', 'K'),
    ('М', 'M'),
    ('Н', 'H'),
    ('О', 'O'),
    ('Р', 'P'),
    ('С', 'C'),
    ('Т', 'T'),
    ('Х', 'X'),
    ('У', 'Y'),
    ('І', 'I'),
    ('Ј', 'J'),
    ('Ѕ', 'S'),
];

/// Greek letters that print like Latin ones; the others are welcome in names.
const GREEK: [(char, char); 16] = [
    ('ο', 'o'),
    ('ν', 'v'),
    ('Α', 'A'),
    ('Β', 'B'),
    ('Ε', 'E'),
    ('Ζ', 'Z'),
    ('Η', 'H'),
    ('Ι', 'I'),
    ('Κ', 'K'),
    ('Μ', 'M'),
    ('Ν', 'N'),
    ('Ο', 'O'),
    ('Ρ', 'P'),
    ('Τ', 'T'),
    ('Υ', 'Y'),
    ('Χ', 'X'),
];

/// Name, characters, what is meant.
const SIGNS: [(&str, &str, &str); 24] = [
    ("the minus sign", "\u{2212}", "-"),
    ("a dash", "\u{2013}\u{2014}\u{2012}\u{2015}", "-"),
    ("a hyphen", "\u{2010}\u{2011}\u{fe63}", "-"),
    ("the multiplication sign", "×✕✖", "*"),
    ("a multiplication dot", "·⋅∙•", "*"),
    ("an asterisk of another alphabet", "∗⁎﹡", "*"),
    ("the division sign", "÷", "/"),
    ("a slash of another alphabet", "∕⁄", "/"),
    ("a circumflex of another alphabet", "ˆ", "^"),
    ("less or equal", "≤⩽", "<="),
    ("greater or equal", "≥⩾", ">="),
    ("not equal", "≠", "!="),
    ("superscript one", "¹", "^1"),
    ("superscript two", "²", "^2"),
    ("superscript three", "³", "^3"),
    ("superscript four", "⁴", "^4"),
    ("superscript minus", "⁻", "^-"),
    ("a prime", "′ʹ", "dx/dt"),
    ("a typographic quotation mark", "‘’“”„«»", "no quotation mark"),
    ("a space without a break", "\u{a0}\u{202f}\u{2007}", "an ordinary space"),
    ("a wide or thin space", "\u{2002}\u{2003}\u{2009}\u{200a}\u{3000}\u{2008}\u{205f}", "an ordinary space"),
    ("an invisible character", "\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}\u{ad}\u{200e}\u{200f}", "nothing"),
    ("the square root sign", "√", "sqrt(x)"),
    ("the tilde operator", "∼", "-"),
];

const LATIN: [(char, char); 6] =
    [('ɑ', 'a'), ('ı', 'i'), ('ȷ', 'j'), ('ɡ', 'g'), ('ℓ', 'l'), ('\u{212a}', 'K')];

/// What this character looks like, unless it is one of the grammar.
pub(super) fn look_alike(c: char) -> Option<LookAlike> {
    let found = |name: &str, meant: String| Some(LookAlike { name: name.to_owned(), meant });
    let letter = |table: &[(char, char)]| table.iter().find(|p| p.0 == c).map(|p| p.1.to_string());
    if c.is_ascii() {
        return None;
    }
    if let Some(meant) = letter(&CYRILLIC) {
        return found("a Cyrillic letter", meant);
    }
    if let Some(meant) = letter(&GREEK) {
        return found("a Greek letter", meant);
    }
    if let Some(meant) = letter(&LATIN) {
        return found("a letter of another alphabet", meant);
    }
    if let Some(&(name, _, meant)) = SIGNS.iter().find(|s| s.1.contains(c)) {
        return found(name, meant.to_owned());
    }
    let k = u32::from(c);
    let ascii = |k: u32| char::from_u32(k).map(String::from);
    match k {
        0xff01..=0xff5e => found("a full-width character", ascii(k - 0xfee0)?),
        0x1d400..=0x1d6a3 => {
            let n = (k - 0x1d400) % 52;
            found("a mathematical letter", ascii(if n < 26 { 65 + n } else { 71 + n })?)
        }
        0x1d7ce..=0x1d7ff => found("a mathematical digit", ascii(48 + (k - 0x1d7ce) % 10)?),
        0x660..=0x669 => found("an Arabic-Indic digit", ascii(k - 0x660 + 48)?),
        0x966..=0x96f => found("a Devanagari digit", ascii(k - 0x966 + 48)?),
        _ => None,
    }
}

/// Whether a name may have this letter: ASCII, accented Latin, and the Greek letters that look like nothing else.
pub(super) fn is_letter(c: char) -> bool {
    match c {
        '_' | 'a'..='z' | 'A'..='Z' | 'µ' | '\u{2126}' => true,
        _ if c.is_ascii() => false,
        'À'..='ÿ' | '\u{370}'..='\u{3ff}' => c.is_alphabetic() && look_alike(c).is_none(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_look_alike_is_named_with_the_character_that_is_meant() {
        for (c, meant) in [
            ('а', "a"),
            ('ν', "v"),
            ('１', "1"),
            ('＝', "="),
            ('−', "-"),
            ('–', "-"),
            ('×', "*"),
            ('²', "^2"),
            ('\u{a0}', "an ordinary space"),
            ('𝑣', "v"),
            ('𝐀', "A"),
            ('𝟗', "9"),
            ('٣', "3"),
        ] {
            assert_eq!(look_alike(c).unwrap().meant, meant, "{c}");
            assert!(!is_letter(c), "{c}");
        }
    }

    #[test]
    fn letters_of_names_look_like_themselves() {
        for c in "azAZ_τσαβγλμµΔΩé".chars() {
            assert!(is_letter(c) && look_alike(c).is_none(), "{c}");
        }
        for c in "0 +'@漢ж".chars() {
            assert!(!is_letter(c), "{c}");
        }
    }
}
