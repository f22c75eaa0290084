//! Chance that comes again: numbers from a seed, which is printed.

use garita_exchange::encode;

/// SplitMix64: small, seeded, enough to choose what breaks and when.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Random {
        Random(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0 to `n` less one.
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    /// From `from` to `to`, both counted.
    pub(crate) fn between(&mut self, from: u64, to: u64) -> u64 {
        from + self.below(to - from + 1)
    }
}

/// The seed of this run: `GARITA_TEST_SEED`, or one of its own; printed, so that the same run comes again.
pub(crate) fn seed() -> u64 {
    let seed =
        number("GARITA_TEST_SEED").unwrap_or_else(|| u64::from_le_bytes(encode::random().unwrap()));
    println!("seed: GARITA_TEST_SEED={seed}");
    seed
}

/// How much of something a run has: what the environment says (`cargo xtask torture` does), else what `verify` has time for.
pub(crate) fn amount(variable: &str, otherwise: u64) -> u64 {
    number(variable).unwrap_or(otherwise)
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable)
        .ok()
        .and_then(|text| text.parse().ok())
}
