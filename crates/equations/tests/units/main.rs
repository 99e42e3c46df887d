//! Units through the expressions of the literature: what agrees is accepted with its unit, what clashes is refused with
//! both units named.

mod agree;
mod clash;

use equations::{Dimension, EquationError, Equations, Name, NameKind, Scope, Section, Unit};

/// What the tables may use, with its unit.
const GIVEN: [(&str, &str); 92] = [
    // Voltages.
    ("V", "mV"),
    ("E", "mV"),
    ("EL", "mV"),
    ("EK", "mV"),
    ("ENa", "mV"),
    ("ECa", "mV"),
    ("VT", "mV"),
    ("VR", "mV"),
    ("DT", "mV"),
    ("V1", "mV"),
    ("V2", "mV"),
    ("V3", "mV"),
    ("V4", "mV"),
    ("sigma", "mV"),
    ("J0", "mV"),
    // Currents, conductances, capacitances, resistances.
    ("I", "nA"),
    ("I0", "pA"),
    ("w", "nA"),
    ("b", "pA"),
    ("gL", "nS"),
    ("gK", "nS"),
    ("gNa", "nS"),
    ("gCa", "nS"),
    ("ge", "nS"),
    ("gi", "nS"),
    ("a", "nS"),
    ("C", "pF"),
    ("R", "Mohm"),
    ("q", "pC"),
    // The same per area, and for cylinders.
    ("J", "uA/cm^2"),
    ("GL", "mS/cm^2"),
    ("GNa", "mS/cm^2"),
    ("GK", "mS/cm^2"),
    ("Cm", "uF/cm^2"),
    ("Rm", "ohm cm^2"),
    ("Ri", "ohm cm"),
    ("A", "um^2"),
    ("d", "um"),
    ("L", "um"),
    ("dx", "um"),
    // Times and rates.
    ("tau", "ms"),
    ("taum", "ms"),
    ("taus", "ms"),
    ("taud", "ms"),
    ("tauf", "ms"),
    ("tauw", "ms"),
    ("T0", "ms"),
    ("r", "Hz"),
    ("r0", "Hz"),
    ("f", "Hz"),
    ("omega", "rad/s"),
    ("phi", "1/ms"),
    ("alpha", "1/ms"),
    ("beta", "1/ms"),
    ("kf", "mM^-1 ms^-1"),
    // Numbers.
    ("n", "1"),
    ("m", "1"),
    ("h", "1"),
    ("s", "1"),
    ("x", "1"),
    ("u", "1"),
    ("U", "1"),
    ("p", "1"),
    ("k", "1"),
    ("z", "1"),
    ("theta", "rad"),
    ("Q10", "1"),
    // Chemistry and physics.
    ("Ca", "uM"),
    ("Ca0", "uM"),
    ("Kd", "uM"),
    ("Mg", "mM"),
    ("B", "mM"),
    ("F", "C/mol"),
    ("Rg", "J mol^-1 K^-1"),
    ("T", "K"),
    ("T1", "K"),
    ("kB", "J/K"),
    ("P", "cm/s"),
    ("D", "um^2/ms"),
    ("vol", "um^3"),
    ("mass", "g"),
    ("grav", "m/s^2"),
    ("spring", "N/m"),
    ("len", "m"),
    ("speed", "m/s"),
    ("force", "N"),
    ("energy", "J"),
    ("rho", "kg/m^3"),
    ("press", "Pa"),
    ("visc", "Pa s"),
    ("ind", "H"),
    ("flux", "Wb"),
];

fn dimension(unit: &str) -> Dimension {
    Unit::parse(unit).expect("the tables name units that exist").dimension()
}

/// Reads equations, or an expression as the definition of `answer`.
fn read(text: &str) -> Result<Equations, EquationError> {
    let mut names: Vec<Name> = GIVEN
        .iter()
        .map(|(n, unit)| Name {
            name: (*n).into(),
            dimension: Some(dimension(unit)),
            kind: NameKind::Parameter { len: 1 },
        })
        .collect();
    names.push(Name {
        name: "M".into(),
        dimension: Some(Dimension::NONE),
        kind: NameKind::Matrix { rows: 2, cols: 2 },
    });
    names.push(Name {
        name: "W".into(),
        dimension: Some(dimension("nS")),
        kind: NameKind::Matrix { rows: 2, cols: 2 },
    });
    for (n, unit) in [("rates", "Hz"), ("drive", "mV")] {
        let kind = NameKind::Input { len: 2 };
        names.push(Name { name: n.into(), dimension: Some(dimension(unit)), kind });
    }
    let equation = text.contains(" = ");
    let whole = if equation { text.to_owned() } else { format!("answer = {text}") };
    let scope = Scope { time: Some(Dimension::TIME), names };
    Equations::parse(&[Section { name: "cell", texts: &[&whole], ..Section::default() }], &scope)
}
