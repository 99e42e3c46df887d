//! How long does a model of the gallery take from its text to a network that is ready to run?
//!
//! Every model that holds equations, slowest first: the whole way, and what reading the file and lowering the equations take of it.
#![allow(clippy::print_stdout)]

#[path = "beside.rs"]
mod beside;

use beside::{spread, wall};
use nullcline::gallery;
use nullcline::model::{MemoryFolder, Model, Source};
use nullcline::walk::build;
use std::hint::black_box;

fn main() {
    let mut all = Vec::new();
    for entry in gallery::ENTRIES {
        let files = entry.data.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.to_vec())).collect();
        let folder = MemoryFolder { files };
        let read = || Model::parse(entry.name, black_box(entry.text), &folder);
        let model = read().expect("models of the gallery are right");
        if !matches!(model.system, Source::Equations(_)) {
            continue;
        }
        let (mut reading, mut lowering, mut whole) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..51 {
            reading.push(wall(read));
            lowering.push(wall(|| build(black_box(&model))));
            whole.push(wall(|| read().map(|model| build(&model).is_ok())));
        }
        all.push((entry.name, [whole, reading, lowering].map(|mut x| spread(&mut x).1)));
    }
    all.sort_by(|a, b| b.1[0].total_cmp(&a.1[0]));
    println!("{:28} {:>8} {:>8} {:>8}  ms: whole, reading, lowering", "model", "", "", "");
    for (name, [whole, reading, lowering]) in all {
        println!("{name:28} {whole:8.3} {reading:8.3} {lowering:8.3}");
    }
}
