//! Matrices as NumPy, SciPy and spreadsheets write them. The files in `data` were written by NumPy 2.4 and SciPy 1.17.

use linalg::Matrix;
use nullcline::model::{read_matrix, read_matrix_variable};
use proptest::prelude::*;
use std::io::Write;
use std::path::{Path, PathBuf};

const FILES: [&str; 10] = [
    "rows.npy",
    "columns.npy",
    "integers.npy",
    "singles.npy",
    "objects.npy",
    "cube.npy",
    "one.npz",
    "two.npz",
    "one.mat",
    "two.mat",
];

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name))
        .expect("the file is there")
}

fn expected() -> Matrix {
    Matrix::from_rows(&[[1.0, 2.0, 3.0], [4.0, 5.0, -6.0]])
}

#[test]
fn each_kind_of_file_gives_the_same_matrix() {
    for name in ["rows.npy", "columns.npy", "integers.npy", "singles.npy", "one.npz", "one.mat"] {
        assert_eq!(read_matrix(name, &bytes(name)).unwrap(), expected(), "{name}");
    }
    for name in ["two.npz", "two.mat"] {
        assert_eq!(read_matrix_variable(name, &bytes(name), Some("M")).unwrap(), expected(), "{name}");
        assert_eq!(
            read_matrix_variable(name, &bytes(name), Some("W")).unwrap(),
            expected().transpose(),
            "{name}"
        );
        let e = read_matrix(name, &bytes(name)).unwrap_err();
        assert!(e.message.contains("several arrays: `M`, `W`"), "{}", e.message);
        let e = read_matrix_variable(name, &bytes(name), Some("X")).unwrap_err();
        assert!(e.message.contains("no array `X`"), "{}", e.message);
    }
}

#[test]
fn what_is_no_matrix_is_refused_in_words() {
    let message = |name: &str, bytes: &[u8]| read_matrix(name, bytes).unwrap_err().message;
    assert!(message("objects.npy", &bytes("objects.npy")).contains("pickled objects"));
    assert!(message("cube.npy", &bytes("cube.npy")).contains("has 3 dimensions"));
    assert!(message("model.pkl", b"\x80\x04").contains("can run code"));
    assert!(message("a.npy", b"1,2\n").contains("does not begin as one"));
    assert!(message("a.npz", b"1,2\n").contains("not a .npz file"));
    assert!(message("a.mat", b"1,2\n").contains("not a .mat file"));
    assert!(message("a.mat", b"MATLAB 7.3 MAT-file").contains("version 7.3"));
    assert!(message("a.xlsx", b"PK").contains("not of a known kind"));
    assert!(message("a.csv", b"1,nan\n").contains("row 1, column 2"));
    let cut = bytes("rows.npy");
    assert!(message("rows.npy", &cut[..cut.len() - 8]).contains("cut off"));
}

#[test]
fn real_connectomes_are_read_where_they_are_there() {
    let data: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    if !data.is_dir() {
        // Past the capture of the test harness, which would swallow it.
        let _ = writeln!(std::io::stderr(), "skipped: there is no ../shared/data");
        return;
    }
    let sizes = [
        ("fly_hemibrain_ring/counts_32.npy", 32, 32),
        ("fly_hemibrain_ring/counts_152.npy", 152, 152),
        ("insect_ring_attractor/fly_62.csv", 62, 62),
        ("insect_ring_attractor/locust_58.csv", 58, 58),
        ("insect_ring_attractor/kakaria_debivort_60.csv", 60, 60),
        ("macaque_fln29/fln.csv", 29, 29),
    ];
    for (name, rows, cols) in sizes {
        let bytes = std::fs::read(data.join(name)).unwrap();
        let m = read_matrix(name, &bytes).unwrap();
        assert_eq!((m.rows(), m.cols()), (rows, cols), "{name}");
    }
    let tensor = std::fs::read(data.join("motor_cortex_tme/exampleData.mat")).unwrap();
    assert!(read_matrix("exampleData.mat", &tensor).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_damaged_file_panics(
        which in 0..FILES.len(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = bytes(FILES[which]);
        for (at, value) in damage {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        let _ = read_matrix_variable(FILES[which], &bytes, Some("M"));
        let end = cut.index(bytes.len());
        let _ = read_matrix_variable(FILES[which], &bytes[..end], Some("M"));
    }
}
