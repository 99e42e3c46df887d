//! A dense matrix: `rows x cols` numbers, stored column by column.
//!
//! Column-major because a product `A x` then runs down columns, which the machine does in whole vector
//! registers, and because the columns of an eigenvector matrix are slices.
//!
//! ```
//! use linalg::Matrix;
//! let a = Matrix::from_rows(&[[0.0, 1.0], [-1.0, 0.0]]);
//! assert_eq!(a.mul_vec(&[1.0, 0.0]), [0.0, -1.0]);
//! assert_eq!(a[(0, 1)], 1.0);
//! ```

use crate::Complex;
use std::ops::{Add, Index, IndexMut, Mul, Neg, Sub};

/// A dense, column-major matrix of real (the default) or complex numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix<T = f64> {
    rows: usize,
    cols: usize,
    data: Vec<T>,
}

/// What the entries of a [`Matrix`] can do.
pub trait Scalar:
    Copy + PartialEq + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Neg<Output = Self> + 'static
{
    /// The number 0.
    const ZERO: Self;
    /// The number 1.
    const ONE: Self;
    /// |z|.
    fn modulus(self) -> f64;
    /// The complex conjugate.
    fn conj(self) -> Self;
    /// The real number `x` among these scalars.
    fn from_real(x: f64) -> Self;
    /// Whether every part is finite.
    fn is_finite_number(self) -> bool;
}

impl Scalar for f64 {
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;
    fn modulus(self) -> f64 {
        self.abs()
    }
    fn conj(self) -> Self {
        self
    }
    fn from_real(x: f64) -> Self {
        x
    }
    fn is_finite_number(self) -> bool {
        self.is_finite()
    }
}

impl Scalar for Complex {
    const ZERO: Self = Complex::new(0.0, 0.0);
    const ONE: Self = Complex::new(1.0, 0.0);
    fn modulus(self) -> f64 {
        self.norm()
    }
    fn conj(self) -> Self {
        Complex::conj(&self)
    }
    fn from_real(x: f64) -> Self {
        Complex::new(x, 0.0)
    }
    fn is_finite_number(self) -> bool {
        self.re.is_finite() && self.im.is_finite()
    }
}

impl<T: Scalar> Matrix<T> {
    /// The matrix of zeros.
    pub fn zeros(rows: usize, cols: usize) -> Self {
        Self { rows, cols, data: vec![T::ZERO; rows * cols] }
    }

    /// The `n x n` identity.
    pub fn identity(n: usize) -> Self {
        Self::from_fn(n, n, |i, j| if i == j { T::ONE } else { T::ZERO })
    }

    /// The square matrix with `d` on its diagonal.
    pub fn diagonal(d: &[T]) -> Self {
        Self::from_fn(d.len(), d.len(), |i, j| if i == j { d[i] } else { T::ZERO })
    }

    /// The matrix with entries `f(i, j)`.
    pub fn from_fn(rows: usize, cols: usize, mut f: impl FnMut(usize, usize) -> T) -> Self {
        let mut data = Vec::with_capacity(rows * cols);
        for j in 0..cols {
            data.extend((0..rows).map(|i| f(i, j)));
        }
        Self { rows, cols, data }
    }

    /// The matrix with these rows.
    ///
    /// # Panics
    /// If the rows differ in length.
    pub fn from_rows<R: AsRef<[T]>>(rows: &[R]) -> Self {
        let cols = rows.first().map_or(0, |r| r.as_ref().len());
        assert!(rows.iter().all(|r| r.as_ref().len() == cols), "the rows of a matrix have one length");
        Self::from_fn(rows.len(), cols, |i, j| rows[i].as_ref()[j])
    }

    /// The matrix whose entries, column after column, are `data`.
    ///
    /// # Panics
    /// If `data` does not hold `rows * cols` entries.
    pub fn from_columns(rows: usize, cols: usize, data: Vec<T>) -> Self {
        assert_eq!(data.len(), rows * cols, "a matrix of {rows} x {cols} needs that many entries");
        Self { rows, cols, data }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns.
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// Whether the matrix has as many rows as columns.
    pub fn is_square(&self) -> bool {
        self.rows == self.cols
    }

    /// All entries, column after column.
    pub fn as_slice(&self) -> &[T] {
        &self.data
    }

    /// All entries, column after column, to be changed.
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        &mut self.data
    }

