//! `[populations.NAME.cable]`: the shape of a neuron, its sites, and the currents that flow in there.

use super::context::Context;
use super::matrix::read;
use crate::model::at::{At, Named};
use crate::model::error::{Problem, did_you_mean, unknown};
use crate::model::schema::{CableText, DiameterText, PerUnitText, Raw, Scalar, SectionText};
use crate::network::{Cable, CableError, CableSection, Injection, Site, geometry, read_swc};
use dynamics::field::Signal;
use equations::{Dimension, Unit, Value};

/// More compartments than this are a mistake.
const MOST: usize = 10_000_000;

/// A parameter of a population: name, dimension, value.
type Own = (String, Dimension, Value);

fn dimension(symbol: &str) -> Dimension {
    Unit::parse(symbol).expect("this unit is known").dimension()
}

/// Reads a cable.
pub(super) fn cable(context: &Context<'_>, text: &At<CableText>) -> Result<Cable, Problem> {
    let resistivity = measured(context, &text.resistivity, "Ra", "ohm*m", "100 ohm*cm")?;
    let sections = sections(context, text)?;
    let mut cable = Cable {
        sections,
        resistivity,
        sites: Vec::new(),
        injections: Vec::new(),
        current: text.current.as_ref().map_or("I", |c| c.as_str()).to_owned(),
    };
    cable.check().map_err(|e| located(text, e))?;
    if cable.compartments() > MOST {
        let problem =
            Problem::at(text.span.clone(), format!("this cable has {} compartments", cable.compartments()));
        return Err(problem.help("a cable has at most 10 million: make them longer"));
    }
    for (name, place) in &text.sites.0 {
        let (section, at) = site(&cable, place)?;
        cable.sites.push(Site { name: name.value.clone(), section, at });
    }
    Ok(cable)
}

fn sections(context: &Context<'_>, text: &At<CableText>) -> Result<Vec<CableSection>, Problem> {
    let (single, several, file) = (text.length.as_ref(), text.sections.0.first(), text.file.as_ref());
    match (single, several, file) {
        (Some(length), None, None) => {
            let Some(diameter) = &text.diameter else {
                return Err(Problem::at(text.span.clone(), "this cable has a length and no diameter")
                    .help("add diameter = \"1 um\""));
            };
            let count = text.compartments.as_ref().map_or(Ok(1), |n| whole(context, n))?;
            let length = measured(context, length, "length", "m", "1 mm")?;
            Ok(vec![CableSection::new("cable", None, length, diameters(context, diameter)?, count)])
        }
        (None, Some(_), None) => several_sections(context, &text.sections),
        (None, None, Some(file)) => {
            let bytes = read(context, file)?;
            let words = String::from_utf8(bytes).map_err(|_| {
                Problem::at(file.span.clone(), "this file is not text")
                    .help("a point is: index type x y z radius parent")
            })?;
            let longest = match &text.longest {
                Some(longest) => measured(context, longest, "longest", "m", "20 um")?,
                None => 20e-6,
            };
            if longest <= 0.0 {
                let span = text.longest.as_ref().map_or(file.span.clone(), |l| l.span.clone());
                return Err(Problem::at(span, "`longest` is not positive").help("write longest = \"20 um\""));
            }
            read_swc(&words, longest).map_err(|e| Problem::at(file.span.clone(), e.what).help(e.remedy))
        }
        _ => {
            let problem =
                Problem::at(text.span.clone(), "the shape of a cable is given in one of three ways");
            Err(problem.help("write `length` and `diameter`, or `sections`, or `file`"))
        }
    }
}

