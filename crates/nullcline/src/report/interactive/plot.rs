//! What every interactive figure is made of: axes, rounded numbers, colors, and the object that plotly.js reads.

use serde_json::{Value, json};

/// A line has no more points than this.
pub(super) const POINTS: usize = 5000;
/// A figure that answers to the mouse.
pub(in super::super) struct Interactive {
    /// The name that it shares with the drawing of the same thing.
    pub(in super::super) name: &'static str,
    /// Its title.
    pub(in super::super) title: &'static str,
    /// What it shows.
    pub(in super::super) caption: String,
    /// Whether it takes the whole width of the page.
    pub(in super::super) wide: bool,
    /// Whether it has many panels, one below the other.
    pub(in super::super) tall: bool,
    /// `{"data": …, "layout": …}` for plotly.js.
    pub(in super::super) data: String,
}

pub(super) fn whole(data: Vec<Value>, layout: Value) -> String {
    let mut all = json!({
        "margin": {"l": 62, "r": 16, "t": 52, "b": 50},
        "font": {"family": "Helvetica, Arial, 'Liberation Sans', sans-serif", "size": 13, "color": "#1d2329"},
        "paper_bgcolor": "#fff", "plot_bgcolor": "#fff", "hovermode": "closest",
        "legend": {"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0.0},
    });
    if let (Some(all), Value::Object(more)) = (all.as_object_mut(), layout) {
        all.extend(more);
    }
    json!({"data": data, "layout": all}).to_string()
}

pub(super) fn axis(title: &str) -> Value {
    json!({"title": {"text": plain(title)}, "showline": true, "linecolor": "#222", "ticks": "outside", "zeroline": false,
           "gridcolor": "#eef1f4"})
}

/// plotly reads some markup in its texts; a model's names are shown as they are.
pub(super) fn plain(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A number with six significant digits; `null` where it is not finite.
pub(super) fn round(x: f64) -> Value {
    significant(x, 6)
}

fn significant(x: f64, digits: i32) -> Value {
    if x == 0.0 || !x.is_finite() {
        return if x == 0.0 { Value::from(0) } else { Value::Null };
    }
    let shift = digits - 1 - x.abs().log10().floor() as i32;
    let rounded = match shift {
        // Both factors are exact integers, so the quotient is the double nearest to the short decimal.
        0..=22 => (x * 10f64.powi(shift)).round() / 10f64.powi(shift),
        -22..0 => (x / 10f64.powi(-shift)).round() * 10f64.powi(-shift),
        _ => x,
    };
    Value::from(rounded)
}

pub(super) fn rounded(x: impl IntoIterator<Item = f64>) -> Value {
    x.into_iter().map(round).collect()
}

/// Three digits are enough for a color.
pub(super) fn image(x: f64) -> Value {
    significant(x, 3)
}

pub(super) fn colors() -> Value {
    json!([
        [0.0, "#053061"],
        [0.167, "#4393c3"],
        [0.333, "#d1e5f0"],
        [0.5, "#f7f7f7"],
        [0.667, "#fddbc7"],
        [0.833, "#d6604d"],
        [1.0, "#67001f"]
    ])
}
