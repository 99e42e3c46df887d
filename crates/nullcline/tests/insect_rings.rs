//! The sign test finds how the heading circuits of insects were stored: three files as [post, pre], one as [pre, post].
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use nullcline::linalg::Matrix;
use nullcline::network::{Orientation, orientation_by_sign};
use std::io::Write;
use std::path::Path;

fn read(path: &Path) -> Matrix {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(path).unwrap();
    let rows: Vec<Vec<f64>> =
        reader.records().map(|r| r.unwrap().iter().map(|w| w.trim().parse().unwrap()).collect()).collect();
    Matrix::from_rows(&rows)
}

#[test]
fn dales_law_tells_rows_from_columns_in_four_heading_circuits() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/insect_ring_attractor");
    if !folder.is_dir() {
        // Past the capture of the test harness, which would swallow it.
        let _ = writeln!(std::io::stderr(), "skipped: {} is not there", folder.display());
        return;
    }
    for (name, n, transposed) in [
        ("fly_62", 62, false),
        ("fly_62_localised_inhibition", 62, false),
        ("locust_58", 58, false),
        ("kakaria_debivort_60", 60, true),
    ] {
        let m = read(&folder.join(name).with_extension("csv"));
        assert_eq!((m.rows(), m.cols()), (n, n));
        let found = orientation_by_sign(&m);
        match found {
            Orientation::PostPre { mixed_rows } => {
                assert!(!transposed && mixed_rows > 0, "{name}: {found:?}")
            }
            Orientation::PrePost { mixed_columns } => {
                assert!(transposed && mixed_columns > 0, "{name}: {found:?}")
            }
            _ => panic!("{name}: {found:?}"),
        }
    }
}
