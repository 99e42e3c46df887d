//! Trained networks: their steps against an independent implementation, their files, what can be wrong with them, and where they rest.
//!
//! The files of `tests/trained` were written by NumPy, from the formulas of the cells gate by gate: weights drawn at random, and the
//! states after every tenth step of 40 from 0, with a pulse of 0.5 from 5 to 12 on the first input and -0.25 on the others.
//! `flip_flop_gru` was trained (backpropagation in JAX, Adam, 2500 batches) to remember the last pulse on each of three inputs; its
//! points are those that SciPy's `root` found from 3000 states between those of a long run.

use dynamics::linalg::Matrix;
use dynamics::random::Stream;
use dynamics::simulate::unwatched;
use nullcline::model::{DiskFolder, MemoryFolder, Model, ModelError, read_matrix};
use nullcline::study::Study;
use nullcline::walk::{Options, build, examine};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/trained");

/// The rest of a model file after `[trained]`.
fn text(trained: &str, inputs: usize) -> String {
    let others = ", { constant = -0.25 }".repeat(inputs - 1);
    format!(
        "format = 1\n[trained]\n{trained}\n[inputs.u]\n\
         channels = [{{ pulse = {{ onset = 5, width = 7, amplitude = 0.5 }} }}{others}]\n[run]\nt = [0, 40]\n"
    )
}

fn studied(model: &Model) -> Study {
    let built = build(model).expect("the model is lowered");
    examine(model, &built, Options { simulate: true, full: false }, &unwatched)
        .expect("the model is examined")
}

#[test]
fn every_cell_follows_its_formulas() {
    let cases = [
        ("vanilla_tanh", "kind = \"vanilla\"\nweights = \"vanilla_tanh.npz\"", 3, 1e-12),
        (
            "vanilla_relu",
            "kind = \"vanilla\"\ntransfer = \"relu\"\nweights = \"vanilla_relu.safetensors\"",
            2,
            1e-12,
        ),
        ("gru", "kind = \"gru\"\nweights = \"gru.safetensors\"", 3, 1e-12),
        ("gru_cell", "kind = \"gru\"\nweights = \"gru_cell.npz\"\nprefix = \"cell\"", 2, 1e-12),
        ("lstm", "kind = \"lstm\"\nweights = \"lstm.npz\"\nprefix = \"core/lstm.\"", 2, 1e-12),
    ];
    for (name, trained, inputs, tolerance) in cases {
        let model = Model::parse(name, &text(trained, inputs), &DiskFolder::new(FOLDER)).unwrap();
        let study = studied(&model);
        let run = &study.simulation.as_ref().unwrap().trajectory;
        let file = format!("{name}_states.npy");
        let expected = read_matrix(&file, &std::fs::read(format!("{FOLDER}/{file}")).unwrap()).unwrap();
        let found = Matrix::from_fn(expected.rows(), expected.cols(), |i, k| run.x[(i, 10 * k)]);
        let error = (&found - &expected).norm_max();
        // Rounding, amplified by what the networks amplify in 40 steps: at most some thousand times.
        assert!(error < tolerance, "{name}: {error:e}");
        for at in &study.linear {
            let point = at.point.as_ref().unwrap();
            assert!(point.certified && point.residual <= 1e-10, "{name}");
        }
    }
}

#[test]
fn a_constant_input_is_a_list_and_moves_the_fixed_point() {
    let read = |input: &str| {
        let text = format!(
            "format = 1\n[trained]\nkind = \"gru\"\nweights = \"gru_cell.npz\"\n{input}\n[run]\nt = [0, 400]\n"
        );
        let study = studied(&Model::parse("gru.toml", &text, &DiskFolder::new(FOLDER)).unwrap());
        let run = &study.simulation.as_ref().unwrap().trajectory;
        let last = run.x.column(run.x.cols() - 1).to_vec();
        let near = |x: &[f64]| x.iter().zip(&last).map(|(x, y)| (x - y).abs()).fold(0.0, f64::max);
        assert!(
            study.linear.iter().any(|at| near(&at.point.as_ref().unwrap().x) < 1e-6),
            "it ends at one of them"
        );
        last
    };
    assert_eq!(read(""), read("input = [0, 0]"));
    assert_ne!(read(""), read("input = [0.5, -0.5]"));
}

