//! Random numbers that do not depend on who asks first: Philox4x32-10, keyed by (seed, stream, step).
//!
//! A counter-based generator has no history: number j of (seed, stream, step) is the encryption of a counter under a key,
//!
//! ```text
//! key    = Philox(seed, counter = (stream, tag))            one block, so that streams of any 64-bit name are independent
//! output = Philox(key,  counter = (step, j/4))              four 32-bit words a block
//! ```
//!
//! so a simulation draws the same numbers with any number of threads, in any order, from any step on. `seed` belongs to
//! the run, `stream` to what asks (a noise, a population, a trajectory of an ensemble), `step` to when.
//!
//! Cost: about 3 ns a block of four words. Period of one (seed, stream, step): 2^66 words.
//! Not for secrets.
//!
//! Reference: Salmon, Moraes, Dror, Shaw (2011), Parallel random numbers: as easy as 1, 2, 3. No crate that is kept up
//! offers it with `rand` 0.10 (looked up in November 2026), hence these few lines.
//!
//! ```
//! use dynamics::random::Stream;
//! let draw = |step| Stream::new(7, 0, step).uniform();
//! assert_eq!(draw(5), draw(5));
//! assert_ne!(draw(5), draw(6));
//! ```

use rand::TryRng;
use rand::distr::{Distribution, StandardUniform};
use rand_distr::StandardNormal;
use std::convert::Infallible;

/// The numbers of (seed, stream, step), one after the other; a generator for `rand` and `rand_distr`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream {
    key: [u32; 2],
    step: u64,
    block: u64,
    words: [u32; 4],
    used: usize,
}

impl Stream {
    /// The first number of (seed, stream, step).
    pub fn new(seed: u64, stream: u64, step: u64) -> Self {
        let [a, b] = halves(stream);
        // The tag keeps this counter apart from those of the blocks of step `stream` under the seed itself.
        let [k0, k1, ..] = philox4x32_10([a, b, 0x6b65_7973, 0x7472_656d], halves(seed));
        Self { key: [k0, k1], step, block: 0, words: [0; 4], used: 4 }
    }

    /// The same seed and stream from the first number of `step` on.
    pub fn at(&self, step: u64) -> Self {
        Self { key: self.key, step, block: 0, words: [0; 4], used: 4 }
    }

    /// A number from [0, 1).
    pub fn uniform(&mut self) -> f64 {
        StandardUniform.sample(self)
    }

    /// A number from the normal distribution with mean 0 and variance 1.
    pub fn normal(&mut self) -> f64 {
        StandardNormal.sample(self)
    }

    /// The 32-bit words of this step from the block `first` of four on, as many as fit; where they were drawn up to is no matter.
    ///
    /// Inlined, so that a caller that was compiled for wide vectors gets many blocks at once: some 0.5 ns a word.
    #[inline(always)]
    pub fn fill_words(&self, first: u64, words: &mut [u32]) {
        let ([s0, s1], k) = (halves(self.step), self.key);
        for (chunk, words) in words.chunks_mut(4 * TOGETHER).enumerate() {
            let mut c = [[0; TOGETHER]; 4];
            for l in 0..TOGETHER {
                let [b0, b1] = halves(first.wrapping_add((chunk * TOGETHER + l) as u64));
                (c[0][l], c[1][l]) = (u64::from(b0), u64::from(b1));
                (c[2][l], c[3][l]) = (u64::from(s0), u64::from(s1));
            }
            rounds(&mut c, k);
            for (words, l) in words.chunks_mut(4).zip(0..TOGETHER) {
                words.iter_mut().zip(&c).for_each(|(word, c)| *word = c[l] as u32);
            }
        }
    }

    fn word(&mut self) -> u32 {
        if self.used == 4 {
            let ([s0, s1], [b0, b1]) = (halves(self.step), halves(self.block));
            self.words = philox4x32_10([b0, b1, s0, s1], self.key);
            self.block = self.block.wrapping_add(1);
            self.used = 0;
        }
        self.used += 1;
        self.words[self.used - 1]
    }
}

