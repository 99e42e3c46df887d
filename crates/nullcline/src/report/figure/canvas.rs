//! A drawing under way: SVG elements with coordinates in points (1/72 inch).
//!
//! A column of a journal is 85 mm, that is 241 points, wide; text of 8 points is then 8 points on the page. Coordinates
//! keep two decimals, so equal studies give equal bytes. The elements are written directly because a drawing library with
//! integer pixels leaves visible steps at this size.

use std::fmt::Write;

/// Width of a column of a journal: 85 mm.
pub(in super::super) const COLUMN: f64 = 241.0;
/// Size of labels.
pub(in super::super) const TEXT: f64 = 8.0;
/// Size of tick labels.
pub(in super::super) const SMALL: f64 = 7.0;
/// Color of axes and text.
pub(in super::super) const INK: &str = "#222222";

/// Stands for the figure's name until it is known; [`escape`] lets no such character through.
const ID: char = '\u{1}';

/// Where a text stands relative to its point.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Anchor {
    /// It begins there.
    Start,
    /// Its middle is there.
    Middle,
    /// It ends there.
    End,
}

/// A drawing under way.
pub(in super::super) struct Canvas {
    /// Points across.
    pub(in super::super) width: f64,
    /// Points down.
    pub(in super::super) height: f64,
    body: String,
    clips: usize,
}

impl Canvas {
    /// An empty drawing.
    pub(in super::super) fn new(width: f64, height: f64) -> Self {
        Self { width, height, body: String::new(), clips: 0 }
    }

