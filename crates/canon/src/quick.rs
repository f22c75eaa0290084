//! A quick keyed hash for names and statements: `HashMap`'s own is made for short keys, ours are IRIs.

use std::hash::{BuildHasher, Hasher, RandomState};

/// Builds hashers of one secret key, so that a stranger cannot prepare names that collide.
#[derive(Clone, Debug)]
pub(crate) struct QuickState(u64);

impl Default for QuickState {
    fn default() -> Self {
        Self(RandomState::new().build_hasher().finish() | 1)
    }
}

impl BuildHasher for QuickState {
    type Hasher = Quick;

    fn build_hasher(&self) -> Quick {
        Quick {
            key: self.0,
            state: self.0.rotate_left(32),
        }
    }
}

/// Eight bytes at a time, by a multiplication to twice the width whose halves are folded.
pub(crate) struct Quick {
    key: u64,
    state: u64,
}

impl Quick {
    fn mix(&mut self, word: u64) {
        let wide = u128::from(self.state ^ word) * u128::from(self.key ^ 0x9e37_79b9_7f4a_7c15);
        self.state = (wide as u64) ^ ((wide >> 64) as u64) ^ self.key.rotate_left(17);
    }
}

impl Hasher for Quick {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.mix(u64::from_le_bytes(*word));
        }
        let last = rest
            .iter()
            .fold(1, |word, byte| (word << 8) | u64::from(*byte));
        self.mix(last ^ ((bytes.len() as u64) << 56));
    }

    fn write_u8(&mut self, byte: u8) {
        self.mix(u64::from(byte));
    }

    fn write_u64(&mut self, word: u64) {
        self.mix(word);
    }

    fn write_usize(&mut self, word: usize) {
        self.mix(word as u64);
    }

    fn write_isize(&mut self, word: isize) {
        self.mix(word as u64);
    }

    fn finish(&self) -> u64 {
        self.state ^ (self.state >> 32)
    }
}
