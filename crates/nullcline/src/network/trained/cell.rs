//! What one unit of a cell does, with every slope: the one place where the equations of the cells are written.

/// The kind of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Vanilla with tanh.
    Tanh,
    /// Vanilla with max(., 0).
    Relu,
    /// Gated recurrent unit.
    Gru,
    /// Long short-term memory.
    Lstm,
}

/// The most gates of a cell.
pub(super) const GATES: usize = 4;

/// The state of one unit after a step, and its slopes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Unit {
    /// h', and c' where there is one.
    pub(super) next: [f64; 2],
    /// Of each next state by each entry of W_hh h + b_hh.
    pub(super) by_recurrent: [[f64; GATES]; 2],
    /// Of each next state by each entry of W_ih x + b_ih.
    pub(super) by_input: [[f64; GATES]; 2],
    /// Of each next state by the unit's own h and c, where they do not pass W_hh.
    pub(super) by_state: [[f64; 2]; 2],
}

impl Cell {
    /// The number of gates, G: how many rows of the weights a unit has.
    pub fn gates(self) -> usize {
        match self {
            Self::Tanh | Self::Relu => 1,
            Self::Gru => 3,
            Self::Lstm => 4,
        }
    }

    /// The number of states of a unit: h, or h and c.
    pub fn states(self) -> usize {
        if self == Self::Lstm { 2 } else { 1 }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tanh | Self::Relu => "vanilla",
            Self::Gru => "GRU",
            Self::Lstm => "LSTM",
        }
    }

    /// The same with its article.
    pub(crate) fn with_article(self) -> &'static str {
        match self {
            Self::Tanh | Self::Relu => "a vanilla",
            Self::Gru => "a GRU",
            Self::Lstm => "an LSTM",
        }
    }

    /// A step of one unit with `u` = W_ih x + b_ih and `v` = W_hh h + b_hh at its gates and its state `s` = (h, c).
    pub(super) fn unit(self, u: [f64; GATES], v: [f64; GATES], s: [f64; 2]) -> Unit {
        let mut out = Unit::default();
        match self {
            Self::Tanh => {
                let h = (u[0] + v[0]).tanh();
                out.next[0] = h;
                out.by_recurrent[0][0] = 1.0 - h * h;
                out.by_input = out.by_recurrent;
            }
            Self::Relu => {
                let sum = u[0] + v[0];
                // A NaN must pass, so that it is seen.
                out.next[0] = if sum <= 0.0 { 0.0 } else { sum };
                out.by_recurrent[0][0] = if sum > 0.0 { 1.0 } else { 0.0 };
                out.by_input = out.by_recurrent;
            }
            Self::Gru => {
                let (r, z) = (logistic(u[0] + v[0]), logistic(u[1] + v[1]));
                let n = (u[2] + r * v[2]).tanh();
                let by_n = (1.0 - z) * (1.0 - n * n);
                out.next[0] = (1.0 - z) * n + z * s[0];
                out.by_recurrent[0] =
                    [by_n * v[2] * r * (1.0 - r), (s[0] - n) * z * (1.0 - z), by_n * r, 0.0];
                out.by_input[0] = [out.by_recurrent[0][0], out.by_recurrent[0][1], by_n, 0.0];
                out.by_state[0][0] = z;
            }
            Self::Lstm => {
                let [i, f, o] = [0, 1, 3].map(|k| logistic(u[k] + v[k]));
                let g = (u[2] + v[2]).tanh();
                let c = f * s[1] + i * g;
                let t = c.tanh();
                let by_c = o * (1.0 - t * t);
                let slopes = [g * i * (1.0 - i), s[1] * f * (1.0 - f), i * (1.0 - g * g), 0.0];
                out.next = [o * t, c];
                out.by_recurrent = [slopes.map(|slope| by_c * slope), slopes];
                out.by_recurrent[0][3] = t * o * (1.0 - o);
                out.by_input = out.by_recurrent;
                out.by_state = [[0.0, by_c * f], [0.0, f]];
            }
        }
        out
    }
}

fn logistic(u: f64) -> f64 {
    1.0 / (1.0 + (-u).exp())
}
