//! Rodas5P: a Rosenbrock method of order 5(4) with eight stages for stiff systems, with a dense output of order 4.
//!
//! It is L-stable and stiffly accurate, and keeps most of its order where the solution follows a slow manifold that moves
//! (Prothero and Robinson's problem), which costs other Rosenbrock methods theirs.
//!
//! Reference: Steinebach (2023), Construction of Rosenbrock-Wanner method Rodas5P and numerical benchmarks within the Julia
//! Differential Equations package.

// The digits are the paper's.
#![allow(clippy::excessive_precision)]

use super::{Rosenbrock, Slopes, Tableau};

/// The weights of the last three stages are 1: each is a correction of the state before it.
const B: [f64; 8] = [
    -7.502846399306121,
    2.561846144803919,
    -11.627539656261098,
    -0.18268767659942256,
    0.030198172008377946,
    1.0,
    1.0,
    1.0,
];

/// The numbers of Rodas5P.
pub(crate) static RODAS5P: Tableau = Tableau {
    name: "rodas5p",
    order: 5,
    error_order: 5,
    beta: 0.04,
    stability: 0.0,
    slopes: Slopes::Rosenbrock(&NUMBERS),
    c: &[],
    a: &[],
    b: &[0.0, B[0], B[1], B[2], B[3], B[4], B[5], B[6], B[7]],
    error: &[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0],
    error3: &[],
    extra: &[],
    dense,
};

static NUMBERS: Rosenbrock = Rosenbrock {
    gamma: 0.21193756319429014,
    alpha: &[
        0.0,
        0.6358126895828704,
        0.4095798393397535,
        0.9769306725060716,
        0.4288403609558664,
        1.0,
        1.0,
        1.0,
    ],
    d: &[
        0.21193756319429014,
        -0.42387512638858027,
        -0.3384627126235924,
        1.8046452872882734,
        2.325825639765069,
        0.0,
        0.0,
        0.0,
    ],
    a: &[
        &[],
        &[3.0],
        &[2.849394379747939, 0.45842242204463923],
        &[-6.954028509809101, 2.489845061869568, -10.358996098473584],
        &[2.8029986275628964, 0.5072464736228206, -0.3988312541770524, -0.04721187230404641],
        &[B[0], B[1], B[2], B[3], B[4]],
        &[B[0], B[1], B[2], B[3], B[4], 1.0],
        &[B[0], B[1], B[2], B[3], B[4], 1.0, 1.0],
    ],
    c: &[
        &[],
        &[-14.155112264123755],
        &[-17.97296035885952, -2.859693295451294],
        &[147.12150275711716, -1.41221402718213, 71.68940251302358],
        &[165.43517024871676, -0.4592823456491126, 42.90938336958603, -5.961986721573306],
        &[24.854864614690072, -3.0009227002832186, 47.4931110020768, 5.5814197821558125, -0.6610691825249471],
        &[
            30.91273214028599,
            -3.1208243349937974,
            77.79954646070892,
            34.28646028294783,
            -19.097331116725623,
            -28.087943162872662,
        ],
        &[
            37.80277123390563,
            -3.2571969029072276,
            112.26918849496327,
            66.9347231244047,
            -40.06618937091002,
            -54.66780262877968,
            -9.48861652309627,
        ],
    ],
    dense_slope,
};

/// Coefficients of theta (1 - theta), theta^2 (1 - theta) and theta^3 (1 - theta) beside theta B.
const DENSE: [[f64; 8]; 3] = [
    [
        25.948786856663858,
        -2.5579724845846235,
        10.433815404888879,
        -2.3679251022685204,
        0.524948541321073,
        1.1241088310450404,
        0.4272876194431874,
        -0.17202221070155493,
    ],
    [
        -9.91568850695171,
        -0.9689944594115154,
        3.0438037242978453,
        -24.495224566215796,
        20.176138334709044,
        15.98066361424651,
        -6.789040303419874,
        -6.710236069923372,
    ],
    [
        11.419903575922262,
        2.8879645146136994,
        72.92137995996029,
        80.12511834622643,
        -52.072871366152654,
        -59.78993625266729,
        -0.15582684282751913,
        4.883087185713722,
    ],
];

fn dense(theta: f64, w: &mut [f64]) {
    w.fill(0.0);
    for i in 0..8 {
        let tail = DENSE[0][i] + theta * (DENSE[1][i] + theta * DENSE[2][i]);
        w[i + 1] = theta * (B[i] + (1.0 - theta) * tail);
    }
}

