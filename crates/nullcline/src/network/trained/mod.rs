//! Trained networks: recurrent cells in discrete time, with the weights that a training library stored.
//!
//! With h the hidden state, x the input, phi = tanh or max(., 0), sigma the logistic function and * unit by unit:
//!
//! | cell | what a step does |
//! |---|---|
//! | vanilla | h' = phi(W_ih x + b_ih + W_hh h + b_hh) |
//! | GRU | r = sigma(W_ir x + b_ir + W_hr h + b_hr), z likewise, n = tanh(W_in x + b_in + r * (W_hn h + b_hn)), h' = (1 - z) * n + z * h |
//! | LSTM | i, f, o = sigma(W_i. x + b_i. + W_h. h + b_h.), g = tanh(likewise), c' = f * c + i * g, h' = o * tanh(c') |
//!
//! | symbol | meaning | shape | code |
//! |---|---|---|---|
//! | W_ih | from the input: gate by gate, GRU r, z, n, LSTM i, f, g, o | GH x I | `input_weights` |
//! | W_hh | from the hidden state, in the same order | GH x H | `recurrent_weights` |
//! | b_ih, b_hh | biases; they differ in the GRU's n, where r acts on b_hn alone | GH | `input_bias`, `recurrent_bias` |
//!
//! This is PyTorch's convention. Other GRUs exist: the original one lets r act on h before W_hn, and some exchange z with 1 - z.
//! Layers are stacked: the next layer reads the new hidden state of the one below. The state of a network is h, for an LSTM (h, c),
//! layer after layer; its parameters are the input of this step.
//!
//! Every cell acts unit by unit on W_ih x and W_hh h, so each is one function of some numbers with its slopes (`unit`), and the
//! Jacobian is sum over gates of diag(slope) W_hh, plus a diagonal; through the layers the chain rule adds W_ih J of the layer below.
//!
//! Cost: G H (H + I) a step and a layer, G H^2 for its Jacobian, and G H n for each layer above the first (n states below it).
//! It fails where phi = max(., 0) has a corner: the slope there is taken as 0.
//!
//! References: Elman (1990), Finding structure in time; Cho et al. (2014), Learning phrase representations using RNN
//! encoder-decoder; Hochreiter and Schmidhuber (1997), Long short-term memory, with the forget gate of Gers, Schmidhuber and
//! Cummins (2000), Learning to forget.
//!
//! ```
//! use dynamics::field::IteratedMap;
//! use linalg::Matrix;
//! use nullcline::network::{Cell, Layer, Trained};
//! let layer = Layer {
//!     cell: Cell::Tanh,
//!     input_weights: Matrix::from_rows(&[[1.0], [0.0]]),
//!     recurrent_weights: Matrix::from_rows(&[[0.0, 0.0], [2.0, 0.0]]),
//!     input_bias: vec![0.0; 2],
//!     recurrent_bias: vec![0.0; 2],
//! };
//! let network = Trained { layers: vec![layer] };
//! let mut next = [0.0; 2];
//! network.step(&[0.5], &[0.25, 9.0], &mut next);
//! assert_eq!(next, [0.5_f64.tanh(), 0.5_f64.tanh()]);
//! ```

mod cell;
mod lower;
mod map;

pub use cell::Cell;
pub use lower::lower_trained;

use linalg::Matrix;

/// A trained recurrent network: layers, the first of which reads the input.
#[derive(Clone, Debug, PartialEq)]
pub struct Trained {
    /// From the input upwards; at least one.
    pub layers: Vec<Layer>,
}

/// A layer of H units of one kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// What its units do.
    pub cell: Cell,
    /// W_ih, GH x I.
    pub input_weights: Matrix,
    /// W_hh, GH x H.
    pub recurrent_weights: Matrix,
    /// b_ih, of length GH.
    pub input_bias: Vec<f64>,
    /// b_hh, of length GH.
    pub recurrent_bias: Vec<f64>,
}

impl Trained {
    /// The number of inputs, I.
    pub fn inputs(&self) -> usize {
        self.layers.first().map_or(0, |layer| layer.input_weights.cols())
    }

    /// The parts of the state by name, each with its number of variables: `h`, or `h` and `c`, with the layer where there are several.
    pub fn parts(&self) -> Vec<(String, usize)> {
        let layer_name = |k: usize| if self.layers.len() > 1 { format!("_l{k}") } else { String::new() };
        let of = |(k, layer): (usize, &Layer)| {
            let names = &["h", "c"][..layer.cell.states()];
            let named = |name: &&str| (format!("{name}{}", layer_name(k)), layer.units());
            names.iter().map(named).collect::<Vec<_>>()
        };
        self.layers.iter().enumerate().flat_map(of).collect()
    }

    /// The largest modulus of each variable at rest: h is a value or a mean of values of tanh, except where phi = max(., 0).
    pub fn bounds(&self) -> Vec<f64> {
        let of = |layer: &Layer| {
            let h = if layer.cell == Cell::Relu { f64::INFINITY } else { 1.0 };
            let c = vec![f64::INFINITY; layer.dimension() - layer.units()];
            [vec![h; layer.units()], c].concat()
        };
        self.layers.iter().flat_map(of).collect()
    }
}

impl Layer {
    /// The number of units, H.
    pub fn units(&self) -> usize {
        self.recurrent_weights.cols()
    }

    /// The number of its variables: H, or 2H.
    pub fn dimension(&self) -> usize {
        self.cell.states() * self.units()
    }
}