/// A file of arrays: a header, and floats of 64 bits.
fn safetensors(arrays: &[(&str, &[usize], Vec<f64>)]) -> Vec<u8> {
    let (mut entries, mut data) = (Vec::new(), Vec::new());
    for (name, shape, values) in arrays {
        let start = data.len();
        data.extend(values.iter().flat_map(|x| x.to_le_bytes()));
        let end = data.len();
        entries.push(format!(
            "\"{name}\":{{\"dtype\":\"F64\",\"shape\":{shape:?},\"data_offsets\":[{start},{end}]}}"
        ));
    }
    let header = format!("{{{}}}", entries.join(","));
    [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), &data].concat()
}

fn parse(trained: &str, arrays: &[(&str, &[usize], Vec<f64>)]) -> Result<Model, ModelError> {
    let files = [("w.safetensors".to_owned(), safetensors(arrays))].into();
    let text = format!("format = 1\n[trained]\n{trained}\nweights = \"w.safetensors\"\n[run]\nt = [0, 50]\n");
    Model::parse("w.toml", &text, &MemoryFolder { files })
}

#[test]
fn a_random_gru_of_128_units_at_gain_3_has_its_fixed_point() {
    let n = 128;
    let mut random = Stream::new(1, 9, 0);
    let mut draw = |count: usize, size: f64| (0..count).map(|_| size * random.normal()).collect::<Vec<f64>>();
    let arrays: [(&str, &[usize], Vec<f64>); 4] = [
        ("rnn.weight_hh_l0", &[3 * n, n], draw(3 * n * n, 3.0 / (n as f64).sqrt())),
        ("rnn.weight_ih_l0", &[3 * n, 1], vec![0.0; 3 * n]),
        ("rnn.bias_ih_l0", &[3 * n], draw(3 * n, 0.1)),
        ("rnn.bias_hh_l0", &[3 * n], draw(3 * n, 0.1)),
    ];
    let study = studied(&parse("kind = \"gru\"", &arrays).unwrap());
    assert!(!study.linear.is_empty());
    for at in &study.linear {
        let point = at.point.as_ref().unwrap();
        assert!(point.certified && point.residual < 1e-12, "{:e}", point.residual);
        assert!(point.x.iter().all(|h| h.abs() < 1.0));
        assert!(at.analysis.stability.spectral_radius > 1.0, "gain 3 is beyond the transition");
    }
}

#[test]
fn what_does_not_fit_is_told_with_the_array_and_what_was_expected() {
    let square = || ("weight_hh_l0", &[2, 2][..], vec![0.1; 4]);
    let input = || ("weight_ih_l0", &[2, 1][..], vec![0.1; 2]);
    let told = |trained: &str, arrays: &[(&str, &[usize], Vec<f64>)]| {
        let error = parse(trained, arrays).unwrap_err();
        (error.message().to_owned(), error.hint().unwrap_or_default().to_owned())
    };
    let vanilla = "kind = \"vanilla\"";
    assert!(parse(vanilla, &[square(), input()]).is_ok());

    let (message, hint) = told("kind = \"gru\"", &[square(), input()]);
    assert_eq!(message, "`weight_hh_l0` in `w.safetensors` is 2 x 2, and a GRU network needs 3H x H");
    assert!(hint.contains("kind = \"vanilla\""), "{hint}");
    let (message, hint) = told(vanilla, &[("weight_hh_l0", &[6, 2], vec![0.0; 12]), input()]);
    assert!(
        message.ends_with("is 6 x 2, and a vanilla network needs H x H") && hint.contains("\"gru\""),
        "{hint}"
    );
    let (_, hint) = told("kind = \"gru\"", &[("weight_hh_l0", &[2, 6], vec![0.0; 12]), input()]);
    assert!(hint.contains("transposed"), "{hint}");

    let (message, _) = told(vanilla, &[square(), ("weight_ih_l0", &[3, 1], vec![0.0; 3])]);
    assert_eq!(message, "`weight_ih_l0` in `w.safetensors` is 3 x 1, and must be 2 x I");
    let (message, _) = told(vanilla, &[square(), input(), ("bias_hh_l0", &[3], vec![0.0; 3])]);
    assert_eq!(message, "`bias_hh_l0` in `w.safetensors` is 3, and must be 2");

    let (message, hint) = told(vanilla, &[("kernel", &[1, 2], vec![0.0; 2])]);
    assert_eq!(message, "there is no array `weight_hh_l0` in `w.safetensors`");
    assert!(hint.starts_with("it holds `kernel` (1 x 2); expected are PyTorch's names"), "{hint}");
    let (message, hint) = told(vanilla, &[square()]);
    assert!(message.contains("no array `weight_ih_l0`") && hint.contains("`weight_hh_l0` (2 x 2)"), "{hint}");
    let (message, _) = told(vanilla, &[square(), input(), ("weight_hh_l2", &[2, 2], vec![0.0; 4])]);
    assert!(message.contains("no array `weight_hh_l1`"), "{message}");

    let (message, hint) = told(
        vanilla,
        &[("a.weight_hh_l0", &[2, 2], vec![0.0; 4]), ("b.weight_hh_l0", &[2, 2], vec![0.0; 4])],
    );
    assert_eq!(message, "`w.safetensors` holds several networks: `a`, `b`");
    assert_eq!(hint, "say which: `prefix = \"a\"`");
    let (message, hint) =
        told("kind = \"vanilla\"\nprefix = \"rn\"", &[("rnn.weight_hh_l0", &[1, 1], vec![0.0])]);
    assert!(message.contains("no network `rn`") && hint == "did you mean `rnn`?", "{message} {hint}");

    let (message, _) = told(vanilla, &[square(), input(), ("weight_hh_l0_reverse", &[2, 2], vec![0.0; 4])]);
    assert!(message.contains("the network is bidirectional"), "{message}");
    let (message, _) = told("kind = \"lstm\"", &[square(), input(), ("weight_hr_l0", &[1, 2], vec![0.0; 2])]);
    assert!(message.contains("LSTM with projections"), "{message}");

    let (message, hint) = told(vanilla, &[("weight_hh_l0", &[2, 2], vec![0.1, 0.2, f64::NAN, 0.3]), input()]);
    assert_eq!(
        message,
        "`weight_hh_l0` in `w.safetensors` has an entry that is not a number (NaN): row 2, column 1"
    );
    assert!(hint.contains("diverged"));
    let (message, hint) = told("kind = \"grue\"", &[square(), input()]);
    assert_eq!((message.as_str(), hint.as_str()), ("`grue` is no kind of cell", "did you mean `gru`?"));
    let (message, _) = told("kind = \"gru\"\ntransfer = \"relu\"", &[square(), input()]);
    assert!(message.contains("`transfer` is for vanilla units"), "{message}");
    let (message, hint) = told("kind = \"vanilla\"\ninput = [1, 2]", &[square(), input()]);
    assert_eq!(message, "`input` has 2 entries, and the network reads 1");
    assert_eq!(hint, "one for each column of weight_ih_l0");
    let (message, hint) = told("kind = \"vanilla\"\nx0 = [1]", &[square(), input()]);
    assert_eq!((message.as_str(), hint.as_str()), ("`x0` has 1 entries, and the state has 2", "give 2 of h"));
}

