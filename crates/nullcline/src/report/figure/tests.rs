//! Every figure is a drawing that can be shown: well-formed, without NaN, with equal bytes for equal studies.

use super::figures;
use crate::report::{fixture, png};

#[test]
fn every_figure_is_well_formed_and_finite() {
    for mut study in [fixture::tornado(), fixture::transient(), fixture::improper_node()] {
        study.names[0] = "<b>&\"x".into();
        for figure in figures(&study) {
            let options = resvg::usvg::Options::default();
            resvg::usvg::Tree::from_str(&figure.svg, &options).unwrap();
            for word in ["NaN", "inf", "<b>"] {
                assert!(!figure.svg.contains(word), "{word} in {}", figure.name);
            }
        }
        assert_eq!(figures(&study), figures(&study));
    }
}

#[test]
fn a_run_that_diverged_can_still_be_drawn() {
    let mut study = fixture::tornado();
    fixture::follow(&mut study, 0.1, 50, |t| {
        if t > 3.0 { vec![f64::INFINITY, f64::NAN, 1e308] } else { vec![t.exp(), 1.0, 2.0] }
    });
    for figure in figures(&study) {
        assert!(!figure.svg.contains("NaN") && !figure.svg.contains("inf"), "{}", figure.name);
    }
}

#[test]
fn the_pixels_of_a_figure_hold_its_text() {
    let text = r##"<svg xmlns="http://www.w3.org/2000/svg" width="60" height="20"><text x="2" y="14" font-size="12" fill="#000" font-family="Helvetica, Arial, sans-serif">−x₁ λ</text></svg>"##;
    let blank = r##"<svg xmlns="http://www.w3.org/2000/svg" width="60" height="20"></svg>"##;
    let (with, without) = (png(text, 2.0).unwrap(), png(blank, 2.0).unwrap());
    assert_eq!(&with[1..4], b"PNG");
    assert!(with.len() > without.len() + 200, "{} {}", with.len(), without.len());
    assert!(png("no drawing", 1.0).is_err());
    assert!(png(blank, 0.0).is_err());
}

#[test]
fn units_events_and_trials_have_their_figures() {
    let all = [fixture::cell(), fixture::integrate_and_fire(), fixture::populations(), fixture::decision()];
    let names: Vec<Vec<String>> =
        all.iter().map(|study| figures(study).into_iter().map(|f| f.name).collect()).collect();
    assert_eq!(names[0], ["traces", "spectrum"]);
    assert_eq!(names[2], ["traces", "raster"]);
    assert_eq!(names[3], ["traces", "trials", "spectrum"]);
    for study in &all {
        for figure in figures(study) {
            resvg::usvg::Tree::from_str(&figure.svg, &resvg::usvg::Options::default()).unwrap();
            assert!(!figure.svg.contains("NaN") && !figure.svg.contains("inf"), "{}", figure.name);
        }
    }
    let cell = &figures(&all[0])[0];
    for text in ["V (mV)", "time (ms)", ">m<", ">h<", ">n<"] {
        assert!(cell.svg.contains(text), "{text}");
    }
    assert!(figures(&all[1])[0].caption.contains("its line is broken"));
    assert!(figures(&all[3])[1].svg.contains("coherence (%)"));
}
