//! CBOR (RFC 8949), as far as selective proofs use it: definite lengths, unsigned integers, bytes, texts, arrays, maps.
//!
//! Own, because a proof's value is five items of fixed kinds, read strictly: shortest lengths alone (§4.2.1), nothing after the
//! end, no more of anything than the bytes can hold.

/// Reads one item after another from bytes.
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

/// The bytes are not what is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotThat;

const UNSIGNED: u8 = 0;
const BYTES: u8 = 2;
const TEXT: u8 = 3;
const ARRAY: u8 = 4;
const MAP: u8 = 5;

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Nothing may be left.
    pub(crate) fn end(self) -> Result<(), NotThat> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(NotThat)
        }
    }

    pub(crate) fn unsigned(&mut self) -> Result<u64, NotThat> {
        self.head(UNSIGNED)
    }

    /// An index of something in memory.
    pub(crate) fn index(&mut self) -> Result<usize, NotThat> {
        usize::try_from(self.unsigned()?).map_err(|_| NotThat)
    }

    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], NotThat> {
        let length = self.head(BYTES)?;
        self.take(length)
    }

    pub(crate) fn fixed<const N: usize>(&mut self) -> Result<[u8; N], NotThat> {
        self.bytes()?.try_into().map_err(|_| NotThat)
    }

    pub(crate) fn text(&mut self) -> Result<&'a str, NotThat> {
        let length = self.head(TEXT)?;
        std::str::from_utf8(self.take(length)?).map_err(|_| NotThat)
    }

    /// How many items the array that begins here has; each takes at least a byte.
    pub(crate) fn array(&mut self) -> Result<usize, NotThat> {
        self.count(ARRAY, 1)
    }

    /// How many pairs the map that begins here has.
    pub(crate) fn map(&mut self) -> Result<usize, NotThat> {
        self.count(MAP, 2)
    }

    fn count(&mut self, kind: u8, bytes_each: usize) -> Result<usize, NotThat> {
        let count = usize::try_from(self.head(kind)?).map_err(|_| NotThat)?;
        if count > self.rest.len() / bytes_each {
            return Err(NotThat);
        }
        Ok(count)
    }

    /// The number in an item's head (§3), in the shortest form that holds it.
    fn head(&mut self, kind: u8) -> Result<u64, NotThat> {
        let (first, rest) = self.rest.split_first().ok_or(NotThat)?;
        if first >> 5 != kind {
            return Err(NotThat);
        }
        self.rest = rest;
        let (width, least) = match first & 31 {
            small @ 0..=23 => return Ok(u64::from(small)),
            24 => (1, 24),
            25 => (2, 1 << 8),
            26 => (4, 1 << 16),
            27 => (8, 1 << 32),
            _ => return Err(NotThat),
        };
        let number = self
            .take(width)?
            .iter()
            .fold(0, |number, byte| number << 8 | u64::from(*byte));
        if number < least {
            Err(NotThat)
        } else {
            Ok(number)
        }
    }

    fn take(&mut self, length: u64) -> Result<&'a [u8], NotThat> {
        let length = usize::try_from(length).map_err(|_| NotThat)?;
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(NotThat)?;
        self.rest = rest;
        Ok(taken)
    }
}

/// Writes items one after another.
#[derive(Default)]
pub(crate) struct Writer {
    out: Vec<u8>,
}

impl Writer {
    pub(crate) fn after(prefix: &[u8]) -> Self {
        Self {
            out: prefix.to_vec(),
        }
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.out
    }

    pub(crate) fn unsigned(&mut self, number: usize) {
        self.head(UNSIGNED, number);
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.head(BYTES, bytes.len());
        self.out.extend_from_slice(bytes);
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.head(TEXT, text.len());
        self.out.extend_from_slice(text.as_bytes());
    }

    /// Begins an array of so many items.
    pub(crate) fn array(&mut self, count: usize) {
        self.head(ARRAY, count);
    }

    /// Begins a map of so many pairs.
    pub(crate) fn map(&mut self, count: usize) {
        self.head(MAP, count);
    }

    fn head(&mut self, kind: u8, number: usize) {
        let (kind, wide) = (kind << 5, number as u64);
        let bytes = wide.to_be_bytes();
        let (mark, width) = match wide {
            0..24 => {
                self.out.push(kind | wide as u8);
                return;
            }
            24..=0xff => (24, 1),
            0x100..=0xffff => (25, 2),
            0x1_0000..=0xffff_ffff => (26, 4),
            _ => (27, 8),
        };
        self.out.push(kind | mark);
        self.out.extend(bytes.iter().skip(8 - width));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_rfc() {
        // RFC 8949 appendix A.
        for (number, hex) in [
            (0, "00"),
            (23, "17"),
            (24, "1818"),
            (100, "1864"),
            (1_000, "1903e8"),
            (1_000_000, "1a000f4240"),
            (1_000_000_000_000, "1b000000e8d4a51000"),
        ] {
            let mut writer = Writer::default();
            writer.unsigned(number);
            let bytes = writer.into_bytes();
            let text: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
            assert_eq!(text, hex);
            let mut reader = Reader::new(&bytes);
            assert_eq!(reader.index(), Ok(number));
            assert_eq!(reader.end(), Ok(()));
        }
    }

    #[test]
    fn refuses_long_forms_other_kinds_and_torn_ends() {
        for bytes in [
            &[0x18, 0x17][..],
            &[0x19, 0, 0xff],
            &[0x1a, 0, 0, 0xff, 0xff],
            &[0x1b, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff],
            &[0x1c],
            &[0x1f],
            &[0x20],
            &[0x40],
            &[0x19, 1],
            &[],
        ] {
            assert_eq!(Reader::new(bytes).unsigned(), Err(NotThat), "{bytes:?}");
        }
        assert_eq!(Reader::new(&[0x43, 1, 2]).bytes(), Err(NotThat));
        assert_eq!(Reader::new(&[0x5f, 0xff]).bytes(), Err(NotThat));
        assert_eq!(Reader::new(&[0x61, 0xff]).text(), Err(NotThat));
        // A length that no memory holds is refused before anything is made of it.
        let huge = [0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
        assert_eq!(Reader::new(&huge).array(), Err(NotThat));
        assert_eq!(Reader::new(&[0xa1, 0]).map(), Err(NotThat));
        assert_eq!(Reader::new(&[0]).end(), Err(NotThat));
    }
}
