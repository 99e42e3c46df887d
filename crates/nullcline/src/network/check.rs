//! What must hold for a network before anything is built from it.

use super::{InputSignal, Network, NetworkError, NetworkErrorKind};

/// Names, indices, sizes, and the numbers that are not resolved for each unit.
pub(super) fn network(network: &Network) -> Result<(), NetworkError> {
    let known = network.populations.len();
    for (k, population) in network.populations.iter().enumerate() {
        let place = format!("populations.{}", population.name);
        let error = |kind, what: String, remedy: &str| Err(NetworkError::new(kind, &*place, what, remedy));
        if network.populations[..k].iter().any(|p| p.name == population.name) {
            return error(
                NetworkErrorKind::Population,
                format!("two populations are named `{}`", population.name),
                "rename one",
            );
        }
        if population.n == 0 {
            return error(
                NetworkErrorKind::Value,
                format!("`{}` has no units", population.name),
                "give n >= 1",
            );
        }
        if let Some((name, values)) = population.coordinates.iter().find(|(_, v)| v.len() != population.n) {
            return error(
                NetworkErrorKind::Shape,
                format!("coordinate `{name}` has {} values, but n = {}", values.len(), population.n),
                "give one value for each unit",
            );
        }
        let rate = population.rate();
        if !rate.leak.is_finite() {
            return error(
                NetworkErrorKind::Value,
                format!("leak = {}", rate.leak),
                "give a finite leak, such as 1",
            );
        }
        if let Some(what) = rate.transfer.fault() {
            return error(NetworkErrorKind::Value, what, "F must rise: give a positive, finite number");
        }
    }
    for projection in &network.projections {
        index(projection.from.max(projection.to), known, "a projection")?;
    }
    for input in &network.inputs {
        for (to, _) in &input.to {
            index(*to, known, &format!("input `{}`", input.name))?;
        }
        for channel in &input.channels {
            if let InputSignal::Noise { sigma, tau, .. } = channel
                && !(sigma.is_finite() && *sigma >= 0.0 && tau.is_none_or(|tau| tau > 0.0 && tau.is_finite()))
            {
                return Err(NetworkError::new(
                    NetworkErrorKind::Value,
                    format!("inputs.{}", input.name),
                    format!(
                        "noise with sigma = {sigma} and tau = {}",
                        tau.map_or("none".to_owned(), |t| t.to_string())
                    ),
                    "give a sigma that is not negative and a positive correlation time (or none, for white noise)",
                ));
            }
        }
    }
    Ok(())
}

fn index(k: usize, known: usize, what: &str) -> Result<(), NetworkError> {
    if k < known {
        return Ok(());
    }
    Err(NetworkError::new(
        NetworkErrorKind::Population,
        what,
        format!("{what} names population {k}, but there are {known}"),
        "use the index of a population of this network",
    ))
}