fn several_sections(context: &Context<'_>, texts: &Named<SectionText>) -> Result<Vec<CableSection>, Problem> {
    let names = texts.names();
    let mut all = Vec::new();
    for (name, text) in &texts.0 {
        let parent = match &text.parent {
            None => None,
            Some(words) => {
                let (word, at) = place(words);
                let at = at.map_or(Ok(1.0), |at| fraction(words, at))?;
                match names.iter().position(|n| *n == word) {
                    Some(p) => Some((p, at)),
                    None => return Err(unknown("section", word, words.span.clone(), &names)),
                }
            }
        };
        let length = measured(context, &text.length, "length", "m", "1 mm")?;
        let count = text.compartments.as_ref().map_or(Ok(1), |n| whole(context, n))?;
        let section = CableSection::new(name, None, length, diameters(context, &text.diameter)?, count);
        all.push(CableSection { parent, ..section });
    }
    Ok(all)
}

/// A word, and what follows it.
fn place(words: &str) -> (&str, Option<&str>) {
    match words.trim().split_once(char::is_whitespace) {
        Some((word, at)) => (word, Some(at.trim())),
        None => (words.trim(), None),
    }
}

fn fraction(text: &At<String>, at: &str) -> Result<f64, Problem> {
    at.parse::<f64>().ok().filter(|x| (0.0..=1.0).contains(x)).ok_or_else(|| {
        Problem::at(text.span.clone(), format!("`{at}` is no place on a section"))
            .help("0 is its beginning and 1 its end, as in \"dend 0.5\"")
    })
}

fn site(cable: &Cable, text: &At<Raw>) -> Result<(usize, f64), Problem> {
    let names: Vec<&str> = cable.sections.iter().map(|s| s.name.as_str()).collect();
    let words = match &text.value {
        Raw::Text(words) => At { span: text.span.clone(), value: words.clone() },
        Raw::Number(_) if cable.sections.len() > 1 => {
            let problem = Problem::at(text.span.clone(), "this place does not say on which section it lies");
            return Err(problem.help(format!("write \"{} 0.5\"", names[0])));
        }
        Raw::Number(at) => {
            let words = At { span: text.span.clone(), value: String::new() };
            return Ok((0, fraction(&words, &at.to_string())?));
        }
    };
    let (word, at) = place(&words);
    let Some(section) = names.iter().position(|n| *n == word) else {
        if let (true, Ok(_)) = (cable.sections.len() == 1, word.parse::<f64>()) {
            return Ok((0, fraction(&words, word)?));
        }
        return Err(unknown("section", word, words.span.clone(), &names));
    };
    Ok((section, at.map_or(Ok(0.5), |at| fraction(&words, at))?))
}

fn diameters(context: &Context<'_>, text: &At<DiameterText>) -> Result<[f64; 2], Problem> {
    match &text.value {
        DiameterText::One(raw) => {
            let scalar = At { span: text.span.clone(), value: raw.clone() };
            Ok([measured(context, &scalar, "diameter", "m", "1 um")?; 2])
        }
        DiameterText::Both(list) => {
            let [a, b] = list.as_slice() else {
                let problem =
                    Problem::at(text.span.clone(), format!("`diameter` has {} entries", list.len()));
                return Err(problem.help("give one, or those at the beginning and at the end"));
            };
            Ok([
                measured(context, a, "diameter", "m", "1 um")?,
                measured(context, b, "diameter", "m", "1 um")?,
            ])
        }
    }
}

fn whole(context: &Context<'_>, scalar: &Scalar) -> Result<usize, Problem> {
    let value = context.number(scalar, "compartments")?;
    if value >= 1.0 && value.fract() == 0.0 && value <= MOST as f64 {
        return Ok(value as usize);
    }
    let problem = Problem::at(scalar.span.clone(), format!("`compartments` is {value}"));
    Err(problem.help("a whole number from 1 on"))
}

/// A quantity of this dimension.
pub(super) fn measured(
    context: &Context<'_>,
    scalar: &Scalar,
    what: &str,
    unit: &str,
    example: &str,
) -> Result<f64, Problem> {
    let (value, found) = context.quantity(scalar)?;
    let expected = dimension(unit);
    if found == expected {
        return Ok(value);
    }
    let problem =
        Problem::at(scalar.span.clone(), format!("`{what}` is a {found}, and a {expected} is needed"));
    Err(problem.help(format!("write {what} = \"{example}\"")))
}

