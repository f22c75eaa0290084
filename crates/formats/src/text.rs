//! From bytes to text: size, byte order mark, UTF-8 or Latin-1, nothing else.

use crate::draft::SourcePlace;
use crate::{DOCUMENT_BYTES_MAX, ReadError};
use std::borrow::Cow;

/// The encodings that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// ISO 8859-1; the graphic characters of Windows-1252 are read as that.
    Latin1,
}

/// Checks the size, before anything is allocated.
pub(crate) fn bounded(bytes: &[u8]) -> Result<&[u8], ReadError> {
    if bytes.len() > DOCUMENT_BYTES_MAX {
        return Err(ReadError::new(
            "document-too-large",
            format!(
                "document is {} bytes, more than the {DOCUMENT_BYTES_MAX} allowed",
                bytes.len()
            ),
            format!(
                "el documento tiene {} bytes, más de los {DOCUMENT_BYTES_MAX} permitidos",
                bytes.len()
            ),
        ));
    }
    if bytes.trim_ascii().is_empty() {
        return Err(ReadError::new(
            "document-empty",
            "document is empty",
            "el documento está vacío",
        ));
    }
    for (mark, name) in [
        (b"\xFF\xFE".as_slice(), "UTF-16"),
        (b"\xFE\xFF", "UTF-16"),
        (b"\x00\x3C", "UTF-16"),
        (b"\x3C\x00", "UTF-16"),
        (b"\x4C\x6F\xA7\x94", "EBCDIC"),
    ] {
        if bytes.starts_with(mark) {
            return Err(encoding_unknown(name));
        }
    }
    Ok(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes))
}

/// The refusal of an encoding by its name.
pub(crate) fn encoding_unknown(name: &str) -> ReadError {
    let name: String = name.chars().take(40).collect();
    ReadError::new(
        "encoding-unknown",
        format!("encoding `{name}` is not read; save the document as UTF-8 or ISO-8859-1"),
        format!("no se lee la codificación `{name}`; guarde el documento como UTF-8 o ISO-8859-1"),
    )
}

/// Decodes as told.
pub(crate) fn decode(bytes: &[u8], encoding: Encoding) -> Result<Cow<'_, str>, ReadError> {
    match encoding {
        Encoding::Utf8 => std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|error| {
            let read = bytes.get(..error.valid_up_to()).unwrap_or(bytes);
            let line = 1 + read.iter().filter(|byte| **byte == b'\n').count();
            ReadError::new(
                "encoding-mixed",
                "document says UTF-8 but holds bytes that are not; it may be ISO-8859-1 in part",
                "el documento dice UTF-8 pero contiene bytes que no lo son; puede ser ISO-8859-1 en parte",
            )
            .at(SourcePlace::new(
                u32::try_from(line).unwrap_or(u32::MAX),
                None,
                format!("byte {}", read.len()),
                "",
            ))
        }),
        Encoding::Latin1 => Ok(Cow::Owned(bytes.iter().map(|byte| char::from(*byte)).collect())),
    }
}

/// What a spreadsheet would take for a formula, or what would be taken for the guard against that.
fn is_risky(text: &str) -> bool {
    text.trim_start_matches('\'')
        .starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// A cell's text with an apostrophe before what a spreadsheet would take for a formula.
pub(crate) fn guarded(text: &str) -> Cow<'_, str> {
    match is_risky(text) {
        true => Cow::Owned(format!("'{text}")),
        false => Cow::Borrowed(text),
    }
}

/// Takes the apostrophe away that [`guarded`] puts there.
pub(crate) fn unguarded(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if is_risky(rest) => rest,
        _ => text,
    }
}
