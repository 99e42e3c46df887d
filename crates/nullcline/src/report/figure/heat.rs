//! A matrix as an image: blue where an entry is negative, red where it is positive.

use super::canvas::{Anchor, COLUMN, Canvas, INK, SMALL, TEXT, text_width};
use super::color::diverging;
use super::drawn::Figure;
use super::frame::{Scale, minus};
use crate::report::phrase::short;
use crate::report::readable::is_mixed;
use crate::study::{LinearAt, Study};
use linalg::Matrix;

/// An image has no more rows and columns than this: 140 x 140 rectangles are still a small file.
const CELLS: usize = 140;

/// A matrix with fewer entries: each stands for a block.
pub(in super::super) struct Blocks {
    /// Of each block the entry with the largest modulus.
    pub(in super::super) values: Matrix,
    /// Rows and columns of a block, on average.
    pub(in super::super) size: f64,
}

/// The matrix with at most `most` rows and columns.
pub(in super::super) fn blocks(a: &Matrix, most: usize) -> Blocks {
    let (rows, cols) = (a.rows().min(most), a.cols().min(most));
    let mut values: Matrix = Matrix::zeros(rows, cols);
    for j in 0..a.cols() {
        for i in 0..a.rows() {
            let block = &mut values[(i * rows / a.rows(), j * cols / a.cols())];
            if a[(i, j)].abs() > block.abs() {
                *block = a[(i, j)];
            }
        }
    }
    Blocks { values, size: (a.rows() as f64 / rows as f64).max(a.cols() as f64 / cols as f64) }
}

/// The value that the darkest color stands for: the largest, unless a few entries stand out so far that the others would
/// be pale; then that below which 98 % of the others lie.
pub(in super::super) fn reach(a: &Matrix) -> f64 {
    let mut sizes: Vec<f64> =
        a.as_slice().iter().map(|v| v.abs()).filter(|v| *v > 0.0 && v.is_finite()).collect();
    sizes.sort_by(f64::total_cmp);
    let Some(&most) = sizes.last() else { return 1.0 };
    let usual = sizes[(sizes.len() - 1) * 98 / 100];
    if sizes.len() > 100 && most > 3.0 * usual { usual } else { most }
}

/// M of a network, else A of a linear system.
pub(super) fn matrix(study: &Study) -> Option<Figure> {
    let whole = |at: &&LinearAt| at.point.is_none() && !is_mixed(study);
    let linear = || study.linear.first().filter(whole).map(|at| (&at.a, "A"));
    let (a, symbol) = study.connectivity.as_ref().map(|m| (m, "M")).or_else(linear)?;
    let (canvas, told) = drawing(a, symbol)?;
    let caption =
        format!("The matrix {symbol}, {} x {}: rows are targets, columns sources.{told}", a.rows(), a.cols());
    Some(Figure::new("matrix", &format!("The matrix {symbol}"), caption, canvas))
}

/// How fast the real part of an eigenvalue moves with each weight.
pub(super) fn sensitivity(study: &Study) -> Option<Figure> {
    let synapses = study.synapses.as_ref()?;
    let derivative = synapses.derivative.as_ref()?;
    let symbol = synapses.symbol;
    let (canvas, told) = drawing(derivative, &format!("\u{2202}\u{3bb}/\u{2202}{symbol}"))?;
    let z = synapses.eigenvalue;
    let value =
        if z.im == 0.0 { short(z.re) } else { format!("{} \u{b1} {}i", short(z.re), short(z.im.abs())) };
    let caption = format!(
        "How fast the real part of the eigenvalue {} grows (red) or falls (blue) with each entry of {symbol}: the target's part in \
         the left eigenvector times the source's part in the right one{}. Rows are targets, columns sources.{told}",
        minus(&value),
        if study.time_unit == "s" { ", in 1/s" } else { "" }
    );
    Some(Figure::new("sensitivity", "Which weight matters", caption, canvas))
}

