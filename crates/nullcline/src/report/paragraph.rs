//! Paragraphs of a story, and how a terminal shows them.
//!
//! A story is a list of [`Paragraph`]s, so that every door sets it in its own type: [`plain_text`] for a terminal, the
//! report in HTML for a browser.
//!
//! ```
//! use nullcline::report::{Paragraph, plain_text};
//! let story = [Paragraph::Heading("Why".into()), Paragraph::Text("Because of its eigenvalues.".into())];
//! assert_eq!(plain_text(&story, 20), "Why\n---\nBecause of its\neigenvalues.\n");
//! ```

/// A piece of a story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Paragraph {
    /// The title of a section.
    Heading(String),
    /// Sentences.
    Text(String),
    /// An equation on a line of its own.
    Formula(String),
    /// A table: its head and its rows, all of one length.
    Table {
        /// The names of the columns.
        head: Vec<String>,
        /// The rows.
        rows: Vec<Vec<String>>,
    },
    /// Sentences that stand one below the other.
    List(Vec<String>),
}

impl Paragraph {
    /// A table from anything that gives texts.
    pub(super) fn table<const N: usize>(head: [&str; N], rows: Vec<[String; N]>) -> Self {
        Paragraph::Table {
            head: head.iter().map(|h| (*h).to_string()).collect(),
            rows: rows.into_iter().map(Vec::from).collect(),
        }
    }
}

/// The story as plain text of at most `width` columns, ending in a newline.
pub fn plain_text(story: &[Paragraph], width: usize) -> String {
    let mut out = String::new();
    for (i, paragraph) in story.iter().enumerate() {
        let after_heading = i > 0 && matches!(story[i - 1], Paragraph::Heading(_));
        if i > 0 && !after_heading {
            out.push('\n');
        }
        match paragraph {
            Paragraph::Heading(title) => {
                out.push_str(&wrap(title, width, ""));
                out.push_str(&"-".repeat(title.chars().count().min(width)));
                out.push('\n');
            }
            Paragraph::Text(text) => out.push_str(&wrap(text, width, "")),
            Paragraph::Formula(text) => {
                for line in text.lines() {
                    let line = format!("    {line}");
                    if line.chars().count() <= width {
                        out.push_str(&format!("{line}\n"));
                    } else {
                        let broken = wrap(&line, width.saturating_sub(4), "    ");
                        broken.lines().for_each(|line| out.push_str(&format!("    {line}\n")));
                    }
                }
            }
            Paragraph::Table { head, rows } => out.push_str(&table(head, rows, width)),
            Paragraph::List(items) => {
                for item in items {
                    out.push_str(&wrap(&format!("- {item}"), width, "  "));
                }
            }
        }
    }
    out
}

/// The text broken into lines of at most `width` columns; lines after the first begin with `indent`.
fn wrap(text: &str, width: usize, indent: &str) -> String {
    let mut out = String::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let length = line.chars().count();
        if length > indent.len() && length + 1 + word.chars().count() > width {
            out.push_str(&line);
            out.push('\n');
            line = indent.to_string();
        } else if length > indent.len() || (length > 0 && out.is_empty()) {
            line.push(' ');
        }
        line.push_str(word);
    }
    out.push_str(&line);
    out.push('\n');
    out
}

/// Columns side by side; where they do not fit, the widest are set in several lines.
fn table(head: &[String], rows: &[Vec<String>], width: usize) -> String {
    let length = |text: &String| text.chars().count();
    let mut widths: Vec<usize> = head
        .iter()
        .enumerate()
        .map(|(j, h)| rows.iter().map(|r| length(&r[j])).fold(length(h), usize::max))
        .collect();
    let gaps = 2 * widths.len();
    while widths.iter().sum::<usize>() + gaps > width {
        let widest = (0..widths.len()).max_by_key(|&j| widths[j]).expect("a table has columns");
        if widths[widest] <= 6 {
            break;
        }
        widths[widest] -= 1;
    }
    let mut out = String::new();
    let rule: Vec<String> = widths.iter().map(|&w| "-".repeat(w)).collect();
    for row in [head, &rule].into_iter().chain(rows.iter().map(Vec::as_slice)) {
        let cells: Vec<Vec<String>> = row.iter().zip(&widths).map(|(cell, &w)| lines(cell, w)).collect();
        for k in 0..cells.iter().map(Vec::len).max().unwrap_or(0) {
            let texts = cells.iter().zip(&widths);
            let texts = texts.map(|(cell, &w)| format!("{:<w$}", cell.get(k).map_or("", String::as_str)));
            out.push_str(format!("  {}", texts.collect::<Vec<_>>().join("  ")).trim_end());
            out.push('\n');
        }
    }
    out
}

/// The text in lines of at most `width` columns; a word that is longer is divided.
fn lines(text: &str, width: usize) -> Vec<String> {
    let wrapped = wrap(text, width, "");
    let whole = wrapped.lines().flat_map(|line| {
        let letters: Vec<char> = line.chars().collect();
        letters.chunks(width.max(1)).map(|part| part.iter().collect()).collect::<Vec<String>>()
    });
    whole.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_wider_than_asked() {
        let story = [
            Paragraph::Text("word ".repeat(100)),
            Paragraph::List(vec!["an item ".repeat(30)]),
            Paragraph::Formula(format!("dx/dt = {}x\ndy/dt = 0", "x + ".repeat(40))),
            Paragraph::table(["name", "value"], vec![["x".repeat(80), "y".repeat(70)]]),
        ];
        for width in [40, 80, 100] {
            for line in plain_text(&story, width).lines() {
                assert!(line.chars().count() <= width, "{} > {width}: {line}", line.chars().count());
            }
        }
    }
}
