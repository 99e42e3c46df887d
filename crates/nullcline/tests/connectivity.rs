//! What connectivity is made of: each structure against its closed form, Dale's law, and one network for any number of threads.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use equations::Formula;
use linalg::{Matrix, Sparse, eigenvalues, symmetric_eigenvalues};
use nullcline::network::{
    Boundary, Connections, Network, NetworkError, NetworkErrorKind, Population, Projection, Rate, Sign,
    Structure, Weight, connectivity,
};
use nullcline::{equations, linalg};
use std::f64::consts::PI;

/// One population of n units that projects to itself.
fn recurrent(n: usize, structure: Structure) -> Network {
    Network {
        populations: vec![Population::new("v", n, Rate::default())],
        projections: vec![Projection::new(0, 0, structure)],
        inputs: vec![],
        seed: 7,
    }
}

fn m(network: &Network) -> Matrix {
    connectivity(network).unwrap().m.into_dense()
}

fn refused(network: &Network) -> NetworkError {
    connectivity(network).unwrap_err()
}

fn kernel(formula: &str, coordinate: Option<&str>, boundary: Boundary) -> Structure {
    Structure::Kernel {
        formula: Formula::parse(formula).unwrap(),
        coordinate: coordinate.map(str::to_owned),
        boundary,
        cutoff: None,
    }
}

fn on_half_circle(n: usize, structure: Structure) -> Network {
    let mut network = recurrent(n, structure);
    let theta = (0..n).map(|i| PI * i as f64 / n as f64).collect();
    network.populations[0].coordinates = vec![("theta".into(), theta)];
    network
}

#[test]
fn a_cosine_ring_on_half_a_circle_has_two_eigenvalues_of_half_its_size() {
    let raw = m(&on_half_circle(50, kernel("cos(theta_post - theta_pre)", None, Boundary::Open)));
    let values = symmetric_eigenvalues(&raw);
    assert!((values[0] - 25.0).abs() < 1e-10 && (values[1] - 25.0).abs() < 1e-10);
    assert!(values[2..].iter().all(|v| v.abs() < 1e-13));
    let scaled = m(&on_half_circle(50, kernel("2/n*cos(theta_post - theta_pre)", None, Boundary::Open)));
    let values = symmetric_eigenvalues(&scaled);
    assert!((values[0] - 1.0).abs() < 1e-12 && (values[1] - 1.0).abs() < 1e-12);
}

#[test]
fn distance_is_the_shorter_way_round_a_ring_and_the_difference_on_a_line() {
    let mut ring = recurrent(8, kernel("exp(-d)", Some("x"), Boundary::Periodic(8.0)));
    ring.populations[0].coordinates = vec![("x".into(), (0..8).map(f64::from).collect())];
    let a = m(&ring);
    for (i, j, d) in [(0, 7, 1.0), (0, 4, 4.0), (6, 1, 3.0), (2, 2, 0.0)] {
        assert!((a[(i, j)] - f64::exp(-d)).abs() < 1e-15);
    }
    let Structure::Kernel { boundary, cutoff, .. } = &mut ring.projections[0].structure else {
        unreachable!()
    };
    (*boundary, *cutoff) = (Boundary::Open, Some(2.0));
    let a = m(&ring);
    assert_eq!((a[(0, 7)], a[(0, 3)]), (0.0, 0.0));
    assert!((a[(0, 2)] - f64::exp(-2.0)).abs() < 1e-15);
}

#[test]
fn convolution_leaves_the_kernel_around_a_source() {
    let kernel = Matrix::from_rows(&[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]);
    let grid =
        |boundary| recurrent(20, Structure::Convolution { shape: (4, 5), kernel: kernel.clone(), boundary });
    let source = 5 + 2; // row 1, column 2
    let footprint = m(&grid(Boundary::Open));
    for (r, row) in [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]].iter().enumerate() {
        for (c, &w) in row.iter().enumerate() {
            assert_eq!(footprint[(r * 5 + c + 1, source)], w);
        }
    }
    assert_eq!(footprint.column(source).iter().sum::<f64>(), 45.0);
    // A corner keeps four entries on an open grid, and all nine on a torus.
    assert_eq!(footprint.column(0).iter().sum::<f64>(), 5.0 + 6.0 + 8.0 + 9.0);
    let torus = m(&grid(Boundary::Periodic(0.0)));
    assert!((0..20).all(|j| torus.column(j).iter().sum::<f64>() == 45.0));
    assert_eq!(torus[(19, 0)], 1.0);
}

