//! Documents people already have, to and from drafts; the field's identifiers.
//!
//! Bytes come in, a [`draft::Draft`] goes out: records that could be filed, the source place of every member, all
//! faults at once, and what the document does not tell. This crate knows documents; it knows no signature, no
//! profile and no network, does no I/O and asks no clock.
//!
//! | want | look |
//! | --- | --- |
//! | what is this file | [`recognise`] |
//! | a draft from any file | [`read`] |
//! | Carta Porte in and out | [`carta_porte`] |
//! | truck manifest in and out | [`x12_309`] |
//! | check digits and normal forms | [`identifiers`] |

pub mod carta_porte;
mod decimal;
pub mod draft;
mod error;
pub mod identifiers;
mod text;
pub mod x12;
pub mod x12_309;
pub mod xml;

pub use draft::{DocumentKind, Draft, DraftRecord, Fault, Missing, Severity, SourcePlace};
pub use error::ReadError;

/// The largest file read. A Carta Porte with ten thousand goods is 5 MB, a 309 with a thousand bills 2 MB; more is
/// an attachment or an attack, and is refused before a byte of it is looked at.
pub const DOCUMENT_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Only this much of a file is looked at to say what it is.
const RECOGNISE_BYTES_MAX: usize = 64 * 1024;

/// What the bytes are, judged from their beginning; `None` when they are nothing that this crate reads.
///
/// An answer is no promise that the document is right: reading it may still tell faults.
pub fn recognise(bytes: &[u8]) -> Option<DocumentKind> {
    let head = bytes.get(..RECOGNISE_BYTES_MAX).unwrap_or(bytes);
    let head = head
        .strip_prefix(b"\xEF\xBB\xBF")
        .unwrap_or(head)
        .trim_ascii_start();
    let has = |needle: &[u8]| head.windows(needle.len()).any(|window| window == needle);
    if head.starts_with(b"ISA") {
        let segment = head.get(105).copied()?;
        let element = head.get(3).copied()?;
        let st = [b"ST".as_slice(), &[element], b"309", &[element]].concat();
        let starts_a_segment = head.windows(st.len() + 1).any(|window| {
            window.ends_with(&st)
                && window
                    .first()
                    .is_some_and(|before| *before == segment || before.is_ascii_whitespace())
        });
        return starts_a_segment.then_some(DocumentKind::X12Manifest309);
    }
    if head.starts_with(b"<") && (has(b"CartaPorte") || has(b"http://www.sat.gob.mx/cfd/4")) {
        return Some(DocumentKind::CartaPorte);
    }
    None
}

/// Reads a file of a kind, with the usual readings.
///
/// # Errors
/// When the bytes can't be read as that kind at all; faults that leave something readable are in the draft.
pub fn read(kind: DocumentKind, bytes: &[u8]) -> Result<Draft, ReadError> {
    match kind {
        DocumentKind::CartaPorte => carta_porte::read(bytes),
        DocumentKind::X12Manifest309 => x12_309::read(bytes, &x12_309::Reading::default()),
    }
}
