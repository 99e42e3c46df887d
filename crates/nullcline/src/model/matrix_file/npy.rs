//! NumPy's .npy and .npz.

use super::entries::{MAX_ENTRIES, MatrixError};
use linalg::Matrix;
use npyz::npz::{array_name_from_file_name, file_name_from_array_name};
use npyz::{NpyFile, Order};
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// Reads a .npy file.
pub(super) fn read_npy(name: &str, bytes: &[u8]) -> Result<Matrix, MatrixError> {
    let broken = |why: &str| MatrixError::new(format!("`{name}` is not a .npy file: {why}"));
    if !bytes.starts_with(b"\x93NUMPY") {
        return Err(broken("it does not begin as one"));
    }
    let header = match *bytes {
        [_, _, _, _, _, _, 1, _, a, b, ..] => u32::from(u16::from_le_bytes([a, b])),
        [_, _, _, _, _, _, 2 | 3, _, a, b, c, d, ..] => u32::from_le_bytes([a, b, c, d]),
        _ => return Err(broken("its version is not known")),
    };
    if header as usize > bytes.len() {
        return Err(broken("its header is cut off"));
    }
    let file = NpyFile::new(bytes).map_err(|e| broken(&e.to_string()))?;
    from_npy(name, file, Some(bytes.len() as u64))
}

/// Reads one array of a .npz archive.
pub(super) fn read_npz(name: &str, bytes: &[u8], variable: Option<&str>) -> Result<Matrix, MatrixError> {
    let broken = |why: String| MatrixError::new(format!("`{name}` is not a .npz file: {why}"));
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|e| broken(e.to_string()))?;
    let files: Vec<_> = archive.file_names().collect::<Result<_, _>>().map_err(|e| broken(e.to_string()))?;
    let mut names: Vec<String> =
        files.iter().filter_map(|f| array_name_from_file_name(f)).map(str::to_owned).collect();
    drop(files);
    names.sort_unstable();
    let wanted = choose(name, &names, variable)?;
    let file = archive.by_name(&file_name_from_array_name(&wanted)).map_err(|e| broken(e.to_string()))?;
    let array = NpyFile::new(file).map_err(|e| broken(e.to_string()))?;
    from_npy(name, array, None)
}

/// The array that is meant: the named one, or the only one.
pub(super) fn choose(file: &str, names: &[String], variable: Option<&str>) -> Result<String, MatrixError> {
    let list = names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ");
    match (variable, names) {
        (Some(v), _) if names.iter().any(|n| n == v) => Ok(v.to_owned()),
        (Some(v), _) => Err(MatrixError::new(format!("there is no array `{v}` in `{file}`"))
            .hint(format!("there are {list}"))),
        (None, [only]) => Ok(only.clone()),
        (None, []) => Err(MatrixError::new(format!("`{file}` holds no matrix of numbers"))),
        (None, _) => Err(MatrixError::new(format!("`{file}` holds several arrays: {list}"))
            .hint(format!("say which: variable = \"{}\"", names[0]))),
    }
}

fn from_npy<R: Read>(name: &str, file: NpyFile<R>, available: Option<u64>) -> Result<Matrix, MatrixError> {
    let shape = file.shape().to_vec();
    let &[rows, cols] = shape.as_slice() else {
        let e =
            MatrixError::new(format!("the array in `{name}` has {} dimensions, a matrix has 2", shape.len()));
        return Err(e.hint("reshape it before saving: a column is n x 1"));
    };
    let entries = rows.checked_mul(cols).filter(|&k| k <= MAX_ENTRIES);
    let Some(entries) = entries else {
        return Err(MatrixError::new(format!(
            "the array in `{name}` claims {rows} x {cols} entries: too many"
        )));
    };
    if available.is_some_and(|bytes| entries > bytes) {
        let claim = format!("claims {rows} x {cols} entries and has too few bytes");
        return Err(MatrixError::new(format!("`{name}` is cut off: it {claim}")));
    }
    let order = file.order();
    let data = numbers(name, file)?;
    if data.len() as u64 != entries {
        return Err(MatrixError::new(format!("`{name}` is cut off: {} of {entries} entries", data.len())));
    }
    let (rows, cols) = (rows as usize, cols as usize);
    Ok(match order {
        Order::Fortran => Matrix::from_columns(rows, cols, data),
        Order::C => Matrix::from_columns(cols, rows, data).transpose(),
    })
}

/// All entries as doubles, whatever number type they have.
fn numbers<R: Read>(name: &str, mut file: NpyFile<R>) -> Result<Vec<f64>, MatrixError> {
    let described = file.dtype().descr();
    macro_rules! try_as {
        ($($t:ty),*) => {$(
            match file.try_data::<$t>() {
                Ok(data) => {
                    let mut out = Vec::new();
                    for x in data {
                        let x = x.map_err(|e| MatrixError::new(format!("`{name}` is cut off: {e}")))?;
                        out.push(x as f64);
                    }
                    return Ok(out);
                }
                Err(back) => file = back,
            }
        )*};
    }
    try_as!(f64, f32, i64, i32, i16, i8, u64, u32, u16, u8);
    match file.try_data::<bool>() {
        Ok(data) => data
            .map(|x| x.map(|b| f64::from(u8::from(b))))
            .collect::<Result<_, _>>()
            .map_err(|e| MatrixError::new(format!("`{name}` is cut off: {e}"))),
        Err(_) if described.contains("O") => {
            let e = MatrixError::new(format!(
                "`{name}` holds pickled objects, which can run code when they are read"
            ));
            Err(e.hint("save it as an array of floats: np.save(name, np.asarray(m, float))"))
        }
        Err(_) => Err(MatrixError::new(format!("`{name}` holds {described}, not real numbers"))
            .hint("save it as an array of floats: np.save(name, np.asarray(m, float))")),
    }
}
