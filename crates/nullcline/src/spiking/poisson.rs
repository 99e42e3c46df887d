//! Poisson numbers of one mean from 32 random bits each, by the alias method.
//!
//! ```text
//! P(k) = e^-m m^k / k!          cell c of 2^b with a value v, another w, and a share s:  v if u < s, else w
//! ```
//!
//! The upper b bits choose the cell and the others are u: one number costs one look at a table, and no branch. Probabilities
//! are kept to 2^-32; a value less likely than that never comes.
//!
//! Reference: Walker (1977), An efficient method for generating discrete random variables with general distributions.

/// The table of a mean.
#[derive(Clone, Debug)]
pub(super) struct Poisson {
    shift: u32,
    cells: Vec<Cell>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Cell {
    share: u32,
    value: [u16; 2],
}

impl Poisson {
    /// For a mean from 0 to some 10 000: larger ones have no place in 16 bits.
    pub(super) fn new(mean: f64) -> Self {
        let spread = 8.0 * mean.sqrt() + 16.0;
        let (first, last) = ((mean - spread).max(0.0).floor() as usize, (mean + spread).ceil() as usize);
        let mut log_factorial: f64 = (1..=first).map(|k| (k as f64).ln()).sum();
        let mut p: Vec<f64> = Vec::with_capacity(last + 1 - first);
        for k in first..=last {
            if k > first {
                log_factorial += (k as f64).ln();
            }
            let log_power = if k == 0 { 0.0 } else { k as f64 * mean.ln() };
            p.push((log_power - mean - log_factorial).exp());
        }
        let bits = (p.len().next_power_of_two().trailing_zeros()).max(1);
        let size = 1usize << bits;
        p.resize(size, 0.0);
        let whole: f64 = p.iter().sum();
        p.iter_mut().for_each(|p| *p *= size as f64 / whole);
        let value = |k: usize| (first + k) as u16;
        let mut cells: Vec<Cell> =
            (0..size).map(|k| Cell { share: u32::MAX, value: [value(k), value(k)] }).collect();
        let (mut small, mut large): (Vec<usize>, Vec<usize>) = (0..size).partition(|&k| p[k] < 1.0);
        while let (Some(s), Some(&l)) = (small.pop(), large.last()) {
            // A share of 2^32 does not occur, because what is small is below 1.
            cells[s] = Cell { share: (p[s] * 4_294_967_296.0) as u32, value: [value(s), value(l)] };
            p[l] -= 1.0 - p[s];
            if p[l] < 1.0 {
                large.pop();
                small.push(l);
            }
        }
        Self { shift: 32 - bits, cells }
    }

    /// The number that these bits stand for.
    #[inline(always)]
    pub(super) fn of(&self, bits: u32) -> f64 {
        let cell = self.cells[(bits >> self.shift) as usize & (self.cells.len() - 1)];
        let u = bits << (32 - self.shift);
        f64::from(cell.value[usize::from(u >= cell.share)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dynamics::random::Stream;

    #[test]
    fn mean_and_variance_are_equal_and_small_numbers_have_their_probability() {
        for mean in [0.0, 1e-3, 0.3, 2.0, 17.5, 900.0] {
            let table = Poisson::new(mean);
            let mut words = vec![0; 400_000];
            Stream::new(1, 2, 3).fill_words(0, &mut words);
            let n = words.len() as f64;
            let drawn: Vec<f64> = words.iter().map(|w| table.of(*w)).collect();
            let average = drawn.iter().sum::<f64>() / n;
            let variance = drawn.iter().map(|k| (k - average).powi(2)).sum::<f64>() / n;
            // Five standard errors each; the fourth central moment of a Poisson number is m + 3 m^2.
            assert!((average - mean).abs() <= 5.0 * (mean / n).sqrt(), "{mean} {average}");
            let of_variance = ((mean + 2.0 * mean * mean) / n).sqrt();
            assert!((variance - mean).abs() <= 5.0 * of_variance + 1e-9, "{mean} {variance}");
            let none = drawn.iter().filter(|k| **k == 0.0).count() as f64 / n;
            let expected = (-mean).exp();
            assert!((none - expected).abs() <= 5.0 * (expected * (1.0 - expected) / n).sqrt() + 1e-12);
        }
    }
}
