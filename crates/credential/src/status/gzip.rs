//! GZIP (RFC 1952): the wrapping of DEFLATE that status lists are carried in.
//!
//! Strict where readers could differ: one member and nothing after it, no reserved flag, both sums right. Nothing is allocated beyond
//! what the caller allows, whatever the file says of itself.

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

/// Lists are mostly zeros: the best level costs little and saves on every fetch.
const LEVEL: u8 = 9;
/// Identification, method, no flags, no time, the slowest compression, an unknown system: the same list gives the same bytes
/// everywhere.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255];

/// Flags of the header's fourth byte. §2.3.1.
const HEADER_CRC: u8 = 2;
const EXTRA: u8 = 4;
const NAME: u8 = 8;
const COMMENT: u8 = 16;
const RESERVED: u8 = 0b1110_0000;

/// Compresses.
pub(super) fn compress(bytes: &[u8]) -> Vec<u8> {
    let mut out = HEADER.to_vec();
    out.extend(miniz_oxide::deflate::compress_to_vec(bytes, LEVEL));
    out.extend(crc32(bytes).to_le_bytes());
    out.extend(length_mod_32(bytes).to_le_bytes());
    out
}

/// Expands a file of one member to at most `bytes_max`.
pub(super) fn expand(file: &[u8], bytes_max: usize) -> Result<Vec<u8>, &'static str> {
    let deflated = after_header(file)?;
    let (deflated, sums) = deflated
        .split_last_chunk::<8>()
        .ok_or("the compressed list is cut off")?;
    let [c0, c1, c2, c3, l0, l1, l2, l3] = *sums;
    let length = u32::from_le_bytes([l0, l1, l2, l3]);
    let length = usize::try_from(length)
        .ok()
        .filter(|length| *length <= bytes_max)
        .ok_or("the list is larger than allowed")?;
    // One byte more than it says, so that a list that says too little is seen.
    let mut out = vec![0; length.saturating_add(1)];
    let (status, read, written) = decompress(
        &mut DecompressorOxide::new(),
        deflated,
        &mut out,
        0,
        TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF,
    );
    if status != TINFLStatus::Done || read != deflated.len() || written != length {
        return Err("the compressed list is torn, or not of the length that it says");
    }
    out.truncate(length);
    if crc32(&out) != u32::from_le_bytes([c0, c1, c2, c3]) {
        return Err("the compressed list's sum is wrong");
    }
    Ok(out)
}

/// What follows the header and its optional fields, which say nothing that counts. §2.3.
fn after_header(file: &[u8]) -> Result<&[u8], &'static str> {
    const CUT: &str = "the compressed list is cut off";
    let (fixed, mut rest) = file.split_first_chunk::<10>().ok_or(CUT)?;
    let [0x1f, 0x8b, method, flags, ..] = *fixed else {
        return Err("the list is not compressed by GZIP");
    };
    if method != 8 || flags & RESERVED != 0 {
        return Err("the list is compressed in a way that is not defined");
    }
    if flags & EXTRA != 0 {
        let (length, after) = rest.split_first_chunk::<2>().ok_or(CUT)?;
        rest = after
            .get(usize::from(u16::from_le_bytes(*length))..)
            .ok_or(CUT)?;
    }
    for flag in [NAME, COMMENT] {
        if flags & flag != 0 {
            let end = rest.iter().position(|byte| *byte == 0).ok_or(CUT)?;
            rest = rest.get(end.saturating_add(1)..).ok_or(CUT)?;
        }
    }
    if flags & HEADER_CRC != 0 {
        let header_bytes = file.len().saturating_sub(rest.len());
        let header = file.get(..header_bytes).ok_or(CUT)?;
        let (sum, after) = rest.split_first_chunk::<2>().ok_or(CUT)?;
        if crc32(header).to_le_bytes().first_chunk::<2>() != Some(sum) {
            return Err("the compressed list's header has a wrong sum");
        }
        rest = after;
    }
    Ok(rest)
}

/// §2.3.1: the length modulo 2^32.
fn length_mod_32(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len() & 0xffff_ffff).unwrap_or_default()
}

