//! The worm's connectome against NumPy: its size, its orientation, its spectrum.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use nullcline::gallery;
use nullcline::linalg::eigenvalues;
use nullcline::model::{MemoryFolder, Model, Source};
use nullcline::network::connectivity;

#[test]
fn the_worm_has_the_rows_and_the_spectrum_that_numpy_finds() {
    let entry = gallery::find("celegans").unwrap();
    let files = entry.data.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.to_vec()));
    let model = Model::parse("celegans.toml", entry.text, &MemoryFolder { files: files.collect() }).unwrap();
    let Source::Network(network) = &model.system else { panic!("a network") };
    let m = connectivity(network).unwrap().m.to_dense();
    assert_eq!((m.rows(), m.cols()), (473, 473));
    let (_, names) = &model.labels[0];
    let cell = names.iter().position(|name| name == "AVAL").unwrap();
    // Rows are targets: AVAL receives more than it sends.
    let (received, sent) = (m.row(cell).iter().sum::<f64>(), m.column(cell).iter().sum::<f64>());
    assert!((received - 0.734_513_469_218_318_7).abs() < 1e-12, "{received}");
    assert!((sent - 0.400_420_386_229_384_5).abs() < 1e-12, "{sent}");
    // Eigenvalues of M scaled to 0.9; A has (lambda - 1)/tau with tau = 20 ms: -5, -26.445 and so on.
    let truth = [-5.0, -26.445_146_96, -39.823_329_48, -43.212_425_07, -45.022_769_19, -45.407_273_47];
    for (z, truth) in eigenvalues(&m).unwrap().iter().zip(truth) {
        assert!(((z.re - 1.0) / 0.02 - truth).abs() < 1e-6 && z.im == 0.0, "{z} {truth}");
    }
}
