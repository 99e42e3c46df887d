//! Where the common sentences about linear networks are loose or wrong, the story says it right.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use nullcline::dynamics::simulate::unwatched;
use nullcline::linalg::{Matrix, symmetric_eigenvalues};
use nullcline::model::{MemoryFolder, Model};
use nullcline::report::{plain_text, story};
use nullcline::walk::{Options, Reading, build, examine, examine_matrix};
use nullcline::{gallery, study::Study};

fn words(study: &Study) -> String {
    plain_text(&story(study), 100).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn file(text: &str) -> String {
    let model = Model::parse("test.toml", text, &MemoryFolder::default())
        .unwrap_or_else(|e| panic!("{:?}", miette::Report::new(e)));
    let built = build(&model).unwrap();
    words(&examine(&model, &built, Options { simulate: true, full: false }, &unwatched).unwrap())
}

fn model(name: &str) -> String {
    file(gallery::find(name).unwrap().text)
}

fn matrix(rows: &[&[f64]]) -> String {
    words(&examine_matrix("A", &Matrix::from_rows(rows), Reading::Flow, "", false).unwrap())
}

#[track_caller]
fn says(text: &str, sentences: &[&str]) {
    for sentence in sentences {
        assert!(text.contains(sentence), "it does not say: {sentence}\n{text}");
    }
}

#[test]
fn the_eigenvalues_of_a_are_those_of_m_less_one_over_tau() {
    let text = model("linear_rnn");
    says(&text, &["(lambda(M) - 1)/tau, not lambda(M) - 1", "lambda(M) = 0.9 with tau = 20 ms gives -5/s"]);
    says(&text, &["One mode decays by e every 200 ms"]);
    // tau = 20 ms and lambda = 0.99: 2 s.
    let almost = Matrix::from_rows(&[[0.99]]);
    let study = examine_matrix("M", &almost, Reading::Weights { tau: 0.02 }, "s", false).unwrap();
    assert!((study.linear[0].analysis.time_constants[0].unwrap() - 2.0).abs() < 1e-13);
    says(&words(&study), &["decays by e every 2 s"]);
}

#[test]
fn no_positive_real_part_is_not_enough_to_stay_bounded() {
    let text = model("ramp");
    says(&text, &["It is unstable: the eigenvalue 0 is double with one eigenvector: states grow like t."]);
    says(&text, &["\"not positive\" is enough for boundedness only if every eigenvalue on the border"]);
    says(&matrix(&[&[0.0, 0.0], &[1.0, 0.0]]), &["It is unstable", "like a power of time"]);
}

#[test]
fn the_set_of_fixed_points_may_be_empty() {
    let text = model("attractor_none");
    says(&text, &["There is no fixed point", "a part outside its range, which no state can cancel"]);
    says(&text, &["drifts at the rate 0.141 per time unit along (0.1, 0.1, 0)", "while both drift"]);
}

#[test]
fn the_planar_table_includes_zero_and_the_shear() {
    says(
        &model("planar_shear"),
        &["make it a shear", "linear growth", "margin 0", "a saddle, a node or a spiral"],
    );
    says(&model("planar_plane_of_fixed_points"), &["make it a plane of fixed points", "margin 0"]);
    says(&matrix(&[&[0.0, 0.0], &[0.0, 0.0]]), &["plane of fixed points"]);
}

#[test]
fn half_a_circle_of_cosines_is_a_twisted_ring_and_a_plane_attractor() {
    let text = model("linear_ring");
    says(&text, &["yet it is no circle", "a twisted ring", "theta and theta + pi carry opposite signs"]);
    says(&text, &["with both ends of the half circle on it they would split"]);
    says(&text, &["a plane, not a ring", "any amplitude", "a nonlinearity that fixes the amplitude"]);
    let raw = model("linear_ring_raw");
    says(
        &raw,
        &["These weights are not an attractor", "Weights divided by 25 (2/N times a cosine, for N = 50)"],
    );
    says(&raw, &["grow by e every 833 us"]);
}

#[test]
fn both_ends_on_the_grid_split_the_two_eigenvalues() {
    let ring = |n: usize, step: f64| {
        let m = Matrix::from_fn(n, n, |i, j| ((i as f64 - j as f64) * step).cos());
        symmetric_eigenvalues(&m)
    };
    let (open, closed) = (ring(50, std::f64::consts::PI / 50.0), ring(50, std::f64::consts::PI / 49.0));
    assert!((open[0] - 25.0).abs() < 1e-10 && (open[1] - 25.0).abs() < 1e-10);
    assert!((closed[0] - 25.5).abs() < 1e-10 && (closed[1] - 24.5).abs() < 1e-10);
    let text = file(&gallery::find("linear_ring").unwrap().text.replace("pi*i/n", "pi*i/(n - 1)"));
    assert!(!text.contains("they would split"), "{text}");
}

#[test]
fn symmetric_means_that_an_orthonormal_basis_can_be_chosen() {
    says(
        &model("linear_ring"),
        &["can be chosen orthonormal; where an eigenvalue is repeated, a solver need not"],
    );
}

#[test]
fn an_inverse_of_defective_eigenvectors_is_an_accident_of_rounding() {
    let text = model("jordan");
    says(
        &text,
        &["Its eigenvalue 3 comes 2 times, with fewer eigenvectors", "Their condition number is infinite"],
    );
    says(&text, &["a finite one, or an inverse of the eigenvectors, would be an accident of rounding"]);
    assert!(!text.contains("e15") && !text.contains("e16"), "{text}");
}

#[test]
fn not_symmetric_does_not_mean_non_normal() {
    let skew =
        "format = 1\n[linear]\nA = [[0, 2, -1], [-2, 0, 3], [1, -3, 0]]\nx0 = [1, 0, 0]\n[run]\nt = [0, 3]\n";
    let text = file(skew);
    says(&text, &["not symmetric and yet normal", "\"Not symmetric\" does not mean \"non-normal\""]);
    // A complex orthonormal basis: the conjugate transpose.
    says(&text, &["c = V^H x0, with the conjugate transpose"]);
}

#[test]
fn coefficients_and_the_gain_of_an_integrator_follow_from_left_eigenvectors() {
    let text = model("balanced_amplification");
    says(
        &text,
        &[
            "c = V^-1 x0, that is, projections by the left eigenvectors",
            "not the same as being far from symmetric",
        ],
    );
    // x2 integrates three times x1's input beside its own: l = (3, 1).
    let text = matrix(&[&[-1.0, 0.0], &[3.0, 0.0]]);
    says(&text, &["the left eigenvector l = (3, 1) of the eigenvalue 0", "at most ||l|| = 3.16"]);
    assert!(!model("eye_position").contains("left eigenvector l"));
}

#[test]
fn decoupled_is_not_orthogonal() {
    says(
        &model("balanced_amplification"),
        &["the modes are decoupled, which is not to say that they are orthogonal"],
    );
}

#[test]
fn eigenvectors_survive_from_m_to_a_only_with_one_tau() {
    let text = gallery::find("balanced_amplification").unwrap().text;
    says(&file(text), &["The eigenvectors of M are those of A because all units share this one tau"]);
    let two = text.replacen("tau = 1", "tau = 2", 1).split("[expect]").next().unwrap().to_owned();
    says(&file(&two), &["time constants from 1 time unit to 2 time units", "has other eigenvectors than M"]);
}

#[test]
fn the_arrows_of_a_tornado_are_parts_of_one_complex_eigenvector() {
    says(
        &model("tornado"),
        &["the real and the imaginary part of one complex eigenvector, not two eigenvectors"],
    );
}

#[test]
fn the_null_space_of_m_is_not_the_set_of_fixed_points() {
    says(&model("linear_ring"), &["ker M has dimension 48", "ker(M - I), of dimension 2"]);
}
