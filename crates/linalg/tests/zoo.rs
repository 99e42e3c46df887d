//! Eigenvalues, Schur forms and singular values over a zoo of matrices that break naive code.

use linalg::{
    Complex, Matrix, complex_schur, eigen, eigenvalues, eigenvector_condition, henrici, mul, norm_2, schur,
    singular_values, svd,
};
use std::f64::consts::TAU;

/// Standard normal numbers: splitmix64, then Box and Muller.
struct Normal(u64);

impl Normal {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((x ^ (x >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    fn next(&mut self) -> f64 {
        (-2.0 * (1.0 - self.uniform()).ln()).sqrt() * (TAU * self.uniform()).cos()
    }
}

/// Name, matrix, and whether it is normal.
fn zoo(n: usize) -> Vec<(&'static str, Matrix, bool)> {
    let mut rng = Normal(7 + n as u64);
    let mut normal = |rows: usize, cols: usize| Matrix::from_fn(rows, cols, |_, _| rng.next());
    let gaussian = normal(n, n);
    let (left, right) = (normal(n, 1), normal(1, n));
    let orthogonal = svd(&normal(n, n)).u;
    let order: Vec<usize> =
        (0..n).map(|i| if n.is_multiple_of(7) { (5 * i + 3) % n } else { (7 * i + 3) % n }).collect();
    let jordan = |l: f64| {
        Matrix::from_fn(n, n, |i, j| {
            if i == j {
                l
            } else if j == i + 1 {
                1.0
            } else {
                0.0
            }
        })
    };
    let f = |g: &dyn Fn(usize, usize) -> f64| Matrix::from_fn(n, n, g);
    let skew =
        f(&|i, j| if i == j { 0.0 } else { gaussian[(i.min(j), i.max(j))] * if i < j { 1.0 } else { -1.0 } });
    let graded = f(&|i, j| gaussian[(i, j)] * 10f64.powi(-((2 * i) as i32 % 40)));
    let unbalanced = f(&|i, j| gaussian[(i, j)] * 10f64.powi((i as i32 % 8 - 4) - (j as i32 % 8 - 4)));
    let companion = f(&|i, j| {
        if i == 0 {
            -((j + 1) as f64)
        } else if i == j + 1 {
            1.0
        } else {
            0.0
        }
    });
    let pairs = f(&|i, j| {
        if i == j {
            -0.5
        } else if i / 2 == j / 2 {
            if i < j { 3.0 } else { -3.0 }
        } else {
            0.0
        }
    });
    let grcar = f(&|i, j| {
        if i == j + 1 {
            -1.0
        } else if j >= i && j <= i + 3 {
            1.0
        } else {
            0.0
        }
    });
    let (c, s) = (0.6f64, 0.8f64);
    let strict = f(&|i, j| if order[i] < order[j] { 1.0 + gaussian[(i, j)].abs() } else { 0.0 });
    vec![
        ("Jordan", jordan(3.0), n == 1),
        ("Jordan transposed", jordan(3.0).transpose(), n == 1),
        ("nilpotent Jordan", jordan(0.0), n == 1),
        ("Frank", f(&|i, j| if i <= j + 1 { (n - i.max(j)) as f64 } else { 0.0 }), n == 1),
        ("Grcar", grcar, n == 1),
        (
            "Kahan",
            f(&|i, j| {
                s.powi(i as i32)
                    * if i == j {
                        1.0
                    } else if j > i {
                        -c
                    } else {
                        0.0
                    }
            }),
            n == 1,
        ),
        ("clustered", f(&|i, j| if i == j { 1.0 + 1e-8 * i as f64 } else { 1e-9 * gaussian[(i, j)] }), false),
        ("graded", graded, false),
        ("badly scaled", unbalanced, false),
        ("companion", companion, false),
        ("permuted strictly triangular", strict.clone(), n == 1),
        ("permuted triangular", &strict + &Matrix::identity(n).scaled(2.0), n == 1),
        ("zero", Matrix::zeros(n, n), true),
        ("identity", Matrix::identity(n), true),
        ("huge", gaussian.scaled(1e300), n == 1),
        ("tiny", gaussian.scaled(1e-300), n == 1),
        ("subnormal", gaussian.scaled(1e-310), n == 1),
        ("circulant", f(&|i, j| 1.0 / (1.0 + ((n + i - j) % n) as f64)), true),
        ("cyclic permutation", f(&|i, j| if i == (j + 1) % n { 1.0 } else { 0.0 }), true),
        ("skew", skew, true),
        ("orthogonal", orthogonal, true),
        ("Toeplitz", f(&|i, j| 1.0 / (1.0 + 2.0 * i as f64 - j as f64 + n as f64)), false),
        ("tridiagonal", f(&|i, j| [1.0, 2.0, -1.0, 0.0][((i + 1).abs_diff(j)).min(3)]), false),
        ("Hadamard-like", f(&|i, j| if (i & j).count_ones() % 2 == 0 { 1.0 } else { -1.0 }), true),
        ("rank one", mul(&left, &right), n == 1),
        ("Gaussian", gaussian.clone(), n == 1),
        ("integer", gaussian.map(|x| (2.0 * x).round()), n == 1),
        ("repeated pairs", pairs.clone(), n.is_multiple_of(2)),
        ("coupled repeated pairs", f(&|i, j| if i + 2 == j { 1.0 } else { pairs[(i, j)] }), n <= 2),
        ("all ones", f(&|_, _| 1.0), true),
        ("one entry", f(&|i, j| if i == 0 && j + 1 == n { 5.0 } else { 0.0 }), n == 1),
        (
            "mixed magnitudes",
            f(&|i, j| gaussian[(i, j)] * if (i + j).is_multiple_of(3) { 1e200 } else { 1e-200 }),
            false,
        ),
    ]
}

/// The last one takes the multishift iteration.
const SIZES: [usize; 7] = [1, 2, 3, 5, 10, 50, 90];

/// ||A v - lambda v|| / ||A||, computed after a scaling that keeps it from overflow.
fn residual(a: &Matrix, values: &[Complex], vectors: &Matrix<Complex>) -> f64 {
    let norm = a.norm_max();
    if norm == 0.0 {
        return 0.0;
    }
    let b = a.map(|x| x / norm);
    let (re, im) = (mul(&b, &vectors.map(|v| v.re)), mul(&b, &vectors.map(|v| v.im)));
    let mut worst: f64 = 0.0;
    for (j, value) in values.iter().enumerate() {
        for i in 0..a.rows() {
            let r = Complex::new(re[(i, j)], im[(i, j)]) - vectors[(i, j)] * (value / norm);
            worst = worst.max(r.norm());
        }
    }
    worst / b.norm_frobenius()
}

#[test]
fn eigenpairs_of_the_zoo_solve_their_equation() {
    for n in SIZES {
        for (name, a, _) in zoo(n) {
            let e = eigen(&a).unwrap();
            assert_eq!(e.values.len(), n);
            assert!(e.values.iter().all(|v| v.re.is_finite() && v.im.is_finite()), "{name} {n}");
            assert!(e.vectors.as_slice().iter().all(|v| v.re.is_finite() && v.im.is_finite()), "{name} {n}");
            assert!(e.rounding.iter().all(|r| *r >= 0.0 && r.is_finite()), "{name} {n}: {:?}", e.rounding);
            assert!(e.condition.iter().all(|c| *c >= 1.0), "{name} {n}: {:?}", e.condition);
            let r = residual(&a, &e.values, &e.vectors);
            // Balancing favors the small eigenvalues of a graded matrix over the residual of the large ones; how much is left there
            // depends on the order of sums, and so on the instruction set (1.1e-6 with AVX-512).
            let tolerance = if name == "graded" { 1e-5 } else { 1e-13 };
            assert!(r < tolerance, "{name} {n}: residual {r:e}");
            for j in 0..n {
                let norm: f64 = e.vectors.column(j).iter().map(|v| v.norm_sqr()).sum::<f64>().sqrt();
                assert!((norm - 1.0).abs() < 1e-13, "{name} {n}: norm {norm}");
            }
        }
    }
}

#[test]
fn complex_eigenvalues_come_in_exact_pairs_and_in_order() {
    for n in SIZES {
        for (name, a, _) in zoo(n) {
            let e = eigen(&a).unwrap();
            for (j, v) in e.values.iter().enumerate() {
                if v.im != 0.0 {
                    let partner = e.values.iter().enumerate().any(|(k, w)| {
                        *w == v.conj() && (0..n).all(|i| e.vectors[(i, k)] == e.vectors[(i, j)].conj())
                    });
                    assert!(partner, "{name} {n}: {v} has no partner");
                } else {
                    assert!(e.vectors.column(j).iter().all(|x| x.im == 0.0));
                }
            }
            for w in e.values.windows(2) {
                assert!(w[0].re > w[1].re || (w[0].re == w[1].re && w[0].im >= w[1].im), "{name} {n}");
            }
        }
    }
}

#[test]
fn eigenvectors_of_normal_matrices_are_orthonormal() {
    for n in [2, 3, 5, 10, 50, 120] {
        for (name, a, is_normal) in zoo(n) {
            let hadamard = name == "Hadamard-like" && !n.is_power_of_two() && !a.is_symmetric();
            if !is_normal || hadamard {
                continue;
            }
            let e = eigen(&a).unwrap();
            let v = &e.vectors;
            let gram = mul(&Matrix::from_fn(n, n, |i, j| v[(j, i)].conj()), v);
            let defect = (&gram - &Matrix::identity(n)).norm_max();
            assert!(defect < 1e-12, "{name} {n}: {defect:e}");
            assert!((eigenvector_condition(&e) - 1.0).abs() < 1e-12, "{name} {n}");
            let h = henrici(&schur(&a).unwrap());
            assert!(h < 1e-13 * a.norm_frobenius().max(1e-300), "{name} {n}: henrici {h:e}");
        }
    }
}

#[test]
fn a_permuted_triangular_matrix_has_its_diagonal_as_exact_eigenvalues() {
    for n in SIZES {
        for (name, a, _) in
            zoo(n).into_iter().filter(|z| z.0.contains("triangular") || z.0.contains("Jordan"))
        {
            let e = eigen(&a).unwrap();
            let expected = a[(0, 0)];
            assert!(e.values.iter().all(|v| *v == Complex::new(expected, 0.0)), "{name} {n}: {:?}", e.values);
            assert!(e.rounding.iter().all(|r| *r == 0.0));
            assert!(schur(&a).unwrap().eigenvalues().iter().all(|v| *v == Complex::new(expected, 0.0)));
            assert!(n == 1 || eigenvector_condition(&e) > 1e15, "{name} {n}");
        }
    }
}

#[test]
fn eigenvalues_alone_agree_within_their_rounding_bounds() {
    for n in [1, 2, 3, 5, 10, 50, 100] {
        for (name, a, _) in zoo(n) {
            let e = eigen(&a).unwrap();
            let alone = eigenvalues(&a).unwrap();
            let s = schur(&a).unwrap().eigenvalues();
            // Each eigenvalue must have one of the other computation within both bounds.
            for (j, v) in e.values.iter().enumerate() {
                for other in [&alone, &s] {
                    let gap = other.iter().map(|w| (w - v).norm()).fold(f64::INFINITY, f64::min);
                    let bound = 2.0 * e.rounding[j] + 1e-14 * n as f64 * v.norm();
                    // An unbalanced Schur form carries the error of the whole matrix.
                    let bound = bound + 1e-15 * n as f64 * a.norm_frobenius() * e.condition[j];
                    assert!(gap <= bound, "{name} {n}: {v} is off by {gap:e}, bound {bound:e}");
                }
            }
        }
    }
}

#[test]
fn schur_forms_of_the_zoo_reproduce_the_matrix() {
    for n in SIZES.into_iter().chain([120]) {
        for (name, a, _) in zoo(n) {
            let power = a.norm_max().max(f64::MIN_POSITIVE);
            let b = a.map(|x| x / power);
            let s = schur(&b).unwrap();
            let norm = norm_2(&b).max(f64::MIN_POSITIVE);
            let back = mul(&mul(&s.q, &s.t), &s.q.transpose());
            let defect = norm_2(&(&back - &b)) / norm;
            assert!(defect <= 1e-13, "{name} {n}: {defect:e}");
            let unit = mul(&s.q.transpose(), &s.q);
            assert!((&unit - &Matrix::identity(n)).norm_max() < 1e-13, "{name} {n}");
            for j in 0..n {
                assert!((j + 2..n).all(|i| s.t[(i, j)] == 0.0));
            }
            for (k, size) in s.blocks() {
                if size == 2 {
                    assert_eq!(s.t[(k, k)], s.t[(k + 1, k + 1)], "{name} {n}");
                    assert!(s.t[(k, k + 1)].signum() != s.t[(k + 1, k)].signum(), "{name} {n}");
                }
            }
            let c = complex_schur(&b).unwrap();
            let adjoint = Matrix::from_fn(n, n, |i, j| c.q[(j, i)].conj());
            let back = mul(&mul(&c.q, &c.t), &adjoint);
            assert!((&back - &b.to_complex()).norm_max() <= 1e-13 * norm, "{name} {n}");
            let upper: f64 =
                (0..n).map(|j| (0..j).map(|i| c.t[(i, j)].norm_sqr()).sum::<f64>()).sum::<f64>().sqrt();
            assert!((henrici(&s) - upper).abs() <= 1e-13 * norm, "{name} {n}");
            // Huge and tiny entries go through the same code, scaled.
            let scaled = schur(&a).unwrap();
            assert!(scaled.t.is_finite() && scaled.q.is_finite(), "{name} {n}");
        }
    }
}

#[test]
fn singular_values_of_the_zoo_are_finite_and_factor_the_matrix() {
    for n in [1, 2, 5, 10, 50] {
        for (name, a, _) in zoo(n) {
            let d = svd(&a);
            let s = singular_values(&a);
            assert!(s.iter().all(|x| x.is_finite() && *x >= 0.0), "{name} {n}");
            assert!(s.windows(2).all(|w| w[0] >= w[1]), "{name} {n}");
            if s[0] == 0.0 {
                continue;
            }
            let scaled = Matrix::from_fn(n, n, |i, j| d.u[(i, j)] * (d.s[j] / s[0]));
            let back = mul(&scaled, &d.v.transpose());
            let defect = (&back - &a.map(|x| x / s[0])).norm_max();
            assert!(defect < 1e-13, "{name} {n}: {defect:e}");
            for (x, y) in s.iter().zip(&d.s) {
                assert!((x - y).abs() <= 1e-13 * s[0], "{name} {n}");
            }
        }
    }
}

#[test]
fn large_matrices_have_their_known_spectra_within_their_bounds() {
    let n = 150;
    // A tridiagonal Toeplitz matrix: a + 2 sqrt(b c) cos(k pi/(n + 1)), complex where b c < 0.
    for (b, c) in [(1.0, 0.25), (2.0, -0.5), (1.0, -1.0), (1e-3, 1e3)] {
        let a = Matrix::from_fn(n, n, |i, j| match j as isize - i as isize {
            0 => 0.5,
            1 => b,
            -1 => c,
            _ => 0.0,
        });
        let e = eigen(&a).unwrap();
        assert!(residual(&a, &e.values, &e.vectors) < 1e-13);
        let root: f64 = 2.0 * f64::abs(b * c).sqrt();
        for k in 1..=n {
            let shift = root * (k as f64 * TAU / 2.0 / (n + 1) as f64).cos();
            let known = if b * c > 0.0 { Complex::new(0.5 + shift, 0.0) } else { Complex::new(0.5, shift) };
            let (j, gap) = e
                .values
                .iter()
                .map(|v| (v - known).norm())
                .enumerate()
                .fold((0, f64::INFINITY), |m, x| if x.1 < m.1 { x } else { m });
            assert!(gap <= e.rounding[j] + 1e-15, "{b} {c}: {known} is off by {gap:e} > {:e}", e.rounding[j]);
        }
    }
}

#[test]
fn a_large_block_does_not_disturb_small_ones() {
    // Units 0..90 form one dense block; a chain of ten units feeds it, and a pair is fed by it.
    let n = 102;
    let mut rng = Normal(3);
    let order: Vec<usize> = (0..n).map(|i| (35 * i + 11) % n).collect();
    let mut b = Matrix::zeros(n, n);
    for j in 0..90 {
        for i in 0..90 {
            b[(i, j)] = rng.next();
        }
    }
    for k in 90..100 {
        b[(k, k)] = -2.0;
        b[(k - 1, k)] = 1.0;
    }
    [b[(100, 101)], b[(101, 100)], b[(100, 5)]] = [4.0, -1.0, 3.0];
    let a = Matrix::from_fn(n, n, |i, j| b[(order[i], order[j])]);
    let e = eigen(&a).unwrap();
    let count = |v: Complex| e.values.iter().zip(&e.rounding).filter(|(w, r)| **w == v && **r == 0.0).count();
    assert_eq!(count(Complex::new(-2.0, 0.0)), 10);
    assert_eq!(count(Complex::new(0.0, 2.0)), 1);
    assert!(residual(&a, &e.values, &e.vectors) < 1e-13);
    let mut blocks = e.blocks.clone();
    blocks.sort_unstable();
    blocks.dedup();
    assert_eq!(blocks.len(), 12);
}
