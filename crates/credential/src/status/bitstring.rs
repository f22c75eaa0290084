//! The list itself: as many small numbers as there are credentials, each of the same few bits. §2.2, §3.3, §3.4.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{ENTRIES_MIN, LIST_BYTES_MAX, STATUS_SIZE_MAX, gzip};
use crate::problem::{Code, Problem};

/// The longest `encodedList` read: the largest list, were it beyond compression, in base64.
const ENCODED_CHARS_MAX: usize = LIST_BYTES_MAX / 3 * 4 + 4_096;

/// Statuses by index, packed. The first entry is at the left: the highest bits of the first byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bitstring {
    bytes: Vec<u8>,
    size: u8,
}

/// Why bits are no list, or a status has no place in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BitstringError {
    /// A status of no bits, or of more than we hold.
    #[error("a status has 1 to {STATUS_SIZE_MAX} bits, not {found}")]
    Size {
        /// Bits asked for.
        found: u8,
    },
    /// Too few entries to hide one credential among them.
    #[error("a list has at least {ENTRIES_MIN} entries, not {found}")]
    TooShort {
        /// Entries asked for.
        found: u64,
    },
    /// More than a list may hold.
    #[error("a list has at most {LIST_BYTES_MAX} bytes")]
    TooLong,
    /// Not multibase of base64url without padding, or GZIP that cannot be expanded.
    #[error("{0}")]
    Encoding(&'static str),
    /// No such entry.
    #[error("there is no entry {index}, the list has {entries}")]
    Index {
        /// The entry asked for.
        index: u64,
        /// How many there are.
        entries: u64,
    },
    /// More than the bits of an entry can say.
    #[error("a status of {size} bits cannot be {value}")]
    Value {
        /// The status asked for.
        value: u8,
        /// Bits of an entry.
        size: u8,
    },
    /// A status that stands for good.
    #[error("entry {index} is set for good: {purpose} is not taken back")]
    Irreversible {
        /// The entry.
        index: u64,
        /// What the list is for.
        purpose: &'static str,
    },
}

impl BitstringError {
    /// Which code it has in a [`Problem`].
    #[must_use]
    pub fn kind(&self) -> Code {
        match self {
            Self::TooShort { .. } => Code::StatusListTooShort,
            Self::Size { .. } => Code::StatusUnsupported,
            Self::TooLong | Self::Encoding(_) | Self::Value { .. } => Code::StatusListMalformed,
            Self::Index { .. } => Code::StatusIndexOutOfRange,
            Self::Irreversible { .. } => Code::StatusIrreversible,
        }
    }
}

impl From<BitstringError> for Problem {
    fn from(error: BitstringError) -> Self {
        Self::new(error.kind(), "", error.to_string())
    }
}

impl Bitstring {
    /// A list of entries that are all 0.
    ///
    /// # Errors
    /// When it would have fewer than [`ENTRIES_MIN`] entries or more bytes than [`LIST_BYTES_MAX`], or statuses of no or of more than
    /// [`STATUS_SIZE_MAX`] bits.
    pub fn new(entries: u64, size: u8) -> Result<Self, BitstringError> {
        if !(1..=STATUS_SIZE_MAX).contains(&size) {
            return Err(BitstringError::Size { found: size });
        }
        if entries < ENTRIES_MIN {
            return Err(BitstringError::TooShort { found: entries });
        }
        let length = entries
            .checked_mul(u64::from(size))
            .and_then(|bits| usize::try_from(bits.div_ceil(8)).ok())
            .filter(|length| *length <= LIST_BYTES_MAX)
            .ok_or(BitstringError::TooLong)?;
        Ok(Self {
            bytes: vec![0; length],
            size,
        })
    }

    /// Reads an `encodedList` whose statuses have `size` bits. §3.4. How many entries it must have is a question of its own.
    ///
    /// # Errors
    /// When it is not the multibase form of a GZIP file, or of one that is too large.
    pub fn decode(encoded: &str, size: u8) -> Result<Self, BitstringError> {
        if !(1..=STATUS_SIZE_MAX).contains(&size) {
            return Err(BitstringError::Size { found: size });
        }
        Ok(Self {
            bytes: decode_bytes(encoded)?,
            size,
        })
    }

