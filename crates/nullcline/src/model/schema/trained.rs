//! `[trained]`: a recurrent network with weights from a training library.

use super::shape::Scalar;
use crate::model::at::At;
use schemars::JsonSchema;
use serde::Deserialize;

/// A trained recurrent network in discrete time, with its weights in a file beside the model, in PyTorch's convention.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TrainedText {
    /// "vanilla", "gru" or "lstm".
    pub(crate) kind: At<String>,
    /// Of vanilla units: "tanh" (the default) or "relu".
    pub(crate) transfer: Option<At<String>>,
    /// An .npz or .safetensors file with weight_ih_l0, weight_hh_l0, bias_ih_l0 and bias_hh_l0 (biases that are not there are 0); higher layers end in _l1, _l2, ….
    pub(crate) weights: At<String>,
    /// What stands before these names, such as "rnn"; only needed where the file holds several networks.
    pub(crate) prefix: Option<At<String>>,
    /// The input, held constant; zeros if absent.
    pub(crate) input: Option<At<Vec<Scalar>>>,
    /// State at the start: h, for an LSTM h then c, layer after layer; zeros if absent.
    pub(crate) x0: Option<At<Vec<Scalar>>>,
}
