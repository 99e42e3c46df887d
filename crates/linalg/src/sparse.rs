//! A sparse matrix in compressed rows.

/// A sparse `rows x cols` matrix in compressed rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Sparse {
    rows: usize,
    cols: usize,
    starts: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<f64>,
}

impl Sparse {
    /// From triplets (row, column, value); entries at one place add up.
    pub fn from_triplets(rows: usize, cols: usize, triplets: &[(usize, usize, f64)]) -> Self {
        let mut sorted = triplets.to_vec();
        sorted.sort_by_key(|&(i, j, _)| (i, j));
        let (mut starts, mut columns, mut values) = (vec![0; rows + 1], Vec::new(), Vec::new());
        let mut last = None;
        for (i, j, v) in sorted {
            assert!(i < rows && j < cols, "entry ({i}, {j}) of a matrix of {rows} x {cols}");
            if last == Some((i, j)) {
                *values.last_mut().expect("an entry at this place was stored") += v;
                continue;
            }
            last = Some((i, j));
            starts[i + 1] += 1;
            columns.push(j as u32);
            values.push(v);
        }
        for i in 0..rows {
            starts[i + 1] += starts[i];
        }
        Self { rows, cols, starts, columns, values }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns.
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// Number of stored entries.
    pub fn entries(&self) -> usize {
        self.values.len()
    }
}
