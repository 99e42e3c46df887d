//! A trained network as a map of its state, with the exact Jacobian.

use super::cell::{GATES, Unit};
use super::{Layer, Trained};
use dynamics::field::{IteratedMap, JacobianKind};
use linalg::{Matrix, mul, mul_vec_into};

impl IteratedMap for Trained {
    fn dimension(&self) -> usize {
        self.layers.iter().map(Layer::dimension).sum()
    }

    /// A step with the input `p`.
    fn step(&self, p: &[f64], x: &[f64], next: &mut [f64]) {
        self.each_unit(p, x, &mut |k, at, i, unit| {
            let layer = &self.layers[k];
            (0..layer.cell.states()).for_each(|s| next[at + s * layer.units() + i] = unit.next[s]);
        });
    }

    fn jacobian(&self, p: &[f64], x: &[f64], j: &mut Matrix) -> JacobianKind {
        let mut units: Vec<Vec<Unit>> = self.layers.iter().map(|l| Vec::with_capacity(l.units())).collect();
        self.each_unit(p, x, &mut |k, _, _, unit| units[k].push(*unit));
        j.as_mut_slice().fill(0.0);
        let mut at = 0;
        for (k, layer) in self.layers.iter().enumerate() {
            let (h, states) = (layer.units(), layer.cell.states());
            add(j, layer, &units[k], at, at, &layer.recurrent_weights, |unit| &unit.by_recurrent);
            for (i, unit) in units[k].iter().enumerate() {
                for (to, from) in (0..states).flat_map(|to| (0..states).map(move |from| (to, from))) {
                    j[(at + to * h + i, at + from * h + i)] += unit.by_state[to][from];
                }
            }
            if k > 0 {
                let below = &self.layers[k - 1];
                let first = at - below.dimension();
                let slopes = Matrix::from_fn(below.units(), at, |i, m| j[(first + i, m)]);
                let through = mul(&layer.input_weights, &slopes);
                add(j, layer, &units[k], at, 0, &through, |unit| &unit.by_input);
            }
            at += layer.dimension();
        }
        JacobianKind::Exact
    }
}

impl Trained {
    /// Visits every unit after a step: its layer, where the state of the layer begins, its index there, and what it does.
    fn each_unit(&self, p: &[f64], x: &[f64], visit: &mut dyn FnMut(usize, usize, usize, &Unit)) {
        let mut input = p.to_vec();
        let mut at = 0;
        for (k, layer) in self.layers.iter().enumerate() {
            let (h, gates, states) = (layer.units(), layer.cell.gates(), layer.cell.states());
            let state = &x[at..at + states * h];
            let (mut u, mut v) = (vec![0.0; gates * h], vec![0.0; gates * h]);
            mul_vec_into(&layer.input_weights, &input, &mut u);
            mul_vec_into(&layer.recurrent_weights, &state[..h], &mut v);
            u.iter_mut().zip(&layer.input_bias).for_each(|(u, b)| *u += b);
            v.iter_mut().zip(&layer.recurrent_bias).for_each(|(v, b)| *v += b);
            input.resize(h, 0.0);
            for i in 0..h {
                let gate = |w: &[f64]| {
                    let mut of = [0.0; GATES];
                    (0..gates).for_each(|g| of[g] = w[g * h + i]);
                    of
                };
                let own = [state[i], if states > 1 { state[h + i] } else { 0.0 }];
                let unit = layer.cell.unit(gate(&u), gate(&v), own);
                input[i] = unit.next[0];
                visit(k, at, i, &unit);
            }
            at += states * h;
        }
    }
}

