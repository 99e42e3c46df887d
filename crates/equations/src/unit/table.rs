//! The symbols of units, the words for them and their prefixes.

use crate::Dimension;

const KG: [i8; 7] = [0, 1, 0, 0, 0, 0, 0];
const VOLT: [i8; 7] = [2, 1, -3, -1, 0, 0, 0];
const OHM: [i8; 7] = [2, 1, -3, -2, 0, 0, 0];
const SIEMENS: [i8; 7] = [-2, -1, 3, 2, 0, 0, 0];

/// Symbol, dimension, factor, decade, whether it takes prefixes.
const UNITS: [(&str, [i8; 7], f64, i32, bool); 32] = [
    ("m", [1, 0, 0, 0, 0, 0, 0], 1.0, 0, true),
    ("g", KG, 1.0, -3, true),
    ("s", [0, 0, 1, 0, 0, 0, 0], 1.0, 0, true),
    ("A", [0, 0, 0, 1, 0, 0, 0], 1.0, 0, true),
    ("K", [0, 0, 0, 0, 1, 0, 0], 1.0, 0, true),
    ("mol", [0, 0, 0, 0, 0, 1, 0], 1.0, 0, true),
    ("cd", [0, 0, 0, 0, 0, 0, 1], 1.0, 0, true),
    ("V", VOLT, 1.0, 0, true),
    ("ohm", OHM, 1.0, 0, true),
    ("Ohm", OHM, 1.0, 0, true),
    // Greek letter and ohm sign, as keyboards give them.
    ("\u{3a9}", OHM, 1.0, 0, true),
    ("\u{2126}", OHM, 1.0, 0, true),
    ("S", SIEMENS, 1.0, 0, true),
    ("F", [-2, -1, 4, 2, 0, 0, 0], 1.0, 0, true),
    ("C", [0, 0, 1, 1, 0, 0, 0], 1.0, 0, true),
    ("Hz", [0, 0, -1, 0, 0, 0, 0], 1.0, 0, true),
    ("N", [1, 1, -2, 0, 0, 0, 0], 1.0, 0, true),
    ("J", [2, 1, -2, 0, 0, 0, 0], 1.0, 0, true),
    ("W", [2, 1, -3, 0, 0, 0, 0], 1.0, 0, true),
    ("Pa", [-1, 1, -2, 0, 0, 0, 0], 1.0, 0, true),
    ("H", [2, 1, -2, -2, 0, 0, 0], 1.0, 0, true),
    ("T", [0, 1, -2, -1, 0, 0, 0], 1.0, 0, true),
    ("Wb", [2, 1, -2, -1, 0, 0, 0], 1.0, 0, true),
    ("L", [3, 0, 0, 0, 0, 0, 0], 1.0, -3, true),
    ("l", [3, 0, 0, 0, 0, 0, 0], 1.0, -3, true),
    ("M", [-3, 0, 0, 0, 0, 1, 0], 1.0, 3, true),
    ("min", [0, 0, 1, 0, 0, 0, 0], 6.0, 1, false),
    ("h", [0, 0, 1, 0, 0, 0, 0], 3.6, 3, false),
    ("rad", [0; 7], 1.0, 0, true),
    ("deg", [0; 7], std::f64::consts::PI / 180.0, 0, false),
    ("°", [0; 7], std::f64::consts::PI / 180.0, 0, false),
    ("1", [0; 7], 1.0, 0, false),
];

/// The words of units, and the symbols that they stand for; they take prefixes like these.
const WORDS: [(&str, &str); 28] = [
    ("metre", "m"),
    ("meter", "m"),
    ("gram", "g"),
    ("second", "s"),
    ("amp", "A"),
    ("ampere", "A"),
    ("kelvin", "K"),
    ("mole", "mol"),
    ("candela", "cd"),
    ("volt", "V"),
    ("siemens", "S"),
    ("farad", "F"),
    ("coulomb", "C"),
    ("hertz", "Hz"),
    ("newton", "N"),
    ("joule", "J"),
    ("watt", "W"),
    ("pascal", "Pa"),
    ("henry", "H"),
    ("tesla", "T"),
    ("weber", "Wb"),
    ("litre", "L"),
    ("liter", "L"),
    ("molar", "M"),
    ("radian", "rad"),
    ("minute", "min"),
    ("hour", "h"),
    ("degree", "deg"),
];

const PREFIXES: [(&str, i32); 19] = [
    ("da", 1),
    ("kilo", 3),
    ("f", -15),
    ("p", -12),
    ("n", -9),
    ("u", -6),
    ("µ", -6),
    ("μ", -6),
    ("m", -3),
    ("c", -2),
    ("d", -1),
    ("h", 2),
    ("k", 3),
    ("M", 6),
    ("G", 9),
    ("T", 12),
    ("P", 15),
    ("a", -18),
    ("E", 18),
];

/// Dimension, number and power of ten of one symbol.
pub(crate) fn lookup(symbol: &str) -> Option<(Dimension, f64, i32)> {
    let known = |symbol: &str| {
        let symbol = WORDS.iter().find(|w| w.0 == symbol).map_or(symbol, |w| w.1);
        UNITS.iter().find(|u| u.0 == symbol).map(|u| (Dimension::new(u.1), u.2, u.3, u.4))
    };
    let exact = known(symbol).map(|(d, scale, decade, _)| (d, scale, decade));
    exact.or_else(|| {
        PREFIXES.iter().find_map(|(prefix, k)| {
            let (d, scale, decade, _) = known(symbol.strip_prefix(prefix)?).filter(|u| u.3)?;
            Some((d, scale, decade + k))
        })
    })
}

/// The units that a hint may propose.
pub(crate) fn common() -> impl Iterator<Item = &'static str> {
    [
        "s", "ms", "us", "min", "Hz", "kHz", "V", "mV", "uV", "A", "mA", "uA", "nA", "pA", "S", "mS", "uS",
        "nS", "pS", "ohm", "kohm", "Mohm", "Gohm", "F", "uF", "nF", "pF", "m", "cm", "mm", "um", "nm", "rad",
        "deg", "K", "mol", "mM", "kg",
    ]
    .into_iter()
}

/// The same unit as a word, such as `msecond` for `ms`, which no short name hides.
pub(crate) fn word(symbol: &str) -> Option<String> {
    let word = |symbol: &str| WORDS.iter().find(|w| w.1 == symbol).map(|w| w.0);
    word(symbol).map(str::to_owned).or_else(|| {
        PREFIXES
            .iter()
            .find_map(|(prefix, _)| Some(format!("{prefix}{}", word(symbol.strip_prefix(prefix)?)?)))
    })
}
