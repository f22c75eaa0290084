//! The container of a workbook: parts of a ZIP file, read and written within limits.
//!
//! Only what a workbook needs (ISO/IEC 21320-1): stored and deflated parts, no encryption, no spanning. A part is inflated when it is
//! asked for, against what is left of one allowance for the whole file, so that neither a part that inflates a thousandfold nor many
//! names for the same bytes take more memory than is meant for one file.

use super::INFLATED_BYTES_MAX;
use crate::ReadError;
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::decompress_slice_iter_to_slice;
use std::collections::BTreeMap;

/// A workbook with a hundred sheets has some three hundred parts.
const PARTS_MAX: usize = 2_000;
const END: &[u8] = b"PK\x05\x06";
const CENTRAL: &[u8] = b"PK\x01\x02";
const LOCAL: &[u8] = b"PK\x03\x04";
/// Stands for 1 January 1980: a workbook made twice is the same to the byte.
const DOS_DATE: u16 = 0x0021;

/// The parts of a container.
pub(super) struct Parts<'a> {
    bytes: &'a [u8],
    by_name: BTreeMap<String, Part>,
    left: usize,
}

#[derive(Clone, Copy)]
struct Part {
    method: u16,
    encrypted: bool,
    crc: u32,
    packed: usize,
    inflated: usize,
    header: usize,
}

impl<'a> Parts<'a> {
    /// Reads the table of contents.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Parts<'a>, ReadError> {
        // The end record has 22 bytes and a comment of at most 65,535 behind it.
        let from = bytes.len().saturating_sub(22 + 65_535);
        let tail = bytes.get(from..).unwrap_or_default();
        let end = tail
            .windows(END.len())
            .rposition(|window| window == END)
            .map(|at| from + at)
            .ok_or_else(damaged)?;
        let count = usize::from(u16_at(bytes, end + 10)?);
        let mut at = usize_at(bytes, end + 16)?;
        if count > PARTS_MAX {
            return Err(too_large());
        }
        let mut by_name = BTreeMap::new();
        for _ in 0..count {
            if bytes
                .get(at..)
                .is_none_or(|rest| !rest.starts_with(CENTRAL))
            {
                return Err(damaged());
            }
            let (name, extra, comment) = (
                usize::from(u16_at(bytes, at + 28)?),
                usize::from(u16_at(bytes, at + 30)?),
                usize::from(u16_at(bytes, at + 32)?),
            );
            let part = Part {
                method: u16_at(bytes, at + 10)?,
                encrypted: u16_at(bytes, at + 8)? & 1 == 1,
                crc: u32_at(bytes, at + 16)?,
                packed: usize_at(bytes, at + 20)?,
                inflated: usize_at(bytes, at + 24)?,
                header: usize_at(bytes, at + 42)?,
            };
            let text = slice(bytes, at + 46, name)?;
            let text = String::from_utf8_lossy(text).replace('\\', "/");
            by_name.insert(text.trim_start_matches('/').to_owned(), part);
            at += 46 + name + extra + comment;
        }
        Ok(Parts {
            bytes,
            by_name,
            left: INFLATED_BYTES_MAX,
        })
    }

    /// Whether there is a part of that name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    /// A part, inflated; `None` where there is none of that name.
    pub(super) fn part(&mut self, name: &str) -> Result<Option<Vec<u8>>, ReadError> {
        let Some(part) = self.by_name.get(name).copied() else {
            return Ok(None);
        };
        if part.encrypted {
            return Err(encrypted());
        }
        // What the table says is not believed but where it already says too much.
        if part.inflated > self.left {
            return Err(too_large());
        }
        if slice(self.bytes, part.header, LOCAL.len())? != LOCAL {
            return Err(damaged());
        }
        let skip = usize::from(u16_at(self.bytes, part.header + 26)?)
            + usize::from(u16_at(self.bytes, part.header + 28)?);
        let packed = slice(self.bytes, part.header + 30 + skip, part.packed)?;
        let inflated = match part.method {
            0 => packed.to_vec(),
            8 => {
                let mut out = vec![0; part.inflated];
                match decompress_slice_iter_to_slice(&mut out, std::iter::once(packed), false, true)
                {
                    Ok(written) if written == part.inflated => out,
                    Err(miniz_oxide::inflate::TINFLStatus::HasMoreOutput) => {
                        return Err(too_large());
                    }
                    Ok(_) | Err(_) => return Err(damaged()),
                }
            }
            _ => return Err(damaged()),
        };
        if inflated.len() > self.left {
            return Err(too_large());
        }
        if crc32(&inflated) != part.crc {
            return Err(damaged());
        }
        self.left -= inflated.len();
        Ok(Some(inflated))
    }
}