#[test]
fn low_rank_connectivity_has_that_rank_and_its_overlaps_as_eigenvalues() {
    let left = Matrix::from_fn(12, 2, |i, r| if r == 0 { 1.0 } else { f64::from(i as u8) - 5.5 });
    let right = Matrix::from_fn(12, 2, |j, r| if r == 0 { 0.1 } else { 0.01 * (f64::from(j as u8) - 5.5) });
    let values = eigenvalues(&m(&recurrent(12, Structure::LowRank { left, right }))).unwrap();
    // The overlaps: 12 * 0.1, and 0.01 times the sum of squares of -5.5 … 5.5, which is 143.
    assert!((values[0].re - 1.43).abs() < 1e-12 && (values[1].re - 1.2).abs() < 1e-12);
    assert!(values[2..].iter().all(|z| z.norm() < 1e-6));
}

#[test]
fn gaussian_weights_fill_the_disk_of_radius_g() {
    let a = m(&recurrent(400, Structure::Gaussian { g: 1.5 }));
    let radii: Vec<f64> = eigenvalues(&a).unwrap().iter().map(|z| z.norm() / 1.5).collect();
    let outermost = radii.iter().copied().fold(0.0, f64::max);
    // At N = 1000 the largest is 1.01 to 1.03; edge fluctuations shrink like 1/sqrt(N), hence about 0.97 to 1.06 here.
    assert!((0.97..1.06).contains(&outermost), "{outermost}");
    let inside = radii.iter().filter(|&&r| r < 0.5).count() as f64 / 400.0;
    assert!((inside - 0.25).abs() < 0.03, "{inside}");
    let n = 160_000.0;
    let variance = a.as_slice().iter().map(|w| w * w).sum::<f64>() / n;
    assert!((variance * 400.0 / 2.25 - 1.0).abs() < 5.0 * (2.0 / n).sqrt());
}

#[test]
fn sparse_connections_have_the_density_asked_for_and_no_loops() {
    let mut network = recurrent(1000, Structure::Probability { p: 0.05, weight: Weight::Same(2.0) });
    network.projections[0].self_connections = false;
    let Connections::Sparse(a) = connectivity(&network).unwrap().m else {
        panic!("5 % of 1000 units are sparse")
    };
    let expected = 0.05 * 999.0 * 1000.0;
    assert!((a.entries() as f64 - expected).abs() < 5.0 * (expected * 0.95).sqrt());
    assert!(a.triplets().all(|(i, j, w)| i != j && w == 2.0));
    // Out-degrees are binomial too: no source is preferred.
    let mut out = vec![0.0; 1000];
    a.triplets().for_each(|(_, j, _)| out[j] += 1.0);
    assert!(out.iter().all(|&k| (k - 49.95_f64).abs() < 5.5 * (49.95_f64 * 0.95).sqrt()));
    for (p, entries) in [(0.0, 0), (1.0, 400)] {
        let full = m(&recurrent(20, Structure::Probability { p, weight: Weight::Same(1.0) }));
        assert_eq!(full.as_slice().iter().filter(|&&w| w != 0.0).count(), entries);
    }
}

