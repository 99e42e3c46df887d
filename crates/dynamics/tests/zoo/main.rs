//! A zoo of difficult matrices: no NaN anywhere, and no eigenvector basis called independent that is none.

mod matrices;

use dynamics::analyze::{EigenvectorVerdict as V, LinearAnalysis, LinearOptions, TimeKind, linear};
use linalg::Matrix;
use matrices::{Truth, noise, product, zoo};

fn assert_no_nan(name: &str, f: &LinearAnalysis) {
    let mut all: Vec<f64> = f.eigenvalues.iter().flat_map(|z| [z.re, z.im]).collect();
    all.extend(&f.rounding);
    all.extend(f.time_constants.iter().flatten());
    all.extend(&f.frequencies);
    for m in &f.modes {
        all.extend(&m.u);
        all.extend(m.w.iter().flatten());
        all.push(m.condition);
        all.extend(m.coefficient.iter().flat_map(|z| [z.re, z.im]));
    }
    let s = &f.stability;
    all.extend([s.spectral_abscissa, s.spectral_radius]);
    all.extend(s.distance_to_instability.iter().chain(&s.real_distance));
    if let Some(p) = &f.planar {
        all.extend([p.trace, p.determinant, p.discriminant, p.margin]);
    }
    all.extend(f.eigenvectors.condition.iter());
    if let Some(v) = &f.eigenvectors.vectors {
        all.extend(v.as_slice().iter().flat_map(|z| [z.re, z.im]));
    }
    all.extend(f.fixed_points.point.iter().flatten());
    all.extend(f.fixed_points.directions.iter().flatten());
    all.extend(f.fixed_points.drift.iter().flatten());
    let n = &f.non_normality;
    all.extend([n.numerical_abscissa, n.henrici]);
    all.extend(n.kreiss.iter().chain(&n.curve.0).chain(&n.curve.1));
    if let Some(a) = &n.max_amplification {
        all.push(a.value);
        all.extend(a.time.iter().chain(&a.initial).chain(&a.response));
    }
    assert!(all.iter().all(|x| !x.is_nan()), "{name}: a NaN");
}

#[test]
fn the_zoo_brings_no_nan_and_no_wrong_independent() {
    for n in [1, 2, 3, 5, 10, 50] {
        for (name, truth, a) in zoo(n) {
            for time in [TimeKind::Flow, TimeKind::Map] {
                let options = LinearOptions { initial: Some(vec![1.0; n]), ..LinearOptions::default() };
                let found = linear(&a, &vec![1.0; n], time, &options);
                let found = found.unwrap_or_else(|e| panic!("{name} {n}: {e}"));
                assert_no_nan(&format!("{name} {n} {time:?}"), &found);
                let e = &found.eigenvectors;
                let verdict = e.verdict;
                match truth {
                    Truth::Defective => assert_eq!(verdict, V::Defective, "{name} {n}"),
                    Truth::Normal => assert_eq!(verdict, V::Orthonormal, "{name} {n}"),
                    Truth::Basis => assert_ne!(verdict, V::Defective, "{name} {n}"),
                }
                assert_eq!(e.vectors.is_none(), verdict == V::Defective);
                assert_eq!(e.condition.is_none(), verdict == V::Defective);
                if verdict == V::Orthonormal {
                    let v = e.vectors.as_ref().unwrap();
                    for i in 0..n {
                        for j in 0..=i {
                            let inner: linalg::Complex =
                                v.column(i).iter().zip(v.column(j)).map(|(x, y)| x.conj() * y).sum();
                            let one = f64::from(u8::from(i == j));
                            assert!((inner - one).norm() < 1e-12 * n as f64, "{name} {n}: {inner}");
                        }
                    }
                }
                if verdict == V::Independent {
                    // The basis is one: A V = V diag(lambda).
                    let v = e.vectors.as_ref().unwrap();
                    let scale = a.norm_frobenius();
                    for j in 0..n {
                        for i in 0..n {
                            let x: linalg::Complex = (0..n).map(|k| v[(k, j)] * a[(i, k)]).sum();
                            let residual = (x - found.eigenvalues[j] * v[(i, j)]).norm();
                            assert!(residual < 1e-12 * scale, "{name} {n}: {residual:e}");
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn a_matrix_that_is_defective_in_a_dense_basis_is_not_called_independent() {
    // Rounding makes Q J Q^T a matrix with a basis, of condition about 1e8: nearly defective, or defective.
    for n in [2, 3, 5, 10, 50] {
        let seed = Matrix::from_fn(n, n, noise);
        let q = linalg::svd(&seed).u;
        let j = Matrix::from_fn(n, n, |i, j| if i == j { 3.0 } else { f64::from(u8::from(j == i + 1)) });
        let a = product(&product(&q, &j), &q.transpose());
        let found = linear(&a, &vec![0.0; n], TimeKind::Flow, &LinearOptions::default()).unwrap();
        let verdict = found.eigenvectors.verdict;
        assert!(matches!(verdict, V::NearlyDefective | V::Defective), "{n}: {verdict:?}");
    }
}