/// Writes parts in order.
pub(super) fn pack(parts: &[(&str, String)]) -> Vec<u8> {
    let (mut out, mut central) = (Vec::new(), Vec::new());
    let small = |count: usize| u16::try_from(count).unwrap_or(u16::MAX).to_le_bytes();
    let large = |count: usize| u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes();
    for (name, text) in parts {
        let header = out.len();
        let packed = compress_to_vec(text.as_bytes(), 6);
        // What local and central header have in common.
        let mut common = Vec::new();
        for word in [20, 0x0800, 8, 0, DOS_DATE] {
            common.extend_from_slice(&word.to_le_bytes());
        }
        common.extend_from_slice(&crc32(text.as_bytes()).to_le_bytes());
        common.extend_from_slice(&large(packed.len()));
        common.extend_from_slice(&large(text.len()));
        common.extend_from_slice(&small(name.len()));
        common.extend_from_slice(&[0, 0]);
        out.extend_from_slice(LOCAL);
        out.extend_from_slice(&common);
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(&packed);
        central.extend_from_slice(CENTRAL);
        central.extend_from_slice(&20_u16.to_le_bytes());
        central.extend_from_slice(&common);
        central.extend_from_slice(&[0; 10]);
        central.extend_from_slice(&large(header));
        central.extend_from_slice(name.as_bytes());
    }
    let start = out.len();
    out.extend_from_slice(&central);
    out.extend_from_slice(END);
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&small(parts.len()));
    out.extend_from_slice(&small(parts.len()));
    out.extend_from_slice(&large(central.len()));
    out.extend_from_slice(&large(start));
    out.extend_from_slice(&[0, 0]);
    out
}

fn slice(bytes: &[u8], from: usize, count: usize) -> Result<&[u8], ReadError> {
    let until = from.checked_add(count).ok_or_else(damaged)?;
    bytes.get(from..until).ok_or_else(damaged)
}

fn u16_at(bytes: &[u8], at: usize) -> Result<u16, ReadError> {
    match slice(bytes, at, 2)? {
        [low, high] => Ok(u16::from_le_bytes([*low, *high])),
        _ => Err(damaged()),
    }
}

fn u32_at(bytes: &[u8], at: usize) -> Result<u32, ReadError> {
    let (low, high) = (u16_at(bytes, at)?, u16_at(bytes, at + 2)?);
    Ok(u32::from(low) | u32::from(high) << 16)
}

fn usize_at(bytes: &[u8], at: usize) -> Result<usize, ReadError> {
    usize::try_from(u32_at(bytes, at)?).map_err(|_| damaged())
}

/// CRC-32 of ISO/IEC 21320-1, by nibbles: a sheet is some megabytes at most.
fn crc32(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 16] = {
        let mut table = [0; 16];
        let mut at = 0;
        while at < 16 {
            let mut value = at as u32;
            let mut bit = 0;
            while bit < 4 {
                value = if value & 1 == 1 {
                    value >> 1 ^ 0xEDB8_8320
                } else {
                    value >> 1
                };
                bit += 1;
            }
            #[expect(
                clippy::indexing_slicing,
                reason = "`at` is below the length, at compile time"
            )]
            {
                table[at] = value;
            }
            at += 1;
        }
        table
    };
    let step = |crc: u32, nibble: u32| {
        let at = usize::try_from((crc ^ nibble) & 15).unwrap_or(0);
        crc >> 4 ^ TABLE.get(at).copied().unwrap_or(0)
    };
    let crc = bytes.iter().fold(u32::MAX, |crc, byte| {
        step(step(crc, u32::from(*byte)), u32::from(*byte >> 4))
    });
    !crc
}

pub(super) fn damaged() -> ReadError {
    ReadError::new(
        "sheet-damaged",
        "the workbook is damaged or cut short; save it again and send that",
        "el libro está dañado o incompleto; guárdelo de nuevo y envíe ese archivo",
    )
}

pub(super) fn encrypted() -> ReadError {
    ReadError::new(
        "sheet-encrypted",
        "the workbook is protected by a password; save it without one",
        "el libro está protegido con contraseña; guárdelo sin ella",
    )
}

fn too_large() -> ReadError {
    ReadError::new(
        "sheet-too-large",
        format!("the workbook takes more than {INFLATED_BYTES_MAX} bytes when it is unpacked"),
        format!("el libro ocupa más de {INFLATED_BYTES_MAX} bytes al descomprimirse"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_out() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        let packed = pack(&[("a.xml", "<a/>".to_owned()), ("b/c", "x".repeat(10_000))]);
        let mut parts = Parts::open(&packed).unwrap();
        assert_eq!(parts.part("a.xml").unwrap().unwrap(), b"<a/>");
        assert_eq!(parts.part("b/c").unwrap().unwrap().len(), 10_000);
        assert!(parts.part("none").unwrap().is_none());
        for at in 0..packed.len() {
            let mut broken = packed.clone();
            broken[at] ^= 0x55;
            if let Ok(mut parts) = Parts::open(&broken) {
                let _ = (parts.part("a.xml"), parts.part("b/c"));
            }
            let _ = Parts::open(&packed[..at]).map(|mut parts| parts.part("a.xml").is_ok());
        }
    }
}