#[test]
fn a_file_of_another_kind_or_a_run_that_is_not_made_of_steps_is_refused() {
    let told = |weights: &str, t: &str| {
        let text =
            format!("format = 1\n[trained]\nkind = \"gru\"\nweights = \"{weights}\"\n[run]\nt = {t}\n");
        let bytes = std::fs::read(format!("{FOLDER}/gru.safetensors")).unwrap();
        let names = ["w.pt", "w.h5", "w.npz", "w.bin", "w.safetensors"];
        let files = names.map(|name| (name.to_owned(), bytes.clone())).into();
        Model::parse("w.toml", &text, &MemoryFolder { files }).unwrap_err()
    };
    assert!(told("w.pt", "[0, 9]").hint().unwrap().contains("np.savez"));
    assert!(told("w.h5", "[0, 9]").message().contains("Keras"));
    assert!(told("w.npz", "[0, 9]").message().contains("is not a .npz file"));
    assert!(told("gone.npz", "[0, 9]").message().contains("there is no file"));
    assert_eq!(
        told("w.safetensors", "[0, 9.5]").message(),
        "a trained network goes in steps, and this run goes from 0 to 9.5"
    );
    let both = "format = 1\n[linear]\nA = [[1]]\n[trained]\nkind = \"gru\"\nweights = \"w.npz\"\n";
    let error = Model::parse("w.toml", both, &MemoryFolder::default()).unwrap_err();
    assert_eq!(error.message(), "a model has one of `[linear]`, `[trained]` and `[populations]`");
}

