//! The text of a model as a message shows it: whole lines, but of a line that no screen holds only what is near the caret.
//!
//! miette pads the line of a caret to its column, and panics where that is above 65 535.

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

/// A named text.
#[derive(Debug)]
pub(super) struct Page {
    name: String,
    text: Box<str>,
}

/// A line of more bytes than this is cut.
const LONG: usize = 1000;
/// Bytes that are shown on either side of the caret in a line that is cut.
const AROUND: usize = 40;

impl Page {
    pub(super) fn new(name: &str, text: &str) -> Self {
        Self { name: name.to_owned(), text: text.into() }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }
}

impl SourceCode for Page {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let whole = self.text.read_span(span, before, after)?;
        let name = self.name.clone();
        if whole.data().split(|&b| b == b'\n').all(|line| line.len() <= LONG) {
            let (line, column) = (whole.line(), whole.column());
            let contents = MietteSpanContents::new_named(
                name,
                whole.data(),
                *whole.span(),
                line,
                column,
                whole.line_count(),
            );
            return Ok(Box::new(contents));
        }
        let (start, end) = (span.offset(), span.offset() + span.len());
        if end - start > LONG {
            // Two carets that lie far apart are shown apart.
            return Err(MietteError::OutOfBounds);
        }
        let first = self.text[..start].rfind('\n').map_or(0, |k| k + 1);
        let last = self.text[end..].find('\n').map_or(self.text.len(), |k| end + k);
        // With no lines around it the place itself is asked for.
        let room = if before == 0 && after == 0 { 0 } else { AROUND };
        let from = floor(&self.text, start.saturating_sub(room)).max(first);
        let to = ceil(&self.text, (end + room).min(last));
        let line = self.text[..from].matches('\n').count();
        let data = &self.text.as_bytes()[from..to];
        let lines = 1 + self.text[from..to].matches('\n').count();
        let shown = SourceSpan::from((from, to - from));
        Ok(Box::new(MietteSpanContents::new_named(name, data, shown, line, from - first, lines)))
    }
}

/// The last border of a character at or before a byte of the text.
pub(super) fn floor(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|&k| text.is_char_boundary(k)).unwrap_or(0)
}

/// The first border of a character at or after a byte of the text.
pub(super) fn ceil(text: &str, at: usize) -> usize {
    (at..text.len()).find(|&k| text.is_char_boundary(k)).unwrap_or(text.len())
}