    /// Column `j`.
    pub fn column(&self, j: usize) -> &[T] {
        &self.data[j * self.rows..(j + 1) * self.rows]
    }

    /// Column `j`, to be changed.
    pub fn column_mut(&mut self, j: usize) -> &mut [T] {
        &mut self.data[j * self.rows..(j + 1) * self.rows]
    }

    /// A copy of row `i`.
    pub fn row(&self, i: usize) -> Vec<T> {
        (0..self.cols).map(|j| self[(i, j)]).collect()
    }

    /// The transpose (no conjugation).
    pub fn transpose(&self) -> Self {
        Self::from_fn(self.cols, self.rows, |i, j| self[(j, i)])
    }

    /// The matrix with `f` of each entry.
    pub fn map<U: Scalar>(&self, f: impl FnMut(T) -> U) -> Matrix<U> {
        Matrix { rows: self.rows, cols: self.cols, data: self.data.iter().copied().map(f).collect() }
    }

    /// This matrix times a number.
    pub fn scaled(&self, s: T) -> Self {
        self.map(|x| x * s)
    }

    /// The sum of the diagonal.
    pub fn trace(&self) -> T {
        (0..self.rows.min(self.cols)).fold(T::ZERO, |s, i| s + self[(i, i)])
    }

    /// The largest column sum of moduli.
    pub fn norm_1(&self) -> f64 {
        (0..self.cols).map(|j| self.column(j).iter().map(|x| x.modulus()).sum()).fold(0.0, f64::max)
    }

    /// The largest row sum of moduli.
    pub fn norm_inf(&self) -> f64 {
        let mut sums = vec![0.0; self.rows];
        for j in 0..self.cols {
            for (s, x) in sums.iter_mut().zip(self.column(j)) {
                *s += x.modulus();
            }
        }
        sums.into_iter().fold(0.0, f64::max)
    }

    /// The largest modulus of an entry.
    pub fn norm_max(&self) -> f64 {
        self.data.iter().map(|x| x.modulus()).fold(0.0, f64::max)
    }

    /// The root of the sum of squared moduli, without overflow.
    pub fn norm_frobenius(&self) -> f64 {
        let m = self.norm_max();
        if m == 0.0 || !m.is_finite() {
            return m;
        }
        m * self.data.iter().map(|x| (x.modulus() / m).powi(2)).sum::<f64>().sqrt()
    }

    /// Whether A equals its transpose, entry by entry.
    pub fn is_symmetric(&self) -> bool {
        self.is_square() && (0..self.cols).all(|j| (0..j).all(|i| self[(i, j)] == self[(j, i)]))
    }
}

impl Matrix {
    /// The same matrix with complex entries.
    pub fn to_complex(&self) -> Matrix<Complex> {
        self.map(|x| Complex::new(x, 0.0))
    }

    /// Whether no entry is infinite or NaN.
    pub fn is_finite(&self) -> bool {
        self.data.iter().all(|x| x.is_finite())
    }
}

impl<T> Index<(usize, usize)> for Matrix<T> {
    type Output = T;
    fn index(&self, (i, j): (usize, usize)) -> &T {
        debug_assert!(i < self.rows && j < self.cols);
        &self.data[j * self.rows + i]
    }
}

impl<T> IndexMut<(usize, usize)> for Matrix<T> {
    fn index_mut(&mut self, (i, j): (usize, usize)) -> &mut T {
        debug_assert!(i < self.rows && j < self.cols);
        &mut self.data[j * self.rows + i]
    }
}

impl<T: Scalar> Add for &Matrix<T> {
    type Output = Matrix<T>;
    fn add(self, other: Self) -> Matrix<T> {
        assert_eq!((self.rows, self.cols), (other.rows, other.cols), "A + B needs equal shapes");
        Matrix::from_fn(self.rows, self.cols, |i, j| self[(i, j)] + other[(i, j)])
    }
}

impl<T: Scalar> Sub for &Matrix<T> {
    type Output = Matrix<T>;
    fn sub(self, other: Self) -> Matrix<T> {
        assert_eq!((self.rows, self.cols), (other.rows, other.cols), "A - B needs equal shapes");
        Matrix::from_fn(self.rows, self.cols, |i, j| self[(i, j)] - other[(i, j)])
    }
}
