//! Files with many arrays by name, as training libraries store weights: .npz and .safetensors.
//!
//! Floats of any precision become doubles, exactly. Integers are refused: quantized weights mean nothing without their scales.

use super::array::{Array, entries, not_floats};
use super::entries::MatrixError;
use super::npy::choose;
use super::safetensors::Tensors;
use linalg::Matrix;
use npyz::npz::{array_name_from_file_name, file_name_from_array_name};
use npyz::{NpyFile, Order};
use std::io::Cursor;
use zip::ZipArchive;

/// An open file of arrays.
pub(crate) enum Arrays<'a> {
    /// NumPy's archive.
    Npz(ZipArchive<Cursor<&'a [u8]>>),
    /// A header and bytes.
    Safetensors(Tensors<'a>),
}

impl<'a> Arrays<'a> {
    /// Opens a file; its kind is told by the end of its name.
    pub(crate) fn open(name: &str, bytes: &'a [u8]) -> Result<Self, MatrixError> {
        if bytes.is_empty() {
            return Err(MatrixError::new(format!("`{name}` is empty")));
        }
        let extension = name.rsplit_once('.').map_or(String::new(), |(_, e)| e.to_lowercase());
        match extension.as_str() {
            "npz" => ZipArchive::new(Cursor::new(bytes)).map(Self::Npz).map_err(|e| broken_npz(name, &e)),
            "safetensors" => Tensors::open(name, bytes).map(Self::Safetensors),
            "pt" | "pth" | "ckpt" | "bin" | "pkl" | "pickle" => {
                let e = MatrixError::new(format!("`{name}` is a pickle, which can run code when it is read"));
                Err(e.hint(SAVE))
            }
            "h5" | "hdf5" | "keras" => {
                Err(MatrixError::new(format!("`{name}` is a Keras file, which is not read")).hint(SAVE))
            }
            _ => {
                let e = MatrixError::new(format!("`{name}` is not of a known kind of file"));
                Err(e.hint("named arrays are read from .npz and .safetensors files"))
            }
        }
    }

    /// The names of the arrays, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = match self {
            Self::Npz(archive) => {
                let files = archive.file_names().filter_map(Result::ok);
                files.filter_map(|f| array_name_from_file_name(&f).map(str::to_owned)).collect()
            }
            Self::Safetensors(tensors) => tensors.names(),
        };
        names.sort_unstable();
        names
    }

    /// The shape of an array, without its numbers; `None` where it cannot be told.
    pub(crate) fn shape(&mut self, array: &str) -> Option<Vec<usize>> {
        match self {
            Self::Npz(archive) => {
                let entry = archive.by_name(&file_name_from_array_name(array)).ok()?;
                NpyFile::new(entry).ok()?.shape().iter().map(|&k| usize::try_from(k).ok()).collect()
            }
            Self::Safetensors(tensors) => tensors.shape(array),
        }
    }

    /// The array of this name, which must exist, with finite entries.
    pub(crate) fn read(&mut self, file: &str, array: &str) -> Result<Array, MatrixError> {
        let found = match self {
            Self::Npz(archive) => read_npz_array(file, array, archive)?,
            Self::Safetensors(tensors) => tensors.read(file, array)?,
        };
        let Some(k) = found.values.iter().position(|x| !x.is_finite()) else { return Ok(found) };
        let what = if found.values[k].is_nan() { "not a number (NaN)" } else { "infinite" };
        let e = MatrixError::new(format!(
            "`{array}` in `{file}` has an entry that is {what}: {}",
            place(&found.shape, k)
        ));
        Err(e.hint("every weight is a finite number: a training that diverged leaves such entries"))
    }
}

/// Reads one matrix of a .safetensors file.
pub(super) fn read_safetensors(
    name: &str,
    bytes: &[u8],
    variable: Option<&str>,
) -> Result<Matrix, MatrixError> {
    let mut arrays = Arrays::open(name, bytes)?;
    let wanted = choose(name, &arrays.names(), variable)?;
    let found = arrays.read(name, &wanted)?;
    match found.shape[..] {
        [rows, cols] => Ok(Matrix::from_columns(cols, rows, found.values).transpose()),
        ref shape => {
            let message = format!("`{wanted}` in `{name}` has {} dimensions, a matrix has 2", shape.len());
            Err(MatrixError::new(message).hint("name another array, or reshape it before saving"))
        }
    }
}

/// How weights are brought into a file that is read.
const SAVE: &str = "save plain arrays: np.savez(\"weights.npz\", **{k: v.numpy() for k, v in net.state_dict().items()}), or \
                    safetensors.torch.save_file(net.state_dict(), \"weights.safetensors\")";

fn broken_npz(name: &str, why: &dyn std::fmt::Display) -> MatrixError {
    MatrixError::new(format!("`{name}` is not a .npz file: {why}"))
}

fn read_npz_array(
    file: &str,
    array: &str,
    archive: &mut ZipArchive<Cursor<&[u8]>>,
) -> Result<Array, MatrixError> {
    let broken = |why: &dyn std::fmt::Display| {
        MatrixError::new(format!("`{array}` in `{file}` cannot be read: {why}"))
    };
    let entry = archive.by_name(&file_name_from_array_name(array)).map_err(|e| broken(&e))?;
    let npy = NpyFile::new(entry).map_err(|e| broken(&e))?;
    let shape: Vec<usize> = npy.shape().iter().map(|&k| usize::try_from(k).unwrap_or(usize::MAX)).collect();
    let count = entries(file, array, &shape)?;
    let order = npy.order();
    let described = npy.dtype().descr();
    let values: Vec<f64> = match npy.try_data::<f64>() {
        Ok(data) => data.take(count).collect::<Result<_, _>>().map_err(|e| broken(&e))?,
        Err(npy) => match npy.try_data::<f32>() {
            Ok(data) => {
                let data: Result<Vec<f32>, _> = data.take(count).collect();
                data.map_err(|e| broken(&e))?.into_iter().map(f64::from).collect()
            }
            Err(_) => return Err(not_floats(file, array, &format!("numbers of type {described}"))),
        },
    };
    if values.len() != count {
        return Err(broken(&format!("it ends after {} of {count} entries", values.len())));
    }
    Ok(Array { values: if order == Order::Fortran { last_fastest(&shape, &values) } else { values }, shape })
}

/// Entries whose first axis runs fastest, in the other order.
fn last_fastest(shape: &[usize], values: &[f64]) -> Vec<f64> {
    let mut out = Vec::with_capacity(values.len());
    for k in 0..values.len() {
        let (mut rest, mut at) = (k, 0);
        for (axis, &size) in shape.iter().enumerate().rev() {
            let stride: usize = shape[..axis].iter().product();
            at += stride * (rest % size);
            rest /= size;
        }
        out.push(values[at]);
    }
    out
}

/// Where entry `k` stands, counted from 1.
fn place(shape: &[usize], k: usize) -> String {
    match *shape {
        [_, cols] if cols > 0 => format!("row {}, column {}", k / cols + 1, k % cols + 1),
        _ => format!("entry {}", k + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_axis_of_fortran_runs_fastest() {
        // 2 x 3: columns (1, 4), (2, 5), (3, 6).
        assert_eq!(last_fastest(&[2, 3], &[1.0, 4.0, 2.0, 5.0, 3.0, 6.0]), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        assert_eq!(last_fastest(&[3], &[1.0, 2.0, 3.0]), [1.0, 2.0, 3.0]);
    }
}
