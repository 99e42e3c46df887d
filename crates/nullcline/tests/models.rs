//! Every model of the gallery is read.

use nullcline::model::{DiskFolder, Model, Source};

fn gallery() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models")
}

fn read(name: &str) -> Model {
    let text = std::fs::read_to_string(gallery().join(format!("{name}.toml"))).unwrap();
    Model::parse(name, &text, &DiskFolder::new(gallery()))
        .unwrap_or_else(|e| panic!("{:?}", miette::Report::new(e)))
}

#[test]
fn every_linear_model_of_the_gallery_is_read() {
    for entry in std::fs::read_dir(gallery()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "toml") {
            let text = std::fs::read_to_string(&path).unwrap();
            if text.contains("[linear]") {
                read(path.file_stem().unwrap().to_str().unwrap());
            }
        }
    }
}

#[test]
fn the_tornado_is_two_blocks() {
    let model = read("tornado");
    let Source::Linear(l) = &model.system else { panic!("a linear system") };
    let a = &l.system.a;
    assert_eq!(a.row(0), [0.035, 10.5, 0.0]);
    assert_eq!(a.row(1), [-10.5, 0.035, 0.0]);
    assert_eq!(a.row(2), [0.0, 0.0, 0.08]);
    assert_eq!(model.run.as_ref().unwrap().t, (0.0, 30.0));
    assert!(model.expect.iter().any(|e| e.path.ends_with("final") && e.expectation.value.is_some()));
}
