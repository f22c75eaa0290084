//! Station 1, **parse**: bounded JSON, an envelope, an id that matches the content.

use std::sync::Arc;

use garita_canon::json;
use serde_json::Value;

use crate::envelope::{self, Envelope};
use crate::problem::{Fault, Refusal, RefusalKind};

/// A record's bytes. A manifest of a full truck has some 4 KB, one of 500 shipments some 300.
pub const RECORD_BYTES_MAX: usize = 1 << 20;
/// Depth of a record's JSON: the deepest of ours has eight.
pub const RECORD_DEPTH_MAX: usize = 32;
/// Values in a record's JSON.
pub const RECORD_VALUES_MAX: usize = 100_000;

/// A document whose form is known and whose id fits; nobody has checked who signed it.
#[derive(Debug)]
pub struct Parsed {
    /// The document.
    pub document: Arc<Value>,
    /// Its own bytes.
    pub bytes: Vec<u8>,
    /// Its envelope.
    pub envelope: Envelope,
}

/// Limits of a record.
pub fn limits() -> json::Limits {
    json::Limits {
        bytes_max: RECORD_BYTES_MAX,
        depth_max: RECORD_DEPTH_MAX,
        values_max: RECORD_VALUES_MAX,
    }
}

/// Bounded JSON, nothing more.
///
/// # Errors
/// Too large, too deep, not JSON, a repeated key: with place.
pub fn document(bytes: &[u8]) -> Result<Value, Refusal> {
    json::parse(bytes, &limits()).map_err(|error| {
        let kind = if error.code() == "document-too-large" {
            RefusalKind::TooLarge
        } else {
            RefusalKind::Malformed
        };
        let told = |lang| garita_credential::describe(error.code(), lang);
        let en = told(garita_credential::Lang::En)
            .map_or_else(|| error.to_string(), |advice| format!("{advice} ({error})"));
        let place = error
            .offset()
            .map(|at| format!(" (byte {at})"))
            .or_else(|| error.pointer().map(|at| format!(" (`{at}`)")))
            .unwrap_or_default();
        let es = told(garita_credential::Lang::Es)
            .map_or_else(|| en.clone(), |advice| format!("{advice}{place}"));
        Refusal::one(
            kind,
            Fault::at(error.code(), error.pointer().unwrap_or_default(), en, es),
        )
    })
}

/// Parses a record or a view of it, by the view's name.
///
/// # Errors
/// All faults of the envelope at once, or that the id is not the content's.
pub fn parse(bytes: &[u8], view: &str) -> Result<Parsed, Refusal> {
    let document = document(bytes)?;
    let envelope = Envelope::read_as(&document, view).map_err(|faults| Refusal {
        kind: RefusalKind::Unprocessable,
        faults,
    })?;
    // A view bears the whole record's id, which its own content cannot give: its issuer's proof and the home's stamp bind it.
    if envelope.view.is_none() {
        let computed = envelope::record_id(&document)
            .map_err(|f| Refusal::one(RefusalKind::Unprocessable, f))?;
        if computed != envelope.id {
            return Err(Refusal::one(
                RefusalKind::Unprocessable,
                Fault::at(
                    "id-mismatch",
                    "/id",
                    format!(
                        "the content's id is `{computed}`; something was changed after the id was computed"
                    ),
                    format!(
                        "el identificador del contenido es `{computed}`; algo cambió después de calcularlo"
                    ),
                ),
            ));
        }
    }
    Ok(Parsed {
        document: Arc::new(document),
        bytes: bytes.to_vec(),
        envelope,
    })
}