impl TryRng for Stream {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.word())
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let low = u64::from(self.word());
        Ok(low | u64::from(self.word()) << 32)
    }

    fn try_fill_bytes(&mut self, dst: &mut [u8]) -> Result<(), Infallible> {
        for chunk in dst.chunks_mut(4) {
            chunk.copy_from_slice(&self.word().to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

fn halves(x: u64) -> [u32; 2] {
    [x as u32, (x >> 32) as u32]
}

/// Ten rounds of Philox on four 32-bit words.
fn philox4x32_10(mut c: [u32; 4], mut k: [u32; 2]) -> [u32; 4] {
    for _ in 0..10 {
        let p0 = u64::from(c[0]) * 0xD251_1F53;
        let p1 = u64::from(c[2]) * 0xCD9E_8D57;
        c = [(p1 >> 32) as u32 ^ c[1] ^ k[0], p1 as u32, (p0 >> 32) as u32 ^ c[3] ^ k[1], p0 as u32];
        k = [k[0].wrapping_add(0x9E37_79B9), k[1].wrapping_add(0xBB67_AE85)];
    }
    c
}

/// Blocks that are encrypted together.
const TOGETHER: usize = 16;

/// The ten rounds for many blocks at once; the words stand in 64 bits, so that their products need no unpacking.
#[inline(always)]
fn rounds(c: &mut [[u64; TOGETHER]; 4], mut k: [u32; 2]) {
    const LOW: u64 = 0xffff_ffff;
    for _ in 0..10 {
        for l in 0..TOGETHER {
            let p0 = (c[0][l] & LOW) * 0xD251_1F53;
            let p1 = (c[2][l] & LOW) * 0xCD9E_8D57;
            (c[0][l], c[2][l]) = (p1 >> 32 ^ c[1][l] ^ u64::from(k[0]), p0 >> 32 ^ c[3][l] ^ u64::from(k[1]));
            (c[1][l], c[3][l]) = (p1 & LOW, p0 & LOW);
        }
        k = [k[0].wrapping_add(0x9E37_79B9), k[1].wrapping_add(0xBB67_AE85)];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_words_at_once_are_those_that_come_one_by_one() {
        let s = Stream::new(3, 9, 1 << 40);
        let mut one = s.clone();
        let each: Vec<u32> = (0..205).map(|_| one.word()).collect();
        let mut words = vec![0; 205];
        s.fill_words(0, &mut words);
        assert_eq!(words, each);
        let mut later = vec![0; 5];
        one.fill_words(50, &mut later);
        assert_eq!(later, each[200..]);
    }

    #[test]
    fn the_known_answers_of_random123_come_out() {
        let f = u32::MAX;
        assert_eq!(philox4x32_10([0; 4], [0; 2]), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
        assert_eq!(philox4x32_10([f; 4], [f; 2]), [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]);
        let c = [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344];
        let k = [0xa409_3822, 0x299f_31d0];
        assert_eq!(philox4x32_10(c, k), [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]);
    }

    #[test]
    fn a_step_begins_anew_whatever_was_drawn_before() {
        let mut s = Stream::new(1, 2, 3);
        let first: Vec<f64> = (0..9).map(|_| s.normal()).collect();
        let mut again = Stream::new(1, 2, 0).at(3);
        assert_eq!(first, (0..9).map(|_| again.normal()).collect::<Vec<_>>());
    }

    #[test]
    fn seed_stream_and_step_each_matter() {
        let draw = |a, b, c| Stream::new(a, b, c).uniform();
        let high = 1 << 32;
        let mut all: Vec<f64> =
            [(1, 2, 3), (2, 1, 3), (1, 3, 2), (3, 2, 1), (high, 2, 3), (1, high, 3), (1, 2, high), (0, 0, 0)]
                .map(|(a, b, c)| draw(a, b, c))
                .to_vec();
        all.sort_by(f64::total_cmp);
        all.dedup();
        assert_eq!(all.len(), 8);
    }

    #[test]
    fn moments_are_those_of_the_normal_and_the_uniform_distribution() {
        // 100 000 draws spread over streams and steps; the bounds are five standard errors.
        let n = 100_000;
        let (mut m1, mut m2, mut m4, mut u1) = (0.0, 0.0, 0.0, 0.0);
        for k in 0..n {
            let mut s = Stream::new(11, k % 100, k / 100);
            let z = s.normal();
            (m1, m2, m4, u1) = (m1 + z, m2 + z * z, m4 + z.powi(4), u1 + s.uniform());
        }
        let n = n as f64;
        assert!((m1 / n).abs() < 5.0 / n.sqrt());
        assert!((m2 / n - 1.0).abs() < 5.0 * (2.0 / n).sqrt());
        assert!((m4 / n - 3.0).abs() < 5.0 * (96.0 / n).sqrt());
        assert!((u1 / n - 0.5).abs() < 5.0 / (12.0 * n).sqrt());
    }

    #[test]
    fn bytes_words_and_long_words_agree() {
        let mut bytes = [0; 10];
        let (mut a, mut b) = (Stream::new(5, 5, 5), Stream::new(5, 5, 5));
        rand::Rng::fill_bytes(&mut a, &mut bytes);
        let w = rand::Rng::next_u64(&mut b);
        assert_eq!(&bytes[..8], &w.to_le_bytes());
        assert_eq!(&bytes[8..], &rand::Rng::next_u32(&mut b).to_le_bytes()[..2]);
    }
}