#[test]
fn a_fixed_in_degree_is_met_by_every_target() {
    for (k, loops) in [(3, true), (7, false), (9, false), (10, true), (0, true)] {
        let mut network = recurrent(10, Structure::FixedInDegree { k, weight: Weight::Same(1.0) });
        network.projections[0].self_connections = loops;
        let a = m(&network);
        for i in 0..10 {
            assert_eq!(a.row(i).iter().sum::<f64>(), k as f64);
            assert!(a.row(i).iter().all(|&w| w == 0.0 || w == 1.0));
            assert!(loops || a[(i, i)] == 0.0);
        }
    }
    // Every source is chosen alike: 4000 targets with 5 of 20 give each 1000, with a standard deviation below 28.
    let populations =
        vec![Population::new("pre", 20, Rate::default()), Population::new("post", 4000, Rate::default())];
    let structure = Structure::FixedInDegree { k: 5, weight: Weight::Same(1.0) };
    let network =
        Network { populations, projections: vec![Projection::new(0, 1, structure)], inputs: vec![], seed: 3 };
    let Connections::Sparse(a) = connectivity(&network).unwrap().m else {
        panic!("few entries are stored sparse")
    };
    let mut out = [0.0; 20];
    a.triplets().for_each(|(_, j, _)| out[j] += 1.0);
    assert!(out.iter().all(|&k: &f64| (k - 1000.0).abs() < 140.0), "{out:?}");
}

#[test]
fn one_seed_gives_one_network_for_any_number_of_threads() {
    let weight = Weight::Lognormal { mean: 0.2, cv: 0.5 };
    for structure in [
        Structure::Gaussian { g: 1.0 },
        Structure::Probability { p: 0.02, weight },
        Structure::FixedInDegree { k: 9, weight },
        Structure::AllToAll { weight },
    ] {
        let mut network = recurrent(350, structure);
        let with = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| connectivity(&network).unwrap())
        };
        let one = with(1);
        assert_eq!(one, with(3));
        assert_eq!(one, with(8));
        network.projections[0].stream = 1;
        assert_ne!(one, connectivity(&network).unwrap());
        network.projections[0].stream = 0;
        network.seed += 1;
        assert_ne!(one, connectivity(&network).unwrap());
    }
}

#[test]
fn under_dales_law_each_column_has_the_sign_of_its_population() {
    let mut network = Network {
        populations: vec![
            Population::new("E", 40, Rate::default()),
            Population::new("I", 10, Rate::default()),
        ],
        projections: vec![],
        inputs: vec![],
        seed: 5,
    };
    network.populations[0].sign = Some(Sign::Excitatory);
    network.populations[1].sign = Some(Sign::Inhibitory);
    for (from, to) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        for weight in [Weight::Normal { mean: 0.5, sd: 1.0 }, Weight::Lognormal { mean: 1.0, cv: 2.0 }] {
            network.projections.push(Projection::new(from, to, Structure::AllToAll { weight }));
        }
    }
    let a = m(&network);
    assert!((0..40).all(|j| a.column(j).iter().all(|&w| w > 0.0)));
    assert!((40..50).all(|j| a.column(j).iter().all(|&w| w < 0.0)));
}

#[test]
fn a_given_matrix_may_hold_magnitudes_or_signs_but_never_both() {
    let given = |sign, rows: &[[f64; 2]; 2]| {
        let mut network = recurrent(2, Structure::Matrix(Matrix::from_rows(rows)));
        network.populations[0].sign = Some(sign);
        network
    };
    let magnitudes = m(&given(Sign::Inhibitory, &[[0.0, 1.0], [2.0, 3.0]]));
    assert_eq!(magnitudes, m(&given(Sign::Inhibitory, &[[0.0, -1.0], [-2.0, -3.0]])));
    assert_eq!(magnitudes[(1, 0)], -2.0);
    let error = refused(&given(Sign::Inhibitory, &[[0.0, -1.0], [-2.0, 3.0]]));
    assert_eq!(error.kind, NetworkErrorKind::Sign);
    for part in ["inhibitory unit v[1]", "3 to v[1]", "-1 to v[0]", "[pre, post]"] {
        assert!(error.to_string().contains(part), "{error}");
    }
    let error = refused(&given(Sign::Excitatory, &[[0.0, -1.0], [2.0, 0.0]]));
    assert!(error.what.contains("from excitatory unit v[1] to v[0] is -1"), "{error}");
}