/// CRC-32 of §8: the reversed polynomial 0xEDB88320.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        let low = sum.to_le_bytes().first().copied().unwrap_or_default();
        // A table of 256 has a place for every byte.
        let row = TABLE.get(usize::from(low ^ byte)).copied().unwrap_or(0);
        row ^ (sum >> 8)
    })
}

static TABLE: [u32; 256] = table();

#[expect(
    clippy::indexing_slicing,
    reason = "evaluated while compiling, where an index beyond the array is an error"
)]
const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut n: u32 = 0;
    while n < 256 {
        let mut sum = n;
        let mut bit = 0;
        while bit < 8 {
            sum = if sum & 1 == 1 {
                0xedb8_8320 ^ (sum >> 1)
            } else {
                sum >> 1
            };
            bit += 1;
        }
        table[n as usize] = sum;
        n += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    /// "hello" as gzip 1.12 writes it with `-n -9`.
    const HELLO: [u8; 25] = [
        0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x86, 0xa6,
        0x10, 0x36, 5, 0, 0, 0,
    ];

    #[test]
    fn the_sum_is_that_of_the_rfc() {
        assert_eq!(crc32(b""), 0);
        // The check value by which catalogues of CRCs name this one.
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn reads_what_others_and_we_write() {
        assert_eq!(expand(&HELLO, 5).unwrap(), b"hello");
        for bytes in [&b""[..], b"x", &[0; 16_384], &[0xa5; 70_000]] {
            assert_eq!(expand(&compress(bytes), 70_000).unwrap(), bytes);
        }
        assert!(compress(&[0; 16_384]).len() < 60);
    }

    #[test]
    fn passes_over_the_optional_fields() {
        let body = &HELLO[10..];
        let with = |flags: u8, fields: &[u8]| {
            let mut file = HELLO[..10].to_vec();
            file[3] = flags;
            file.extend(fields);
            if flags & HEADER_CRC != 0 {
                let sum = crc32(&file).to_le_bytes();
                file.extend(&sum[..2]);
            }
            file.extend(body);
            file
        };
        for (flags, fields) in [
            (1, &b""[..]),
            (EXTRA, b"\x02\x00ab"),
            (NAME, b"list\0"),
            (COMMENT, b"of 2026\0"),
            (HEADER_CRC, b""),
            (EXTRA | NAME | COMMENT | HEADER_CRC, b"\x01\x00an\0c\0"),
        ] {
            assert_eq!(expand(&with(flags, fields), 5).unwrap(), b"hello");
        }
        let mut wrong_sum = with(HEADER_CRC, b"");
        wrong_sum[10] ^= 1;
        assert!(expand(&wrong_sum, 5).is_err());
        assert!(expand(&with(EXTRA, b"\xff\xff"), 5).is_err());
        assert!(expand(&with(32, b""), 5).is_err());
    }

    #[test]
    fn refuses_every_cut_every_flip_and_what_follows() {
        for end in 0..HELLO.len() {
            assert!(expand(&HELLO[..end], 5).is_err(), "cut at {end}");
        }
        for place in 0..HELLO.len() {
            for bit in 0..8 {
                let mut file = HELLO;
                file[place] ^= 1 << bit;
                // Time, system and the like say nothing, nor do the six bits that fill the last byte of DEFLATE.
                let says_nothing = (4..10).contains(&place)
                    || (place == 3 && bit == 0)
                    || (place == 16 && bit >= 2);
                assert_eq!(
                    expand(&file, 5).is_ok(),
                    says_nothing,
                    "byte {place} bit {bit}"
                );
            }
        }
        assert!(expand(&[&HELLO[..], &HELLO[..]].concat(), 100).is_err());
        assert!(expand(&[&HELLO[..], b"\0"].concat(), 100).is_err());
        assert!(expand(&HELLO, 4).is_err());
    }

    #[test]
    fn a_bomb_is_refused_before_it_goes_off() {
        let bomb = compress(&vec![0; 8 << 20]);
        assert!(bomb.len() < 10_000);
        assert!(expand(&bomb, 2 << 20).is_err());
        // One that says less than it holds.
        let mut liar = bomb;
        let at = liar.len() - 4;
        liar[at..].copy_from_slice(&100_u32.to_le_bytes());
        assert!(expand(&liar, 2 << 20).is_err());
    }
}
