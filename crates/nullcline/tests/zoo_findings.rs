//! The findings on a zoo of difficult matrices: every number is one, and no wrong "independent" leaves the house.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "../../dynamics/tests/zoo/matrices.rs"]
mod matrices;

use matrices::{Truth, noise, product, zoo};
use nullcline::linalg;
use nullcline::report::{analysis_json, plain_text, story};
use nullcline::walk::{Reading, examine_matrix};

#[test]
fn the_findings_on_the_zoo_hold_no_nan() {
    assert_ne!(noise(0, 0), noise(0, 1));
    for n in [1, 2, 3, 5, 10, 50] {
        let kinds = zoo(n);
        assert!(kinds.len() >= 21);
        for (name, truth, a) in kinds {
            assert_eq!(product(&a, &linalg::Matrix::identity(n)), a);
            for reading in [Reading::Flow, Reading::Map, Reading::Weights { tau: 0.02 }] {
                let study = examine_matrix(name, &a, reading, "s", false).unwrap();
                let found = analysis_json(&study);
                let place = format!("{name} {n} {reading:?}");
                // A number that is none becomes null: where null is not allowed, it would be a NaN.
                let stability = &found["stability"];
                for x in [&stability["spectral_abscissa"], &stability["spectral_radius"]] {
                    assert!(x.is_f64(), "{place}: {stability}");
                }
                let non_normality = &found["non_normality"];
                for key in ["numerical_abscissa", "henrici"] {
                    assert!(non_normality[key].is_f64(), "{place}: {non_normality}");
                }
                let bounded = stability["verdict"] != "unstable";
                assert_eq!(non_normality["kreiss"].is_f64(), bounded, "{place}: {non_normality}");
                assert_eq!(stability["distance_to_instability"].is_f64(), bounded, "{place}: {stability}");
                for z in found["eigenvalues"].as_array().unwrap() {
                    assert!(z[0].is_f64() && z[1].is_f64(), "{place}: {z}");
                }
                assert!(found["frequencies"].as_array().unwrap().iter().all(|f| f.is_f64()), "{place}");
                let verdict = &found["eigenvectors"]["verdict"];
                // (M - I)/tau rounds: what is defective in M is that only nearly in A.
                if truth == Truth::Defective {
                    assert!(*verdict != "independent" && *verdict != "orthonormal", "{place}: {verdict}");
                }
                assert_eq!(found["eigenvectors"]["condition"].is_f64(), *verdict != "defective", "{place}");
                let text = plain_text(&story(&study), 100);
                assert!(!text.contains("NaN"), "{place}: {text}");
            }
        }
    }
}