#[test]
fn a_block_is_rescaled_to_its_spectral_radius_whatever_its_gain() {
    for gain in [1.0, 3.0] {
        let mut network = recurrent(60, Structure::Gaussian { g: 1.0 });
        network.projections[0].spectral_radius = Some(0.9);
        network.projections[0].gain = gain;
        let radius = eigenvalues(&m(&network)).unwrap().iter().map(|z| z.norm()).fold(0.0, f64::max);
        assert!((radius - 0.9).abs() < 1e-12, "{radius}");
    }
    let mut chain = recurrent(3, Structure::Sparse(Sparse::from_triplets(3, 3, &[(1, 0, 5.0), (2, 1, 4.0)])));
    chain.projections[0].spectral_radius = Some(0.9);
    assert_eq!(refused(&chain).kind, NetworkErrorKind::SpectralRadius);
}

#[test]
fn a_network_that_contradicts_itself_is_refused_with_a_remedy() {
    use NetworkErrorKind::*;
    let same = |w| Weight::Same(w);
    let cases = [
        (Structure::Matrix(Matrix::zeros(3, 4)), Shape, "3 x 4"),
        (Structure::FixedInDegree { k: 5, weight: same(1.0) }, InDegree, "in-degree 5 from 4"),
        (Structure::Probability { p: 1.5, weight: same(1.0) }, Value, "p = 1.5"),
        (Structure::AllToAll { weight: same(f64::NAN) }, Value, "NaN"),
        (Structure::AllToAll { weight: Weight::Uniform { low: 1.0, high: 0.0 } }, Value, "between 1 and 0"),
        (Structure::AllToAll { weight: Weight::Lognormal { mean: -1.0, cv: 1.0 } }, Value, "mean -1"),
        (Structure::Gaussian { g: -1.0 }, Value, "g = -1"),
        (kernel("exp(-d)", Some("thata"), Boundary::Open), Name, "`thata`"),
        (kernel("exp(-d)", None, Boundary::Open), Name, "distance"),
        (kernel("cos(phi_post)", None, Boundary::Open), Formula, "`phi_post`"),
        (kernel("1/(i - j)", None, Boundary::Open), Value, "v[0] to v[0] is inf"),
        (kernel("d", Some("theta"), Boundary::Periodic(0.0)), Value, "circumference 0"),
        (
            Structure::Convolution { shape: (2, 2), kernel: Matrix::zeros(2, 3), boundary: Boundary::Open },
            Shape,
            "2 x 3",
        ),
        (
            Structure::Convolution { shape: (2, 3), kernel: Matrix::zeros(3, 3), boundary: Boundary::Open },
            Shape,
            "2 x 3",
        ),
        (Structure::LowRank { left: Matrix::zeros(4, 1), right: Matrix::zeros(4, 2) }, Shape, "4 x 2"),
    ];
    for (structure, kind, part) in cases {
        let error = refused(&on_half_circle(4, structure));
        assert_eq!(error.kind, kind, "{error}");
        assert!(error.what.contains(part) && !error.remedy.is_empty(), "{error}");
    }
    let suggestion = refused(&on_half_circle(4, kernel("exp(-d)", Some("thata"), Boundary::Open)));
    assert!(suggestion.remedy.contains("`theta`"), "{suggestion}");
}

#[test]
fn signs_are_refused_where_weights_have_none_to_give() {
    for structure in [
        Structure::Gaussian { g: 1.0 },
        Structure::AllToAll { weight: Weight::Same(-1.0) },
        Structure::AllToAll { weight: Weight::Uniform { low: -1.0, high: 1.0 } },
    ] {
        let mut network = recurrent(3, structure);
        network.populations[0].sign = Some(Sign::Excitatory);
        assert_eq!(refused(&network).kind, NetworkErrorKind::Sign);
    }
    let mut network = recurrent(3, Structure::AllToAll { weight: Weight::Same(1.0) });
    network.populations[0].sign = Some(Sign::Inhibitory);
    network.projections[0].gain = -1.0;
    assert_eq!(refused(&network).kind, NetworkErrorKind::Sign);
}