    /// As `encodedList`: GZIP, then multibase of base64url without padding. §3.3.
    #[must_use]
    pub fn encode(&self) -> String {
        format!("u{}", URL_SAFE_NO_PAD.encode(gzip::compress(&self.bytes)))
    }

    /// How many entries there are.
    #[must_use]
    pub fn entries(&self) -> u64 {
        entries(&self.bytes, self.size)
    }

    /// Bits of an entry.
    #[must_use]
    pub fn size(&self) -> u8 {
        self.size
    }

    /// The status of an entry.
    #[must_use]
    pub fn get(&self, index: u64) -> Option<u8> {
        value_at(&self.bytes, index, self.size)
    }

    /// Gives an entry a status. Whether that may be taken back is [`super::Register`]'s to say.
    ///
    /// # Errors
    /// When there is no such entry, or the status has more bits.
    pub fn set(&mut self, index: u64, value: u8) -> Result<(), BitstringError> {
        let size = self.size;
        if size < 8 && value >> size != 0 {
            return Err(BitstringError::Value { value, size });
        }
        let beyond = BitstringError::Index {
            index,
            entries: self.entries(),
        };
        if index >= self.entries() {
            return Err(beyond);
        }
        for place in 0..size {
            let bit = value >> (size - 1 - place) & 1;
            let at = index * u64::from(size) + u64::from(place);
            let byte = usize::try_from(at / 8)
                .ok()
                .and_then(|byte| self.bytes.get_mut(byte));
            let Some(byte) = byte else {
                return Err(beyond);
            };
            let shift = 7 - at % 8;
            *byte = (*byte & !(1 << shift)) | (bit << shift);
        }
        Ok(())
    }
}

/// The expanded bytes of an `encodedList`.
pub(super) fn decode_bytes(encoded: &str) -> Result<Vec<u8>, BitstringError> {
    let digits = encoded.strip_prefix('u').ok_or(BitstringError::Encoding(
        "the list is not multibase of base64url (`u…`)",
    ))?;
    if digits.len() > ENCODED_CHARS_MAX {
        return Err(BitstringError::TooLong);
    }
    let file = URL_SAFE_NO_PAD
        .decode(digits)
        .map_err(|_| BitstringError::Encoding("the list is not base64url without padding"))?;
    gzip::expand(&file, LIST_BYTES_MAX).map_err(BitstringError::Encoding)
}

/// How many whole entries of `size` bits there are.
pub(super) fn entries(bytes: &[u8], size: u8) -> u64 {
    let bits = u64::try_from(bytes.len()).unwrap_or(u64::MAX / 8) * 8;
    bits.checked_div(u64::from(size)).unwrap_or_default()
}