/// A matrix with its scale, and what a caption has to say about the picture.
fn drawing(a: &Matrix, symbol: &str) -> Option<(Canvas, String)> {
    if a.rows() == 0 || a.cols() == 0 {
        return None;
    }
    let shown = blocks(a, CELLS);
    let most = reach(&shown.values);
    let mut canvas = Canvas::new(COLUMN, 192.0);
    let (left, top, room) = (34.0, 24.0, 150.0);
    let (rows, cols) = (a.rows() as f64, a.cols() as f64);
    let (width, height) = if cols >= rows {
        (room, (room * rows / cols).max(20.0))
    } else {
        ((room * cols / rows).max(20.0), room)
    };
    canvas.height = top + height + 14.0;
    image(&mut canvas, (left, top, width, height), &shown.values, |v| diverging(v / most));
    if a.rows() <= 6 && a.cols() <= 6 {
        for i in 0..a.rows() {
            for j in 0..a.cols() {
                let v = a[(i, j)];
                let at =
                    (left + width * (j as f64 + 0.5) / cols, top + height * (i as f64 + 0.5) / rows + 2.7);
                let ink = if v.abs() > 0.6 * most { "#ffffff" } else { INK };
                canvas.text(at, Anchor::Middle, TEXT, ink, &minus(&short(v)));
            }
        }
    }
    let outline =
        [(left, top), (left + width, top), (left + width, top + height), (left, top + height), (left, top)];
    canvas.polyline(&outline, INK, 0.7, "");
    for k in counts(a.cols()) {
        let x = left + width * (k as f64 - 0.5) / cols;
        canvas.line((x, top - 3.0), (x, top), INK, 0.7);
        canvas.text((x, top - 5.0), Anchor::Middle, SMALL, INK, &k.to_string());
    }
    for k in counts(a.rows()) {
        let y = top + height * (k as f64 - 0.5) / rows;
        canvas.line((left - 3.0, y), (left, y), INK, 0.7);
        canvas.text((left - 5.0, y + 2.5), Anchor::End, SMALL, INK, &k.to_string());
    }
    canvas.text((left + width / 2.0, top - 14.5), Anchor::Middle, TEXT, INK, "source (column)");
    canvas.text_up((10.4, top + height / 2.0), TEXT, "target (row)");
    let bar = (left + width + 10.0, top, 8.0, height);
    color_bar(&mut canvas, bar, Scale::new(-most, most), symbol, |f| diverging(2.0 * f - 1.0));
    let coarse = if shown.size > 1.0 {
        format!(
            " Each cell stands for a block of about {:.1} x {:.1} entries and shows the largest of them.",
            shown.size, shown.size
        )
    } else {
        String::new()
    };
    let largest = a.norm_max();
    let beyond = if largest > most {
        format!(" Colors end at {}; the largest entry is {}.", short(most), short(largest))
    } else {
        String::new()
    };
    Some((canvas, format!("{coarse}{beyond}")))
}

/// Round counts along a side of `n`, with 1 and n among them where they fit.
fn counts(n: usize) -> Vec<usize> {
    if n <= 8 {
        return (1..=n).collect();
    }
    let (ticks, _) = Scale::new(0.0, n as f64).ticks(4);
    let round = ticks.iter().map(|(v, _)| *v as usize).filter(|v| *v > 0 && *v <= n);
    std::iter::once(1).chain(round).collect()
}

/// The matrix as rectangles in `(left, top, width, height)`; neighbors of one color in a row are one rectangle.
pub(super) fn image(
    canvas: &mut Canvas,
    place: (f64, f64, f64, f64),
    values: &Matrix,
    color: impl Fn(f64) -> String,
) {
    image_on(canvas, place, values, &color(0.0), color);
}

/// The same on a background of one color, which costs nothing where cells have it.
pub(super) fn image_on(
    canvas: &mut Canvas,
    place: (f64, f64, f64, f64),
    values: &Matrix,
    background: &str,
    color: impl Fn(f64) -> String,
) {
    let (left, top, width, height) = place;
    canvas.crisp();
    canvas.rect(left, top, width, height, background);
    let (rows, cols) = (values.rows(), values.cols());
    let (w, h) = (width / cols as f64, height / rows as f64);
    // Rectangles overlap a little, so that no seam shows between them.
    let seam = 0.15;
    for i in 0..rows {
        let mut j = 0;
        while j < cols {
            let fill = color(values[(i, j)]);
            let mut end = j + 1;
            while end < cols && color(values[(i, end)]) == fill {
                end += 1;
            }
            if fill != background {
                let across = ((end - j) as f64 * w + seam).min(width - j as f64 * w);
                let down = (h + seam).min(height - i as f64 * h);
                canvas.rect(left + j as f64 * w, top + i as f64 * h, across, down, &fill);
            }
            j = end;
        }
    }
    canvas.unclip();
}

/// A vertical bar that says what colors mean, in `(left, top, width, height)`.
pub(super) fn color_bar(
    canvas: &mut Canvas,
    place: (f64, f64, f64, f64),
    scale: Scale,
    label: &str,
    color: impl Fn(f64) -> String,
) {
    let (left, top, width, height) = place;
    let parts = 64;
    canvas.crisp();
    let h = height / f64::from(parts);
    for k in 0..parts {
        let f = 1.0 - (f64::from(k) + 0.5) / f64::from(parts);
        let down = if k + 1 < parts { h + 0.15 } else { h };
        canvas.rect(left, top + f64::from(k) * h, width, down, &color(f));
    }
    canvas.unclip();
    let (ticks, power) = scale.ticks(if height > 60.0 { 4 } else { 2 });
    for (v, text) in ticks {
        let y = top + height * (1.0 - scale.fraction(v));
        canvas.line((left + width, y), (left + width + 2.5, y), INK, 0.7);
        canvas.text((left + width + 4.5, y + 2.5), Anchor::Start, SMALL, INK, &text);
    }
    let label = super::frame::with_power(label, power);
    // A long label moves to the left, so that it ends on the page.
    let start = left.min(canvas.width - 2.0 - text_width(&label, TEXT));
    canvas.text((start, top - 5.0), Anchor::Start, TEXT, INK, &label);
}