    /// The whole document; `name` keeps its ids apart from those of other figures on one page.
    pub(in super::super) fn finish(self, name: &str, title: &str) -> String {
        let (w, h) = (self.width, self.height);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}mm\" height=\"{}mm\" viewBox=\"0 0 {} {}\" \
             font-family=\"Helvetica, Arial, 'Liberation Sans', sans-serif\" role=\"img\">\n<title>{}</title>\n\
             <rect width=\"{}\" height=\"{}\" fill=\"#ffffff\"/>\n{}</svg>\n",
            short(w * 25.4 / 72.0),
            short(h * 25.4 / 72.0),
            short(w),
            short(h),
            escape(title),
            short(w),
            short(h),
            self.body.replace(ID, name)
        )
    }

    fn put(&mut self, element: std::fmt::Arguments) {
        self.body.write_fmt(element).expect("writing to a string does not fail");
    }

    /// A straight line.
    pub(in super::super) fn line(&mut self, from: (f64, f64), to: (f64, f64), color: &str, width: f64) {
        self.polyline(&[from, to], color, width, "");
    }

    /// A dashed straight line.
    pub(in super::super) fn dashed(&mut self, from: (f64, f64), to: (f64, f64), color: &str, width: f64) {
        self.polyline(&[from, to], color, width, " stroke-dasharray=\"3 2\"");
    }

    /// Short upright strokes, each from its point downwards: one element for all of them.
    pub(in super::super) fn strokes(&mut self, points: &[(f64, f64)], length: f64, color: &str, width: f64) {
        let finite: Vec<_> = points.iter().filter(|p| p.0.is_finite() && p.1.is_finite()).collect();
        if finite.is_empty() {
            return;
        }
        self.put(format_args!("<path d=\""));
        for (x, y) in finite {
            self.put(format_args!("M{} {}v{}", short(*x), short(*y), short(length)));
        }
        self.put(format_args!("\" fill=\"none\" stroke=\"{color}\" stroke-width=\"{}\"/>\n", short(width)));
    }

    /// A broken line; it is interrupted where a point is not finite.
    pub(in super::super) fn polyline(&mut self, points: &[(f64, f64)], color: &str, width: f64, more: &str) {
        for piece in points.split(|p| !p.0.is_finite() || !p.1.is_finite()).filter(|p| p.len() > 1) {
            self.put(format_args!("<path d=\"M"));
            for (k, (x, y)) in piece.iter().enumerate() {
                let gap = if k == 0 { "" } else { " " };
                self.put(format_args!("{gap}{} {}", short(*x), short(*y)));
            }
            let width = short(width);
            self.put(format_args!(
                "\" fill=\"none\" stroke=\"{color}\" stroke-width=\"{width}\" stroke-linejoin=\"round\" \
                 stroke-linecap=\"round\"{more}/>\n"
            ));
        }
    }

    /// A filled polygon.
    pub(in super::super) fn polygon(&mut self, points: &[(f64, f64)], fill: &str) {
        if points.iter().any(|p| !p.0.is_finite() || !p.1.is_finite()) {
            return;
        }
        let list: Vec<String> = points.iter().map(|(x, y)| format!("{},{}", short(*x), short(*y))).collect();
        self.put(format_args!("<polygon points=\"{}\" fill=\"{fill}\"/>\n", list.join(" ")));
    }

    /// A filled rectangle.
    pub(in super::super) fn rect(&mut self, x: f64, y: f64, width: f64, height: f64, fill: &str) {
        self.put(format_args!(
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{fill}\"/>\n",
            short(x),
            short(y),
            short(width),
            short(height)
        ));
    }

    /// A disk with a rim.
    pub(in super::super) fn circle(
        &mut self,
        center: (f64, f64),
        radius: f64,
        fill: &str,
        rim: &str,
        width: f64,
    ) {
        if center.0.is_finite() && center.1.is_finite() {
            self.put(format_args!(
                "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"{fill}\" stroke=\"{rim}\" stroke-width=\"{}\"/>\n",
                short(center.0),
                short(center.1),
                short(radius),
                short(width)
            ));
        }
    }

    /// A line with a head at its end.
    pub(in super::super) fn arrow(
        &mut self,
        from: (f64, f64),
        to: (f64, f64),
        color: &str,
        width: f64,
        head: f64,
    ) {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = dx.hypot(dy);
        if !length.is_finite() || length < 1e-6 {
            return;
        }
        let (ux, uy) = (dx / length, dy / length);
        let head = head.min(length);
        let neck = (to.0 - ux * head, to.1 - uy * head);
        self.line(from, neck, color, width);
        let side = 0.4 * head;
        self.polygon(
            &[to, (neck.0 - uy * side, neck.1 + ux * side), (neck.0 + uy * side, neck.1 - ux * side)],
            color,
        );
    }

    /// A text on one line.
    pub(in super::super) fn text(
        &mut self,
        at: (f64, f64),
        anchor: Anchor,
        size: f64,
        color: &str,
        text: &str,
    ) {
        self.text_with(at, anchor, size, color, text, "");
    }

    /// A text on one line with a white halo, so that it can be read over lines.
    pub(in super::super) fn text_over(
        &mut self,
        at: (f64, f64),
        anchor: Anchor,
        size: f64,
        color: &str,
        text: &str,
    ) {
        let halo = " stroke=\"#ffffff\" stroke-width=\"2\" stroke-linejoin=\"round\"";
        self.text_with(at, anchor, size, "#ffffff", text, halo);
        self.text_with(at, anchor, size, color, text, "");
    }

    /// A text that reads upwards.
    pub(in super::super) fn text_up(&mut self, at: (f64, f64), size: f64, text: &str) {
        let turn = format!(" transform=\"rotate(-90 {} {})\"", short(at.0), short(at.1));
        self.text_with(at, Anchor::Middle, size, INK, text, &turn);
    }

    fn text_with(&mut self, at: (f64, f64), anchor: Anchor, size: f64, color: &str, text: &str, more: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        self.put(format_args!(
            "<text x=\"{}\" y=\"{}\" font-size=\"{}\" text-anchor=\"{anchor}\" fill=\"{color}\"{more}>{}</text>\n",
            short(at.0),
            short(at.1),
            short(size),
            escape(text)
        ));
    }

    /// What is drawn until [`Canvas::unclip`] shows only inside this rectangle.
    pub(in super::super) fn clip(&mut self, x: f64, y: f64, width: f64, height: f64) {
        self.clips += 1;
        let id = self.clips;
        self.put(format_args!(
            "<clipPath id=\"{ID}-{id}\"><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/></clipPath>\n\
             <g clip-path=\"url(#{ID}-{id})\">\n",
            short(x),
            short(y),
            short(width),
            short(height)
        ));
    }

    /// What is drawn until [`Canvas::unclip`] has sharp edges, so that no seam shows between the cells of an image.
    pub(in super::super) fn crisp(&mut self) {
        self.body.push_str("<g shape-rendering=\"crispEdges\">\n");
    }

    /// Ends a clip, or sharp edges.
    pub(in super::super) fn unclip(&mut self) {
        self.body.push_str("</g>\n");
    }
}

/// A coordinate with at most two decimals.
fn short(x: f64) -> String {
    let text = format!("{x:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.into() }
}

/// The text with the characters that mean something in XML and HTML written out; control characters vanish.
pub(in super::super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(' '),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// About how wide a text is, in a sans-serif like Helvetica.
pub(in super::super) fn text_width(text: &str, size: f64) -> f64 {
    let em = |c: char| match c {
        'i' | 'j' | 'l' | '.' | ',' | '\'' | '|' | ' ' | ':' => 0.28,
        'f' | 't' | 'r' | '(' | ')' | '-' => 0.34,
        'm' | 'w' | 'M' | 'W' => 0.85,
        c if c.is_uppercase() => 0.68,
        _ => 0.556,
    };
    size * text.chars().map(em).sum::<f64>()
}
