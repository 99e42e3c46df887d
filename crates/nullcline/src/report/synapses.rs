//! Which weight moves an eigenvalue, and the smallest changes of the weights that do something.

use super::Paragraph;
use super::number::{number, numbers, optional};
use super::phrase::{Clock, digits, sentence, short, variable};
use crate::study::{Change, Study, Synapses};
use linalg::Matrix;
use serde_json::{Value, json};

/// A matrix with more rows is left out of the findings.
const WHOLE: usize = 100;

/// The key `sensitivity` of the findings.
pub(super) fn synapses_json(study: &Study, synapses: &Synapses) -> Value {
    let z = synapses.eigenvalue;
    json!({
        "of": synapses.symbol,
        "eigenvalue": numbers(&[z.re, z.im]),
        "index": synapses.index,
        "fixed_point": synapses.fixed_point,
        "verdict": synapses.verdict,
        "condition": optional(Some(synapses.condition).filter(|c| c.is_finite())),
        "gap": optional(Some(synapses.gap).filter(|g| g.is_finite())),
        "derivative": synapses.derivative.as_ref().map_or(Value::Null, matrix_json),
        "strongest": entries(study, &synapses.strongest, "derivative"),
        "time_constant": synapses.for_time_constant.as_ref().map_or(Value::Null, |(wanted, change)| {
            let mut found = change_json(study, change);
            if let Some(object) = found.as_object_mut() {
                object.insert("wanted".into(), number(*wanted));
            }
            found
        }),
        "bifurcation": synapses.to_bifurcation.as_ref().map_or(Value::Null, |c| change_json(study, c)),
        "left_out": synapses.left_out,
    })
}

fn entries(study: &Study, list: &[(usize, usize, f64)], key: &str) -> Value {
    let each = list.iter().map(|(post, pre, d)| {
        json!({"post": variable(study, *post), "pre": variable(study, *pre), key: number(*d)})
    });
    each.collect::<Vec<_>>().into()
}

fn matrix_json(a: &Matrix) -> Value {
    if a.rows() > WHOLE {
        return Value::Null;
    }
    (0..a.rows()).map(|i| numbers(&a.row(i).to_vec())).collect::<Vec<_>>().into()
}

fn change_json(study: &Study, change: &Change) -> Value {
    json!({
        "verdict": change.verdict,
        "norm_frobenius": number(change.norm_frobenius),
        "norm_2": number(change.norm_2),
        "lower_bound": number(change.lower_bound),
        "reached": numbers(&[change.reached.re, change.reached.im]),
        "leads": change.leads,
        "crossing": change.crossing,
        "strongest": entries(study, &change.strongest, "change"),
        "change": matrix_json(&change.change),
    })
}

/// The weights that matter most, and the changes.
pub(super) fn paragraphs(study: &Study) -> Vec<Paragraph> {
    let Some(synapses) = &study.synapses else { return Vec::new() };
    let clock = Clock::of(study);
    let symbol = synapses.symbol;
    let z = synapses.eigenvalue;
    let value = if z.im == 0.0 {
        short(z.re)
    } else {
        format!("{} {} {}i", short(z.re), if z.im < 0.0 { "-" } else { "+" }, short(z.im.abs()))
    };
    let of = match synapses.fixed_point.filter(|_| study.linear.len() > 1) {
        Some(k) => format!(" at fixed point {}", k + 1),
        None => String::new(),
    };
    let mut out = vec![Paragraph::Heading("Which weight matters".into())];
    let mut text = format!("The eigenvalue {value}{}{of} is {}.", clock.per(), synapses.verdict);
    if synapses.derivative.is_some() {
        text += &format!(
            " Its real part moves with each entry of {symbol} as the table says (source to target); a positive entry of the table: a \
             larger weight makes the mode grow faster, or decay more slowly."
        );
        if synapses.fixed_point.is_some() {
            text += " The slopes of the units are held: that the fixed point moves with the weights, too, is not part of it.";
        }
    }
    out.push(Paragraph::Text(text));
    if !synapses.strongest.is_empty() {
        let rows = synapses
            .strongest
            .iter()
            .map(|(post, pre, d)| [variable(study, *pre), variable(study, *post), digits(*d, 5)]);
        let head = format!("d Re lambda/d {symbol}{}", if clock == Clock::Seconds { " (1/s)" } else { "" });
        out.push(Paragraph::table(["from", "to", head.as_str()], rows.collect()));
    }
    if let Some((wanted, change)) = &synapses.for_time_constant {
        let wanted = format!("The time constant {} takes a change of {symbol}", clock.span(*wanted));
        out.push(Paragraph::Text(told(study, &wanted, change)));
    }
    match &synapses.to_bifurcation {
        Some(change) => {
            let how = match change.crossing {
                Some("hopf") => "a pair of eigenvalues reaches the imaginary axis (a Hopf bifurcation)",
                _ => "an eigenvalue reaches 0 (a fold, a pitchfork or a transcritical bifurcation)",
            };
            let about = format!("The nearest bifurcation, where {how}, takes a change of {symbol}");
            out.push(Paragraph::Text(told(study, &about, change)));
        }
        None if synapses.left_out.iter().all(|words| !words.contains("smallest")) => {
            out.push(Paragraph::Text("An eigenvalue lies on the border of stability already.".into()));
        }
        None => {}
    }
    if !synapses.left_out.is_empty() {
        out.push(Paragraph::List(synapses.left_out.clone()));
    }
    out
}

fn told(study: &Study, about: &str, change: &Change) -> String {
    let mut text = format!("{about} of Frobenius norm {} ({})", short(change.norm_frobenius), change.verdict);
    if change.lower_bound > 0.0 && change.lower_bound < 0.999 * change.norm_frobenius {
        text += &format!("; none below {} can do it", short(change.lower_bound));
    }
    text += ".";
    if let Some((post, pre, d)) = change.strongest.first() {
        text += &format!(
            " The weight that changes most is that from {} to {}, by {}.",
            variable(study, *pre),
            variable(study, *post),
            short(*d)
        );
    }
    if !change.leads {
        text += " Another eigenvalue still has a larger real part then.";
    }
    sentence(&text)
}