/// The status at an index. §3.2: its bits begin at the index times the size, the highest first.
pub(super) fn value_at(bytes: &[u8], index: u64, size: u8) -> Option<u8> {
    if index >= entries(bytes, size) {
        return None;
    }
    let first = index.checked_mul(u64::from(size))?;
    (0..u64::from(size)).try_fold(0_u8, |value, place| {
        let at = first.checked_add(place)?;
        let byte = bytes.get(usize::try_from(at / 8).ok()?)?;
        Some(value << 1 | (byte >> (7 - at % 8) & 1))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_entry_is_at_the_left() {
        let mut bits = Bitstring::new(ENTRIES_MIN, 1).unwrap();
        bits.set(0, 1).unwrap();
        bits.set(10, 1).unwrap();
        bits.set(ENTRIES_MIN - 1, 1).unwrap();
        assert_eq!(
            (bits.bytes.len(), &bits.bytes[..2], bits.bytes[16_383]),
            (16_384, &[0x80, 0x20][..], 1)
        );
        let mut bits = Bitstring::new(ENTRIES_MIN, 3).unwrap();
        bits.set(0, 0b101).unwrap();
        bits.set(2, 0b111).unwrap();
        // 101 000 111 …
        assert_eq!(&bits.bytes[..2], &[0b1010_0011, 0b1000_0000]);
        assert_eq!(
            (bits.get(0), bits.get(1), bits.get(2)),
            (Some(5), Some(0), Some(7))
        );
        bits.set(2, 0b010).unwrap();
        assert_eq!(bits.get(2), Some(2));
    }

    #[test]
    fn comes_back_as_it_was_in_every_size() {
        for size in 1..=8 {
            let mut bits = Bitstring::new(ENTRIES_MIN + 5, size).unwrap();
            let mask = u8::MAX >> (8 - size);
            let places: Vec<u64> = (0..500).map(|n| n * 259 % ENTRIES_MIN).collect();
            for place in &places {
                bits.set(*place, place.to_le_bytes()[0] & mask).unwrap();
            }
            let read = Bitstring::decode(&bits.encode(), size).unwrap();
            assert_eq!(read, bits);
            assert!(read.entries() >= ENTRIES_MIN + 5);
            for place in &places {
                assert_eq!(read.get(*place), Some(place.to_le_bytes()[0] & mask));
            }
            assert_eq!(read.get(read.entries()), None);
            assert_eq!(read.get(u64::MAX), None);
        }
    }

    #[test]
    fn reads_the_list_of_the_specification() {
        // Example 3 of Bitstring Status List 1.0: 16 KiB of zeros, as another library compressed them.
        let encoded = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA";
        let bits = Bitstring::decode(encoded, 1).unwrap();
        assert_eq!(bits, Bitstring::new(ENTRIES_MIN, 1).unwrap());
    }

    #[test]
    fn refuses_what_is_no_list() {
        let code = |encoded: &str| Bitstring::decode(encoded, 1).unwrap_err().kind().as_str();
        let good = Bitstring::new(ENTRIES_MIN, 1).unwrap().encode();
        for bad in [
            "",
            "u",
            &good[1..],
            &good.replacen('u', "z", 1),
            &good.replacen('u', "U", 1),
            &good[..good.len() - 4],
            &format!("{good}="),
            &format!("{good}AAAA"),
            &good.replace('H', "+"),
            "uAAAA",
            &format!("u{}", "A".repeat(ENCODED_CHARS_MAX + 1)),
        ] {
            assert_eq!(code(bad), "status-list-malformed", "{:.40}", bad);
        }
        let bomb = URL_SAFE_NO_PAD.encode(gzip::compress(&vec![0; LIST_BYTES_MAX + 1]));
        assert_eq!(code(&format!("u{bomb}")), "status-list-malformed");
        assert!(Bitstring::decode(&good, 0).is_err() && Bitstring::decode(&good, 9).is_err());
    }

    #[test]
    fn refuses_lists_and_statuses_out_of_bounds() {
        let code = |made: Result<Bitstring, BitstringError>| made.unwrap_err().kind().as_str();
        assert_eq!(
            code(Bitstring::new(ENTRIES_MIN - 1, 1)),
            "status-list-too-short"
        );
        assert_eq!(code(Bitstring::new(u64::MAX, 8)), "status-list-malformed");
        assert_eq!(
            code(Bitstring::new((2 << 20) + 1, 8)),
            "status-list-malformed"
        );
        assert_eq!(code(Bitstring::new(ENTRIES_MIN, 9)), "status-unsupported");
        let mut bits = Bitstring::new(ENTRIES_MIN, 2).unwrap();
        assert_eq!(
            bits.set(ENTRIES_MIN, 1).unwrap_err().kind(),
            Code::StatusIndexOutOfRange
        );
        assert_eq!(
            bits.set(0, 4).unwrap_err().kind(),
            Code::StatusListMalformed
        );
        assert!(bits.set(u64::MAX, 1).is_err());
        assert_eq!(bits, Bitstring::new(ENTRIES_MIN, 2).unwrap());
    }
}
