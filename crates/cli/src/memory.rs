//! How much memory there is, and the refusal of what needs more.

use crate::failure::Failure;

/// Refuses work that needs more than `limit` (or than the machine has free).
///
/// # Errors
/// [`Failure::Limit`] with the forecast, before anything is allocated.
pub fn refuse_above(needed: u64, limit: Option<&str>, what: &str) -> Result<(), Failure> {
    let (allowed, source) = match limit {
        Some(text) => (parse_size(text)?, "--max-memory"),
        None => (available(), "free on this machine"),
    };
    if needed <= allowed {
        return Ok(());
    }
    Err(Failure::Limit(format!(
        "{what} needs about {}, and {} is {source}.\nNothing was computed. Use fewer units or a sparse structure, \
         a larger machine, or --max-memory.",
        readable(needed),
        readable(allowed)
    )))
}

/// Reads the limit before any work is done, so that a slip in it is not found late or never.
///
/// # Errors
/// When it is no size.
pub fn check(limit: Option<&str>) -> Result<(), Failure> {
    limit.map_or(Ok(()), |text| parse_size(text).map(|_| ()))
}

/// Bytes that this process may still take: free memory of the machine, its limits on address space included.
fn available() -> u64 {
    let machine =
        std::fs::read_to_string("/proc/meminfo").ok().and_then(|text| field(&text, "MemAvailable:"));
    let space = std::fs::read_to_string("/proc/self/limits").ok().and_then(|text| {
        let line = text.lines().find(|line| line.starts_with("Max address space"))?;
        line.split_whitespace().nth(3)?.parse::<u64>().ok()
    });
    let group =
        std::fs::read_to_string("/sys/fs/cgroup/memory.max").ok().and_then(|text| text.trim().parse().ok());
    [machine.map(|kilobytes| kilobytes * 1024), space, group].into_iter().flatten().min().unwrap_or(u64::MAX)
}

fn field(text: &str, name: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix(name)?.split_whitespace().next()?.parse().ok())
}

/// Reads `500MB`, `2 GB`, `1.5GiB` or a number of bytes.
fn parse_size(text: &str) -> Result<u64, Failure> {
    let text = text.trim();
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let factor = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1.0,
        "kb" | "k" => 1e3,
        "mb" | "m" => 1e6,
        "gb" | "g" => 1e9,
        "kib" => 1024.0,
        "mib" => 1024.0 * 1024.0,
        "gib" => 1024.0 * 1024.0 * 1024.0,
        _ => return Err(Failure::input(format!("`{text}` is no size"), "write for instance 500MB or 2GB")),
    };
    match number.parse::<f64>() {
        Ok(value) => Ok((value * factor) as u64),
        Err(_) => Err(Failure::input(format!("`{text}` is no size"), "write for instance 500MB or 2GB")),
    }
}

fn readable(bytes: u64) -> String {
    match bytes as f64 {
        b if b >= 1e9 => format!("{:.1} GB", b / 1e9),
        b if b >= 1e6 => format!("{:.0} MB", b / 1e6),
        b => format!("{:.0} kB", b / 1e3),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_with_their_units() {
        assert_eq!(parse_size("2GB").unwrap(), 2_000_000_000);
        assert_eq!(parse_size("1.5 GiB").unwrap(), 1_610_612_736);
        assert!(parse_size("many").is_err());
    }

    #[test]
    fn too_much_is_refused_with_the_forecast() {
        let failure = refuse_above(2_000_000_000, Some("500MB"), "the matrix of 16000 units").unwrap_err();
        let text = failure.message().unwrap();
        assert!(text.contains("2.0 GB") && text.contains("500 MB"), "{text}");
        assert!(refuse_above(100, Some("1kB"), "x").is_ok());
    }
}
