//! MATLAB's .mat, version 5.

use super::entries::{MAX_ENTRIES, MatrixError};
use super::npy::choose;
use linalg::Matrix;
use matfile::{MatFile, NumericData};

/// Reads one matrix of a .mat file.
pub(super) fn read_mat(name: &str, bytes: &[u8], variable: Option<&str>) -> Result<Matrix, MatrixError> {
    if bytes.starts_with(b"MATLAB 7.3") || bytes.starts_with(b"\x89HDF") {
        let e = MatrixError::new(format!("`{name}` is a .mat file of version 7.3 (HDF5)"));
        return Err(e.hint("save it with `save(name, 'A', '-v7')`, or as .csv"));
    }
    let file = MatFile::parse(bytes).map_err(|_| {
        MatrixError::new(format!("`{name}` is not a .mat file of version 5"))
            .hint("save it with `save(name, 'A', '-v7')`, or as .csv")
    })?;
    // Arrays of more dimensions are listed too, so that a matrix beside them is not taken for what is meant.
    let names: Vec<String> = file.arrays().iter().map(|a| a.name().to_owned()).collect();
    let wanted = choose(name, &names, variable)?;
    let array = file.arrays().iter().find(|a| a.name() == wanted).expect("the name was chosen among them");
    if array.size().len() != 2 {
        let k = array.size().len();
        return Err(MatrixError::new(format!("`{wanted}` in `{name}` has {k} dimensions, a matrix has 2")));
    }
    let (rows, cols) = (array.size()[0], array.size()[1]);
    let data =
        real(array.data()).ok_or_else(|| MatrixError::new(format!("`{wanted}` in `{name}` is complex")))?;
    if (rows as u64).checked_mul(cols as u64).is_none_or(|k| k > MAX_ENTRIES || k != data.len() as u64) {
        return Err(MatrixError::new(format!(
            "`{wanted}` in `{name}` claims {rows} x {cols} entries and has others"
        )));
    }
    Ok(Matrix::from_columns(rows, cols, data))
}

fn real(data: &NumericData) -> Option<Vec<f64>> {
    macro_rules! each {
        ($($kind:ident),*) => {
            match data {
                $(NumericData::$kind { real, imag: None } => Some(real.iter().map(|&x| x as f64).collect()),)*
                _ => None,
            }
        };
    }
    each!(Int8, UInt8, Int16, UInt16, Int32, UInt32, Int64, UInt64, Single, Double)
}