/// Adds sum over gates of diag(slope) W to the rows of a layer that begin at `row`, from column `column` on.
fn add(
    j: &mut Matrix,
    layer: &Layer,
    units: &[Unit],
    row: usize,
    column: usize,
    w: &Matrix,
    slopes: impl Fn(&Unit) -> &[[f64; GATES]; 2],
) {
    let h = layer.units();
    for (s, g) in (0..layer.cell.states()).flat_map(|s| (0..layer.cell.gates()).map(move |g| (s, g))) {
        let slopes: Vec<f64> = units.iter().map(|unit| slopes(unit)[s][g]).collect();
        for m in 0..w.cols() {
            let out = &mut j.column_mut(column + m)[row + s * h..row + (s + 1) * h];
            let weights = &w.column(m)[g * h..(g + 1) * h];
            out.iter_mut().zip(&slopes).zip(weights).for_each(|((out, slope), w)| *out += slope * w);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Cell;
    use super::*;
    use dynamics::field::{Increment, laws};
    use dynamics::random::Stream;

    fn layer(cell: Cell, units: usize, inputs: usize, random: &mut Stream) -> Layer {
        let rows = cell.gates() * units;
        Layer {
            cell,
            input_weights: Matrix::from_fn(rows, inputs, |_, _| random.normal()),
            recurrent_weights: Matrix::from_fn(rows, units, |_, _| random.normal()),
            input_bias: (0..rows).map(|_| random.normal()).collect(),
            recurrent_bias: (0..rows).map(|_| random.normal()).collect(),
        }
    }

    #[test]
    fn every_cell_and_every_stack_of_them_has_the_jacobian_of_its_step() {
        let mut random = Stream::new(7, 1, 0);
        for cell in [Cell::Tanh, Cell::Relu, Cell::Gru, Cell::Lstm] {
            for sizes in [&[5][..], &[4, 3], &[2, 5, 3]] {
                let mut inputs = 2;
                let mut layers = Vec::new();
                for &units in sizes {
                    layers.push(layer(cell, units, inputs, &mut random));
                    inputs = units;
                }
                let network = Trained { layers };
                let x: Vec<f64> = (0..network.dimension()).map(|_| 0.5 * random.normal()).collect();
                laws::check(&Increment { map: &network }, &[0.3, -0.7], &x, 0.0).unwrap();
            }
        }
    }

    #[test]
    fn a_stack_mixes_kinds_and_a_unit_without_inputs_is_driven_by_its_biases() {
        let mut random = Stream::new(8, 1, 0);
        let lower = layer(Cell::Lstm, 3, 0, &mut random);
        let upper = layer(Cell::Gru, 2, 3, &mut random);
        let network = Trained { layers: vec![lower, upper] };
        assert_eq!((network.dimension(), network.inputs()), (8, 0));
        assert_eq!(network.parts(), [("h_l0".to_owned(), 3), ("c_l0".to_owned(), 3), ("h_l1".to_owned(), 2)]);
        laws::check(&Increment { map: &network }, &[], &[0.1, 0.2, -0.3, 0.5, -0.5, 0.2, 0.7, -0.1], 0.0)
            .unwrap();
    }

    #[test]
    fn gates_that_are_shut_keep_the_state() {
        // With z, f = 1 and i = 0 to rounding a gated state stays: the simplest memory.
        let shut = |cell: Cell, biases: &[f64]| {
            let layer = Layer {
                cell,
                input_weights: Matrix::zeros(cell.gates(), 1),
                recurrent_weights: Matrix::zeros(cell.gates(), 1),
                input_bias: biases.to_vec(),
                recurrent_bias: vec![0.0; cell.gates()],
            };
            Trained { layers: vec![layer] }
        };
        let mut next = [0.0; 1];
        shut(Cell::Gru, &[0.0, 50.0, 1.0]).step(&[0.0], &[0.3], &mut next);
        assert_eq!(next, [0.3]);
        let mut next = [0.0; 2];
        shut(Cell::Lstm, &[-50.0, 50.0, 1.0, 50.0]).step(&[0.0], &[0.9, 0.3], &mut next);
        assert!((next[0] - 0.3_f64.tanh()).abs() < 1e-15 && (next[1] - 0.3).abs() < 1e-15);
    }

    #[test]
    fn a_state_that_is_no_number_is_not_hidden_by_a_threshold() {
        let network = Trained { layers: vec![layer(Cell::Relu, 2, 1, &mut Stream::new(9, 1, 0))] };
        let mut next = [0.0; 2];
        network.step(&[f64::NAN], &[0.0, 0.0], &mut next);
        assert!(next.iter().all(|h| h.is_nan()));
    }
}