fn dense_slope(theta: f64, w: &mut [f64]) {
    w.fill(0.0);
    let s = theta;
    for i in 0..8 {
        let [a, b, c] = [0, 1, 2].map(|row| DENSE[row][i]);
        w[i + 1] = B[i] + a + s * (2.0 * (b - a) + s * (3.0 * (c - b) - s * 4.0 * c));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::tableau::tests::trees_of;
    use linalg::{Matrix, inverse};

    /// The paper's alpha, beta = alpha + Gamma, and the map from weights of these k to weights of the paper's.
    struct Paper {
        alpha: Vec<Vec<f64>>,
        beta: Vec<Vec<f64>>,
        gamma: Matrix,
    }

    fn lower(rows: &[&[f64]]) -> Matrix {
        Matrix::from_fn(8, 8, |i, j| rows[i].get(j).copied().unwrap_or(0.0))
    }

    fn rows(a: &Matrix) -> Vec<Vec<f64>> {
        (0..8).map(|i| a.row(i)).collect()
    }

    fn paper() -> Paper {
        // h k_i = sum_j Gamma_ij (the paper's k_j), Gamma^-1 = I/gamma - C, a = alpha Gamma^-1.
        let c = lower(NUMBERS.c);
        let at = |i, j| if i == j { 1.0 / NUMBERS.gamma } else { -c[(i, j)] };
        let gamma = inverse(&Matrix::from_fn(8, 8, at)).unwrap();
        let alpha = &lower(NUMBERS.a) * &gamma;
        let beta = Matrix::from_fn(8, 8, |i, j| alpha[(i, j)] + gamma[(i, j)]);
        Paper { alpha: rows(&alpha), beta: rows(&beta), gamma }
    }

    impl Paper {
        fn weights(&self, w: &[f64]) -> Vec<f64> {
            (0..8).map(|j| (0..8).map(|i| w[i] * self.gamma[(i, j)]).sum()).collect()
        }
    }

    fn dot(a: &[f64], b: &[f64]) -> f64 {
        a.iter().zip(b).map(|(a, b)| a * b).sum()
    }

    #[test]
    fn the_order_conditions_of_rosenbrock_methods_hold() {
        // Hairer and Wanner (1996), section IV.7: nodes with one child take beta, the others alpha.
        let paper = paper();
        let b = paper.weights(&B);
        for (size, v, density) in trees_of(&paper.beta, &paper.alpha, 8, 6) {
            let defect = (dot(&b, &v) - 1.0 / density).abs();
            assert!(size == 6 || defect < 2e-14, "tree of density {density}: {defect:e}");
        }
        let sixth = trees_of(&paper.beta, &paper.alpha, 8, 6).into_iter().filter(|t| t.0 == 6);
        assert!(sixth.map(|(_, v, g)| (dot(&b, &v) - 1.0 / g).abs()).fold(0.0, f64::max) > 1e-3);
    }

    #[test]
    fn the_error_is_that_of_a_method_of_order_4() {
        let paper = paper();
        let e = paper.weights(&RODAS5P.error[1..9]);
        let trees = trees_of(&paper.beta, &paper.alpha, 8, 5);
        let defect = |(_, v, _): &(usize, Vec<f64>, f64)| dot(&e, v).abs();
        assert!(trees.iter().filter(|t| t.0 < 5).map(defect).fold(0.0, f64::max) < 2e-14);
        assert!(trees.iter().filter(|t| t.0 == 5).map(defect).fold(0.0, f64::max) > 1e-3);
    }

    #[test]
    fn dense_output_satisfies_its_own_order_conditions() {
        let paper = paper();
        for theta in [0.0, 0.1, 0.37, 0.5, 0.9, 1.0] {
            let mut w = [0.0; 10];
            dense(theta, &mut w);
            let b = paper.weights(&w[1..9]);
            for (size, v, g) in trees_of(&paper.beta, &paper.alpha, 8, 4) {
                let defect = dot(&b, &v) - f64::powi(theta, size as i32) / g;
                assert!(defect.abs() < 1e-13, "{theta}: {defect:e}");
            }
        }
    }

    #[test]
    fn the_slope_of_dense_output_is_its_derivative() {
        for theta in [0.0, 0.3, 0.8, 1.0] {
            let (mut above, mut below, mut slope) = ([0.0; 10], [0.0; 10], [0.0; 10]);
            dense(theta + 1e-5, &mut above);
            dense(theta - 1e-5, &mut below);
            dense_slope(theta, &mut slope);
            for i in 0..10 {
                assert!(((above[i] - below[i]) / 2e-5 - slope[i]).abs() < 1e-6, "{theta}");
            }
        }
    }

    #[test]
    fn times_fit_the_stages_and_the_method_is_stiffly_accurate() {
        let paper = paper();
        for i in 0..8 {
            assert!((paper.alpha[i].iter().sum::<f64>() - NUMBERS.alpha[i]).abs() < 1e-13);
            assert!((paper.gamma.row(i).iter().sum::<f64>() - NUMBERS.d[i]).abs() < 2e-13);
        }
        // The last stage is the state after the step: then R(z) goes to 0 with 1/z, and the method is L-stable.
        let b = paper.weights(&B);
        assert!(b.iter().zip(&paper.beta[7]).all(|(b, beta)| (b - beta).abs() < 1e-14));
        let step = |z: f64| {
            let matrix = Matrix::from_fn(8, 8, |i, j| if i == j { 1.0 } else { 0.0 } - z * paper.beta[i][j]);
            1.0 + z * dot(&b, &inverse(&matrix).unwrap().mul_vec(&[1.0; 8]))
        };
        for (z, below) in [(-1e2, 0.1), (-1e4, 2e-3), (-1e6, 2e-5)] {
            assert!(step(z).abs() < below, "{z}: {}", step(z));
        }
    }
}