#[test]
fn the_flip_flop_of_the_gallery_has_exactly_its_27_fixed_points() {
    let entry = nullcline::gallery::find("trained_flip_flop").unwrap();
    let files = entry.data.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect();
    let model = Model::parse("flip_flop.toml", entry.text, &MemoryFolder { files }).unwrap();
    let study = studied(&model);
    // Each bit is up, down or at 0, where its one direction grows: 3^3 points, (3 choose k) 2^(3-k) of them with k growing directions.
    let mut counts = [0; 4];
    for at in &study.linear {
        let growing = at.analysis.eigenvalues.iter().filter(|z| z.norm() > 1.0).count();
        counts[growing] += 1;
        assert!(at.point.as_ref().unwrap().certified);
    }
    assert_eq!(counts, [8, 12, 6, 1]);
    let told = nullcline::report::plain_text(&nullcline::report::story(&study), 100_000);
    assert!(told.contains("8 with no growing direction, 12 with 1, 6 with 2 and 1 with 3"), "{told}");
    // One eigenvalue for each bit, the slope of its scalar map at the memory, by Brent's method in Python; the weights have rank 3.
    let values = &study.linear[0].analysis.eigenvalues;
    let expected = [0.1931917484169516, 0.1345712709685582, 0.12225824470243563];
    for (z, expected) in values.iter().zip(expected) {
        assert!((z.re - expected).abs() < 1e-13 && z.im == 0.0, "{z}");
    }
    assert!(values[3..].iter().all(|z| z.norm() < 1e-14));
}

#[test]
fn a_gru_that_was_trained_to_hold_three_bits_has_the_points_that_scipy_finds() {
    let text = "format = 1\n[trained]\nkind = \"gru\"\nweights = \"flip_flop_gru.npz\"\n[inputs.pulses]\nchannels = [\
                { pulse = { onset = 5, width = 1, amplitude = 1 } }, { pulse = { onset = 15, width = 1, amplitude = -1 } }, \
                { pulse = { onset = 25, width = 1, amplitude = 1 } }]\n[run]\nt = [0, 60]\n";
    let study = studied(&Model::parse("gru.toml", text, &DiskFolder::new(FOLDER)).unwrap());
    let file = "flip_flop_gru_points.npy";
    let expected = read_matrix(file, &std::fs::read(format!("{FOLDER}/{file}")).unwrap()).unwrap();
    let points: Vec<_> = study.linear.iter().map(|at| at.point.as_ref().unwrap()).collect();
    let distance = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| (x - y).abs()).fold(0.0, f64::max);
    for k in 0..expected.cols() {
        let nearest =
            points.iter().map(|point| distance(&point.x, expected.column(k))).fold(f64::INFINITY, f64::min);
        // SciPy's own residual is up to 1e-10, and some of these points have slow directions.
        assert!(nearest < 1e-7, "point {k} was missed: the nearest is {nearest} away");
    }
    let mut counts = [0; 4];
    points.iter().for_each(|point| counts[point.unstable] += 1);
    // As in the picture of Sussillo and Barak (2013): memories, and saddles between them of every index.
    assert_eq!((points.len(), counts), (27, [8, 12, 6, 1]));
    assert!(points.iter().all(|point| point.certified && point.residual < 1e-12));
}

#[test]
fn an_ensemble_of_starts_comes_to_the_memories() {
    let text = "format = 1\nseed = 1\n[trained]\nkind = \"gru\"\nweights = \"flip_flop_gru.npz\"\n[run]\nt = [0, 200]\n\
                ensemble = { n = 12, spread = 0.7 }\n";
    let study = studied(&Model::parse("gru.toml", text, &DiskFolder::new(FOLDER)).unwrap());
    assert_eq!(study.ensemble.len(), 12);
    let memories: Vec<&[f64]> = study
        .linear
        .iter()
        .filter_map(|at| at.point.as_ref())
        .filter(|p| p.unstable == 0)
        .map(|p| &p.x[..])
        .collect();
    assert_eq!(memories.len(), 8, "also those that the run came nowhere near");
    let mut reached = std::collections::BTreeSet::new();
    for states in &study.ensemble {
        assert_eq!(states.cols(), 201);
        let near = |x: &[f64]| x.iter().zip(states.column(200)).all(|(x, y)| (x - y).abs() < 1e-6);
        reached.insert(memories.iter().position(|x| near(x)).expect("it ends at a memory"));
    }
    assert!(reached.len() > 2, "{reached:?}");
}

#[test]
fn a_matrix_of_a_file_of_weights_can_be_analyzed_alone() {
    let bytes = std::fs::read(format!("{FOLDER}/vanilla_relu.safetensors")).unwrap();
    let found =
        nullcline::model::read_matrix_variable("w.safetensors", &bytes, Some("weight_hh_l1")).unwrap();
    assert_eq!((found.rows(), found.cols()), (10, 10));
    let error =
        nullcline::model::read_matrix_variable("w.safetensors", &bytes, Some("bias_hh_l1")).unwrap_err();
    assert_eq!(error.message, "`bias_hh_l1` in `w.safetensors` has 1 dimensions, a matrix has 2");
}
