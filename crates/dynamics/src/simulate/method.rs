//! The methods by their names, and the choice that `auto` makes.

use super::tableau::{
    BS32, DOP853, DOPRI5, EULER, EXPONENTIAL_EULER, EXPONENTIAL_MIDPOINT, HEUN, RK4, RODAS5P, TSIT5, Tableau,
};

/// How a system is followed through time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Method {
    /// Chooses, and says what and why.
    #[default]
    Auto,
    /// Exact propagation of a linear system by the matrix exponential.
    Expm,
    /// Forward Euler, fixed step.
    Euler,
    /// Heun's method of order 2, fixed step.
    Heun,
    /// The classical method of order 4, fixed step.
    Rk4,
    /// Bogacki and Shampine 3(2), adaptive.
    BogackiShampine32,
    /// Dormand and Prince 5(4), adaptive; also called `ode45`.
    DormandPrince54,
    /// Tsitouras 5(4), adaptive.
    Tsit5,
    /// Dormand and Prince 8(5,3), adaptive.
    Dop853,
    /// Rodas5P 5(4) for stiff systems, implicit, adaptive; also called `stiff`.
    Rodas5P,
    /// Exponential Euler of order 1, fixed step.
    ExponentialEuler,
    /// The exponential midpoint rule of order 2, fixed step.
    ExponentialMidpoint,
    /// Euler-Maruyama for noise, fixed step.
    EulerMaruyama,
    /// Milstein's method for noise that commutes, fixed step.
    Milstein,
    /// Backward Euler on a tree, of order 1, fixed step.
    BackwardEuler,
    /// Crank and Nicolson's midpoint rule on a tree, of order 2, fixed step.
    CrankNicolson,
}

impl Method {
    /// Every name that a model file may use.
    pub const NAMES: [&'static str; 19] = [
        "auto",
        "expm",
        "event-exact",
        "euler",
        "heun",
        "rk4",
        "bs32",
        "dopri5",
        "ode45",
        "tsit5",
        "dop853",
        "rodas5p",
        "stiff",
        "exponential_euler",
        "exponential_midpoint",
        "euler_maruyama",
        "milstein",
        "backward_euler",
        "crank_nicolson",
    ];

    /// The method of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "auto" => Self::Auto,
            "expm" | "event-exact" => Self::Expm,
            "euler" => Self::Euler,
            "heun" => Self::Heun,
            "rk4" => Self::Rk4,
            "bs32" => Self::BogackiShampine32,
            "dopri5" | "ode45" => Self::DormandPrince54,
            "tsit5" => Self::Tsit5,
            "dop853" => Self::Dop853,
            "rodas5p" | "stiff" => Self::Rodas5P,
            "exponential_euler" => Self::ExponentialEuler,
            "exponential_midpoint" => Self::ExponentialMidpoint,
            "euler_maruyama" => Self::EulerMaruyama,
            "milstein" => Self::Milstein,
            "backward_euler" => Self::BackwardEuler,
            "crank_nicolson" => Self::CrankNicolson,
            _ => return None,
        })
    }

    /// Its name in model files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Expm => "expm",
            Self::EulerMaruyama => "euler_maruyama",
            Self::Milstein => "milstein",
            Self::BackwardEuler => "backward_euler",
            Self::CrankNicolson => "crank_nicolson",
            _ => self.tableau().map_or("auto", |m| m.name),
        }
    }

    /// Its order, where it is a Runge-Kutta method.
    pub fn order(self) -> Option<usize> {
        self.tableau().map(|m| m.order as usize)
    }

    /// Whether the step follows from the tolerance.
    pub fn is_adaptive(self) -> bool {
        self.tableau().is_some_and(|m| !m.error.is_empty())
    }

    pub(crate) fn tableau(self) -> Option<&'static Tableau> {
        Some(match self {
            Self::Euler => &EULER,
            Self::Heun => &HEUN,
            Self::Rk4 => &RK4,
            Self::BogackiShampine32 => &BS32,
            Self::DormandPrince54 => &DOPRI5,
            Self::Tsit5 => &TSIT5,
            Self::Dop853 => &DOP853,
            Self::Rodas5P => &RODAS5P,
            Self::ExponentialEuler => &EXPONENTIAL_EULER,
            Self::ExponentialMidpoint => &EXPONENTIAL_MIDPOINT,
            Self::Auto
            | Self::Expm
            | Self::EulerMaruyama
            | Self::Milstein
            | Self::BackwardEuler
            | Self::CrankNicolson => {
                return None;
            }
        })
    }

    /// What `auto` takes for a smooth field of n variables that is not known to be linear, and why.
    pub(crate) fn for_field(n: usize, rtol: f64) -> (Self, String) {
        if rtol < 1e-8 {
            return (Self::Dop853, format!("a relative tolerance of {rtol:e} pays for order 8"));
        }
        if n >= 50 {
            let why = format!(
                "with {n} variables the right-hand side costs most, and order 8 needs it least often"
            );
            return (Self::Dop853, why);
        }
        (Self::Tsit5, format!("{n} variables and a relative tolerance of {rtol:e}: order 5 is cheapest"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_methods_are_one_to_one_but_for_the_aliases() {
        for name in Method::NAMES {
            let method = Method::from_name(name).unwrap();
            let alias = [("ode45", "dopri5"), ("stiff", "rodas5p"), ("event-exact", "expm")]
                .into_iter()
                .find(|(a, _)| *a == name);
            assert_eq!(method.name(), alias.map_or(name, |(_, name)| name));
        }
        assert_eq!(Method::from_name("ode46"), None);
    }
}
