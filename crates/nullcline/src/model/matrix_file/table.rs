//! Comma-separated values, with or without a header and a first column of names.

use super::entries::{MatrixError, from_rows};
use linalg::Matrix;

/// Rows of text with their header.
pub(crate) struct Table {
    pub(crate) header: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

impl Table {
    /// The place of a column.
    pub(crate) fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|h| h == name)
    }
}

fn cells(name: &str, bytes: &[u8]) -> Result<Vec<Vec<String>>, MatrixError> {
    let text = std::str::from_utf8(bytes).ok().filter(|t| !t.contains('\0'));
    let Some(text) = text else {
        let e = MatrixError::new(format!("`{name}` is binary, not text"));
        return Err(e.hint(
            "a .csv file holds numbers as text; .npy, .npz and .mat files are read by their own names",
        ));
    };
    let text = text.trim_start_matches('\u{feff}');
    let first = text.lines().find(|l| !l.trim().is_empty() && !l.starts_with('#')).unwrap_or("");
    let delimiter = [b',', b';', b'\t'].into_iter().find(|d| first.as_bytes().contains(d)).unwrap_or(b' ');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .comment(Some(b'#'))
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| MatrixError::new(format!("`{name}` is not a table: {e}")))?;
        let mut row: Vec<String> = record.iter().map(str::to_owned).collect();
        if delimiter == b' ' {
            row.retain(|c| !c.is_empty());
        }
        if row.iter().any(|c| !c.is_empty()) {
            rows.push(row);
        }
    }
    Ok(rows)
}

/// Reads a table whose first row is its header.
pub(crate) fn read_table(name: &str, bytes: &[u8]) -> Result<Table, MatrixError> {
    let mut rows = cells(name, bytes)?;
    if rows.is_empty() {
        return Err(MatrixError::new(format!("`{name}` is empty")));
    }
    let header = rows.remove(0);
    if let Some(k) = rows.iter().position(|r| r.len() != header.len()) {
        let (n, m) = (rows[k].len(), header.len());
        return Err(MatrixError::new(format!(
            "`{name}` is ragged: row {} has {n} entries, its header {m}",
            k + 2
        )));
    }
    Ok(Table { header, rows })
}

/// Reads a matrix of numbers; a header and a first column of names are passed over.
pub(super) fn read_numbers(name: &str, bytes: &[u8]) -> Result<Matrix, MatrixError> {
    let rows = cells(name, bytes)?;
    let is_word = |c: &String| c.parse::<f64>().is_err();
    // An empty corner, as spreadsheets and data frames write it, stands over names of rows, even if these are numbers.
    let corner = rows.first().is_some_and(|r| r.len() > 1 && r[0].is_empty());
    let words = |r: &Vec<String>| r.iter().any(is_word) && r.iter().skip(1).all(is_word);
    let header = corner || rows.first().is_some_and(words);
    let body = &rows[usize::from(header)..];
    let labels = corner || !body.is_empty() && body.iter().all(|r| r.len() > 1 && is_word(&r[0]));
    let first = usize::from(labels);
    let mut numbers = Vec::with_capacity(body.len());
    for (i, row) in body.iter().enumerate() {
        let mut entries = Vec::with_capacity(row.len());
        for (j, cell) in row.iter().enumerate().skip(first) {
            let value = cell.parse::<f64>().map_err(|_| {
                let place = format!("row {}, column {}", i + 1 + usize::from(header), j + 1);
                MatrixError::new(match cell.as_str() {
                    "" => format!("`{name}` has an empty entry: {place}"),
                    cell => format!("`{cell}` in `{name}` is not a number: {place}"),
                })
            })?;
            entries.push(value);
        }
        numbers.push(entries);
    }
    if numbers.is_empty() {
        return Err(MatrixError::new(format!("`{name}` holds no numbers")));
    }
    from_rows(&numbers, &format!("`{name}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_and_names_of_rows_are_passed_over() {
        let a = Matrix::from_rows(&[[1.0, 2.0], [3.0, -4.0]]);
        for text in [
            "1,2\n3,-4\n",
            "1 2\n3  -4",
            "1;2\n3;-4",
            "1\t2\r\n3\t-4\r\n",
            "# a comment\n1,2\n3,-4",
            "x,y\n1,2\n3,-4",
            ",x,y\nx,1,2\ny,3,-4",
            ",0,1\n0,1,2\n1,3,-4",
            "x,1,2\ny,3,-4",
            "\u{feff}1,2\n3,-4",
        ] {
            assert_eq!(read_numbers("a.csv", text.as_bytes()).unwrap(), a, "{text}");
        }
    }

    #[test]
    fn an_error_names_row_and_column() {
        let message = |bytes: &[u8]| read_numbers("a.csv", bytes).unwrap_err().message;
        assert_eq!(message(b"1,2\n3,x\n"), "`x` in `a.csv` is not a number: row 2, column 2");
        assert_eq!(message(b"1,2\n3\n"), "`a.csv` is ragged: row 2 has 1 entries, row 1 has 2");
        assert_eq!(message(b"a,b\n"), "`a.csv` holds no numbers");
        assert!(message(&[0, 1, 2, 255]).contains("binary"));
    }
}
