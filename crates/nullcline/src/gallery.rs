//! The gallery: one model file for each system of the lecture, built into the program.
//!
//! The files lie in `models/`; each has an `[expect]` block that `check --run` tests.

/// A gallery model.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Its name, as in `models/NAME.toml`.
    pub name: &'static str,
    /// The text of the file.
    pub text: &'static str,
    /// What it reads, by its path beside the model.
    pub data: &'static [(&'static str, &'static [u8])],
}

macro_rules! entry {
    ($name:literal $(, $data:literal)*) => {
        Entry {
            name: $name,
            text: include_str!(concat!("../../../models/", $name, ".toml")),
            data: &[$(($data, include_bytes!(concat!("../../../models/", $data)))),*],
        }
    };
}

/// Every gallery model, by name.
pub const ENTRIES: &[Entry] = &[
    entry!("adaptive_exponential"),
    entry!("alpha_synapse"),
    entry!("arenstorf"),
    entry!("attractor_line"),
    entry!("attractor_none"),
    entry!("attractor_plane"),
    entry!("axon"),
    entry!("balanced_amplification"),
    entry!("brunel"),
    entry!("cable"),
    entry!("celegans", "celegans/cook2019_hermaphrodite.csv", "celegans/LICENSE", "celegans/SOURCE.md"),
    entry!("chaos"),
    entry!("co_oxidation"),
    entry!("coba"),
    entry!("cobahh"),
    entry!("cuba"),
    entry!("decision"),
    entry!("ei_random"),
    entry!("eye_position"),
    entry!("fitzhugh_nagumo"),
    entry!("fitzhugh_nagumo_lecture"),
    entry!("flip_flop"),
    entry!("hodgkin_huxley"),
    entry!("hodgkin_huxley_lecture"),
    entry!("hodgkin_huxley_vnh"),
    entry!("integrator"),
    entry!("integrator_leaky"),
    entry!("integrator_mistuned"),
    entry!("izhikevich"),
    entry!("jordan"),
    entry!("lif"),
    entry!("line_attractor"),
    entry!("linear_ring"),
    entry!("linear_ring_raw"),
    entry!("linear_rnn"),
    entry!("lorenz"),
    entry!("lure"),
    entry!("mackey_glass"),
    entry!("map_rotation"),
    entry!("morris_lecar"),
    entry!("morris_lecar_snic"),
    entry!("noise_driven"),
    entry!("ornstein_uhlenbeck"),
    entry!("planar_center_clockwise"),
    entry!("planar_center_counterclockwise"),
    entry!("planar_improper_node_stable"),
    entry!("planar_improper_node_unstable"),
    entry!("planar_line_stable"),
    entry!("planar_line_unstable"),
    entry!("planar_node_stable"),
    entry!("planar_node_unstable"),
    entry!("planar_plane_of_fixed_points"),
    entry!("planar_proper_node_stable"),
    entry!("planar_proper_node_unstable"),
    entry!("planar_saddle"),
    entry!("planar_shear"),
    entry!("planar_spiral_stable"),
    entry!("planar_spiral_unstable"),
    entry!("ramp"),
    entry!("ring_attractor"),
    entry!("short_term_depression"),
    entry!("short_term_plasticity"),
    entry!("spiral_random_basis"),
    entry!("superposed_modes"),
    entry!("symmetric"),
    entry!("tornado"),
    entry!("trained_flip_flop", "trained_flip_flop/weights.npz"),
    entry!("van_der_pol"),
    entry!("van_der_pol_stiff"),
    entry!("wilson_cowan"),
    entry!("wilson_cowan_bistable"),
    entry!("wilson_cowan_refractory"),
    entry!("wong_wang"),
];

/// The model of this name.
pub fn find(name: &str) -> Option<&'static Entry> {
    ENTRIES.iter().find(|entry| entry.name == name)
}

/// Its `description`, or nothing.
pub fn description(entry: &Entry) -> String {
    crate::model::description(entry.text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_holds_every_file_of_the_folder() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../models");
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .filter_map(|file| {
                file.unwrap().file_name().into_string().unwrap().strip_suffix(".toml").map(str::to_owned)
            })
            .collect();
        names.sort();
        assert_eq!(names, ENTRIES.iter().map(|entry| entry.name).collect::<Vec<_>>());
    }

    #[test]
    fn each_says_in_one_line_what_it_is() {
        for entry in ENTRIES {
            let text = description(entry);
            assert!(text.len() > 20 && text.len() < 240, "{}: `{text}`", entry.name);
        }
    }
}
