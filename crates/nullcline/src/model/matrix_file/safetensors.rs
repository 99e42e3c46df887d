//! The .safetensors format: a JSON header with names, types and places, then the bytes of the arrays, little end first.

use super::array::{Array, entries, not_floats};
use super::entries::MatrixError;
use ::safetensors::{Dtype, SafeTensors};

/// An open file, whose header fits its bytes.
pub(crate) struct Tensors<'a>(SafeTensors<'a>);

impl<'a> Tensors<'a> {
    /// Reads the header.
    pub(super) fn open(name: &str, bytes: &'a [u8]) -> Result<Self, MatrixError> {
        let broken = |e| {
            let error = MatrixError::new(format!("`{name}` is not a .safetensors file: {e}"));
            error.hint("it may be cut off; save it again")
        };
        SafeTensors::deserialize(bytes).map(Self).map_err(broken)
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.0.names().into_iter().map(str::to_owned).collect()
    }

    pub(super) fn shape(&self, array: &str) -> Option<Vec<usize>> {
        self.0.tensor(array).ok().map(|tensor| tensor.shape().to_vec())
    }

    pub(super) fn read(&self, file: &str, array: &str) -> Result<Array, MatrixError> {
        let tensor = self.0.tensor(array).map_err(|e| MatrixError::new(format!("`{file}`: {e}")))?;
        let shape = tensor.shape().to_vec();
        entries(file, array, &shape)?;
        let data = tensor.data();
        let values = match tensor.dtype() {
            Dtype::F64 => numbers(data, f64::from_le_bytes),
            Dtype::F32 => numbers(data, |b| f64::from(f32::from_le_bytes(b))),
            Dtype::F16 => numbers(data, |b| half(u16::from_le_bytes(b))),
            // The upper half of a float.
            Dtype::BF16 => numbers(data, |[low, high]| f64::from(f32::from_le_bytes([0, 0, low, high]))),
            other => return Err(not_floats(file, array, &format!("numbers of type {other}"))),
        };
        Ok(Array { shape, values })
    }
}

fn numbers<const N: usize>(data: &[u8], number: impl Fn([u8; N]) -> f64) -> Vec<f64> {
    data.chunks_exact(N).filter_map(|bytes| bytes.try_into().ok().map(&number)).collect()
}

/// A float of 16 bits: sign, 5 bits of exponent, 10 of fraction.
fn half(bits: u16) -> f64 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f64::from(bits & 0x3ff) / 1024.0);
    sign * match exponent {
        0 => fraction * 2.0_f64.powi(-14),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        e => (1.0 + fraction) * 2.0_f64.powi(e - 15),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file with one array of two numbers.
    fn file(dtype: &str, data: &[u8]) -> Vec<u8> {
        let header =
            format!("{{\"w\":{{\"dtype\":\"{dtype}\",\"shape\":[2],\"data_offsets\":[0,{}]}}}}", data.len());
        [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), data].concat()
    }

    #[test]
    fn floats_of_every_length_are_read_exactly() {
        let cases: [(&str, Vec<u8>); 4] = [
            ("F64", [1.5_f64, -0.25].iter().flat_map(|x| x.to_le_bytes()).collect()),
            ("F32", [1.5_f32, -0.25].iter().flat_map(|x| x.to_le_bytes()).collect()),
            ("F16", [0x3e00_u16, 0xb400].iter().flat_map(|x| x.to_le_bytes()).collect()),
            ("BF16", [0x3fc0_u16, 0xbe80].iter().flat_map(|x| x.to_le_bytes()).collect()),
        ];
        for (dtype, data) in cases {
            let bytes = file(dtype, &data);
            let tensors = Tensors::open("w.safetensors", &bytes).unwrap();
            let array = tensors.read("w.safetensors", "w").unwrap();
            assert_eq!((array.shape, array.values), (vec![2], vec![1.5, -0.25]), "{dtype}");
        }
        assert_eq!([half(0x0001), half(0x7bff)], [2.0_f64.powi(-24), 65504.0]);
        assert!(half(0x7c01).is_nan() && half(0xfc00) == f64::NEG_INFINITY);
    }

    #[test]
    fn a_file_that_is_cut_off_or_holds_integers_is_refused_in_words() {
        let bytes = file("I32", &[0; 8]);
        let tensors = Tensors::open("w.safetensors", &bytes).unwrap();
        let message = tensors.read("w.safetensors", "w").unwrap_err().message;
        assert_eq!(message, "`w` in `w.safetensors` holds numbers of type I32, and weights are floats");
        for end in 0..bytes.len() {
            assert!(Tensors::open("w.safetensors", &bytes[..end]).is_err(), "{end}");
        }
    }
}
