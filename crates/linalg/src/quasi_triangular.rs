//! Block triangular to quasi-triangular: each irreducible block on the diagonal is reduced on its own, so
//! that blocks do not disturb each other, and eigenvectors follow by back substitution.
//!
//! B = Z T Z^T with Z block diagonal. A 1 x 1 or 2 x 2 irreducible block stays exactly as it is.

use crate::francis::francis;
use crate::hessenberg::hessenberg;
use crate::pair::pair;
use crate::{Complex, LinalgError, Matrix, mul};

/// T, Z and the diagonal blocks of T.
pub(crate) struct QuasiTriangular {
    /// Upper quasi-triangular.
    pub(crate) t: Matrix,
    /// Orthogonal, block diagonal.
    pub(crate) z: Matrix,
}

/// The first index and size of the blocks with these sizes.
pub(crate) fn ranges(sizes: impl IntoIterator<Item = usize>) -> Vec<(usize, usize)> {
    let mut start = 0;
    sizes
        .into_iter()
        .map(|size| {
            start += size;
            (start - size, size)
        })
        .collect()
}

/// Copies the block of `size` rows and columns that starts at (i, j).
pub(crate) fn block_of(a: &Matrix, (i, rows): (usize, usize), (j, cols): (usize, usize)) -> Matrix {
    Matrix::from_fn(rows, cols, |k, l| a[(i + k, j + l)])
}

fn put(a: &mut Matrix, (i, j): (usize, usize), b: &Matrix) {
    for l in 0..b.cols() {
        a.column_mut(j + l)[i..i + b.rows()].copy_from_slice(b.column(l));
    }
}

/// Reduces a block triangular matrix whose diagonal blocks are `blocks`.
pub(crate) fn reduce(mut t: Matrix, blocks: &[(usize, usize)]) -> Result<QuasiTriangular, LinalgError> {
    let n = t.rows();
    let mut z = Matrix::identity(n);
    for &(start, size) in blocks.iter().filter(|b| b.1 > 2) {
        let end = start + size;
        let own = (start, size);
        let mut h = block_of(&t, own, own);
        let mut q = hessenberg(&mut h);
        francis(&mut h, &mut q)?;
        put(&mut t, (start, start), &h);
        if start > 0 {
            let above = mul(&block_of(&t, (0, start), own), &q);
            put(&mut t, (0, start), &above);
        }
        if end < n {
            let right = mul(&q.transpose(), &block_of(&t, own, (end, n - end)));
            put(&mut t, (start, end), &right);
        }
        put(&mut z, (start, start), &q);
    }
    Ok(QuasiTriangular { t, z })
}

impl QuasiTriangular {
    /// The first index and the size (1 or 2) of each diagonal block of T.
    pub(crate) fn blocks(&self) -> Vec<(usize, usize)> {
        let n = self.t.rows();
        let (mut blocks, mut k) = (Vec::new(), 0);
        while k < n {
            let size = if k + 1 < n && self.t[(k + 1, k)] != 0.0 { 2 } else { 1 };
            blocks.push((k, size));
            k += size;
        }
        blocks
    }

    /// Whether the form is that of a normal matrix to rounding: block diagonal, with 2 x 2 blocks that are
    /// scaled rotations or symmetric.
    pub(crate) fn is_normal(&self) -> bool {
        let n = self.t.rows();
        let mut rest = self.t.clone();
        for (k, size) in self.blocks() {
            rest[(k, k)] = 0.0;
            if size == 2 {
                let (a, b, c, d) = (rest[(k + 1, k + 1)], rest[(k, k + 1)], rest[(k + 1, k)], self.t[(k, k)]);
                rest[(k, k + 1)] = (b - c).abs().min((b + c).abs() + (a - d).abs());
                rest[(k + 1, k)] = 0.0;
                rest[(k + 1, k + 1)] = 0.0;
            }
        }
        rest.norm_frobenius() <= 4.0 * n as f64 * f64::EPSILON * self.t.norm_max()
    }

    /// Eigenvalues and the eigenvectors of each diagonal block, embedded: nothing above the block.
    fn block_vectors(&self) -> (Vec<Complex>, Vec<(usize, [Complex; 2])>) {
        let (mut values, mut heads) = (Vec::new(), Vec::new());
        let one = Complex::new(1.0, 0.0);
        for (k, size) in self.blocks() {
            if size == 1 {
                values.push(Complex::new(self.t[(k, k)], 0.0));
                heads.push((k, [one, Complex::new(0.0, 0.0)]));
            } else {
                let p = pair(self.t[(k, k)], self.t[(k, k + 1)], self.t[(k + 1, k)], self.t[(k + 1, k + 1)]);
                values.extend(p.values);
                heads.extend(p.vectors.map(|v| (k, unit(v))));
            }
        }
        (values, heads)
    }