/// An error of the shape, at its section.
fn located(text: &At<CableText>, error: CableError) -> Problem {
    let section = error.section.and_then(|k| text.sections.0.get(k));
    let span = section.map_or(text.span.clone(), |(name, _)| name.span.clone());
    Problem::at(span, error.what).help(error.remedy)
}

/// The parameters of a population on a cable: `distance` from the beginning, the current of the neighbors, and what sections change.
pub(super) fn parameters(
    context: &Context<'_>,
    text: &CableText,
    cable: &Cable,
    own: &mut Vec<Own>,
    inputs: &[&str],
) -> Result<(), Problem> {
    let known = |own: &[Own], name: &str| {
        let outside = context.measured().any(|(known, ..)| known == name) || inputs.contains(&name);
        outside || own.iter().any(|(known, ..)| known == name)
    };
    if !known(own, "distance") {
        own.push(("distance".to_owned(), dimension("m"), Value::PerUnit(geometry(cable).distance)));
    }
    if !known(own, &cable.current) {
        own.push((cable.current.clone(), dimension("A/m^2"), Value::Number(0.0)));
    }
    let (n, first) = (cable.compartments(), cable.first_compartments());
    for (k, (section, body)) in text.sections.0.iter().enumerate() {
        for (name, value) in &body.parameters.0 {
            let PerUnitText::One(raw) = &value.value else {
                let problem =
                    Problem::at(value.span.clone(), format!("`{}` is not one quantity", name.value));
                return Err(problem.help("a section has one value of each parameter; what changes along it is a formula of `distance`"));
            };
            let scalar = At { span: value.span.clone(), value: raw.clone() };
            let (x, found) = context.quantity(&scalar)?;
            let at = match own.iter().position(|(known, ..)| *known == name.value) {
                Some(at) => at,
                None => {
                    let Some((_, shared, measure)) =
                        context.measured().find(|(known, ..)| *known == name.value)
                    else {
                        let names: Vec<&str> = own.iter().map(|(known, ..)| known.as_str()).collect();
                        let message = format!(
                            "the population of section `{}` has no parameter `{}`",
                            section.value, name.value
                        );
                        return Err(Problem::at(name.span.clone(), message).help(did_you_mean(name, names)));
                    };
                    own.push((name.value.clone(), measure, Value::Number(shared)));
                    own.len() - 1
                }
            };
            let (_, measure, values) = &mut own[at];
            if *measure != found {
                let message = format!("`{}` is a {measure}, and this value a {found}", name.value);
                return Err(Problem::at(value.span.clone(), message).help("give it the same unit everywhere"));
            }
            let mut each = match values {
                Value::PerUnit(list) => list.clone(),
                Value::Number(x) => vec![*x; n],
                Value::Free(_) => unreachable!("values are read from the file"),
            };
            each[first[k]..first[k] + cable.sections[k].compartments].fill(x);
            *values = Value::PerUnit(each);
        }
    }
    Ok(())
}

/// Lets the signals of an input flow into a site.
pub(super) fn inject(
    cable: Option<&mut Cable>,
    name: &At<String>,
    site: &At<String>,
    signals: Vec<Signal>,
    found: Dimension,
) -> Result<(), Problem> {
    let Some(cable) = cable else {
        let problem = Problem::at(site.span.clone(), "sites belong to a cable, and this model has none");
        return Err(problem.help("name the input in the equations instead"));
    };
    let names: Vec<&str> = cable.sites.iter().map(|s| s.name.as_str()).collect();
    let Some(k) = names.iter().position(|n| *n == site.value) else {
        return Err(unknown("site", site, site.span.clone(), &names));
    };
    if found != dimension("A") {
        let problem = Problem::at(
            name.span.clone(),
            format!("`{}` is a {found}, and what flows in at a site a current", name.value),
        );
        return Err(problem.help("give its values a unit, such as \"0.1 nA\""));
    }
    let injection = |signal| Injection { input: name.value.clone(), site: k, signal };
    cable.injections.extend(signals.into_iter().map(injection));
    Ok(())
}