    /// The eigenvalues, in the order of the diagonal.
    pub(crate) fn eigenvalues(&self) -> Vec<Complex> {
        self.block_vectors().0
    }

    /// Eigenvalues and eigenvectors of Z T Z^T in the coordinates of B (not normalized), in the order of the
    /// diagonal. A matrix that is `normal` couples no two blocks, so what stands above them is rounding.
    pub(crate) fn eigenvectors(&self, normal: bool) -> (Vec<Complex>, Matrix<Complex>) {
        let n = self.t.rows();
        let (values, heads) = self.block_vectors();
        let blocks = self.blocks();
        let mut x = Matrix::<Complex>::zeros(n, n);
        for (column, &(k, head)) in heads.iter().enumerate() {
            let v = x.column_mut(column);
            v[k] = head[0];
            if k + 1 < n {
                v[k + 1] = head[1];
            }
            if !normal && values[column].im >= 0.0 {
                self.back_substitute(&blocks, values[column], k, v);
            }
        }
        for column in 0..n {
            if values[column].im < 0.0 {
                let partner: Vec<Complex> = x.column(column - 1).iter().map(|v| v.conj()).collect();
                x.column_mut(column).copy_from_slice(&partner);
            }
        }
        (values, self.to_original(&x))
    }

    /// Z X, by real products.
    fn to_original(&self, x: &Matrix<Complex>) -> Matrix<Complex> {
        let re = mul(&self.z, &x.map(|v| v.re));
        let im = mul(&self.z, &x.map(|v| v.im));
        Matrix::from_fn(x.rows(), x.cols(), |i, j| Complex::new(re[(i, j)], im[(i, j)]))
    }

    /// Completes the eigenvector `v` for `lambda`, whose last nonzero entries belong to the block at `k`.
    fn back_substitute(&self, blocks: &[(usize, usize)], lambda: Complex, k: usize, v: &mut [Complex]) {
        let t = &self.t;
        let own = if t.rows() > k + 1 && t[(k + 1, k)] != 0.0 { 2 } else { 1 };
        // A pivot below rounding is replaced: the eigenvector then leans on that of the equal eigenvalue.
        let smallest = f64::EPSILON * t.norm_max().max(f64::MIN_POSITIVE / f64::EPSILON);
        // v[..k] first holds the right-hand side -T_above v.
        for j in k..k + own {
            let x = v[j];
            for (r, a) in v[..k].iter_mut().zip(t.column(j)) {
                *r -= x * *a;
            }
        }
        for &(i, size) in blocks.iter().rev().filter(|b| b.0 < k) {
            if size == 1 {
                let mut pivot = t[(i, i)] - lambda;
                if pivot.norm() < smallest {
                    pivot = Complex::new(smallest, 0.0);
                }
                if v[i] != Complex::new(0.0, 0.0) {
                    v[i] /= pivot;
                }
            } else {
                let (a, d) = (t[(i, i)] - lambda, t[(i + 1, i + 1)] - lambda);
                let (b, c) = (t[(i, i + 1)], t[(i + 1, i)]);
                (v[i], v[i + 1]) = solve_two(a, b, c, d, v[i], v[i + 1], smallest);
            }
            let largest = v[i..i + size].iter().map(|x| x.norm()).fold(0.0, f64::max);
            if largest > 1e100 {
                let down = crate::balance::power_of_two_near(largest);
                for x in v.iter_mut() {
                    *x /= down;
                }
            }
            for j in i..i + size {
                let x = v[j];
                for (r, a) in v[..i].iter_mut().zip(t.column(j)) {
                    *r -= x * *a;
                }
            }
        }
    }
}

/// Solves [[a, b], [c, d]] (x, y) = (r, s) by elimination with pivoting.
fn solve_two(
    a: Complex,
    b: f64,
    c: f64,
    d: Complex,
    r: Complex,
    s: Complex,
    smallest: f64,
) -> (Complex, Complex) {
    let zero = Complex::new(0.0, 0.0);
    if r == zero && s == zero {
        return (zero, zero);
    }
    let (b, c) = (Complex::new(b, 0.0), Complex::new(c, 0.0));
    let (a, b, r, c, d, s) = if a.norm() >= c.norm() { (a, b, r, c, d, s) } else { (c, d, s, a, b, r) };
    let factor = c / a;
    let mut pivot = d - factor * b;
    if pivot.norm() < smallest {
        pivot = Complex::new(smallest, 0.0);
    }
    let y = (s - factor * r) / pivot;
    ((r - b * y) / a, y)
}

/// The vector divided by its length.
fn unit(v: [Complex; 2]) -> [Complex; 2] {
    let size = v[0].norm().max(v[1].norm());
    if size == 0.0 {
        return [Complex::new(1.0, 0.0), Complex::new(0.0, 0.0)];
    }
    let v = v.map(|x| x / size);
    let length = v[0].norm_sqr() + v[1].norm_sqr();
    v.map(|x| x / length.sqrt())
}
