//! What a form posted: fields, and files where it has some.

use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header;
use garita_exchange::attachments::Held;
use garita_exchange::problem::{Fault, Refusal, RefusalKind};

use super::ask::pairs;
use crate::server::App;

/// Files of one form together, in memory while it is read: a scan's image has some megabytes. Larger ones go by `POST /v1/attachments`.
const FORM_FILES_BYTES_MAX: usize = 32 << 20;
/// A posted form with its files: one file of the largest size, and the fields beside it.
pub(super) const BYTES_MAX: usize = FORM_FILES_BYTES_MAX + (512 << 10);
/// Files of one form: a scan has a handful of views.
pub(super) const FILES_MAX: usize = 8;
/// Fields of one form, as for those without files.
const FIELDS_MAX: usize = 5_000;

/// Fields by name, and files by the name of their field.
#[derive(Debug, Default)]
pub(super) struct Posted {
    pub(super) fields: Vec<(String, String)>,
    pub(super) files: Vec<(String, Held)>,
    /// Names of the files as the browser told them, in the same order.
    pub(super) names: Vec<String>,
}

impl Posted {
    /// All as texts: for a form whose file is a text too.
    pub(super) fn texts(self) -> Vec<(String, String)> {
        let mut out = self.fields;
        out.extend(
            self.files
                .into_iter()
                .map(|(name, file)| (name, String::from_utf8_lossy(&file.bytes).into_owned())),
        );
        out
    }
}

/// Whether a request's body has files, so that its reader is worth knowing before it is read.
pub(super) fn has_files(request: &Request) -> bool {
    request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|v| v.starts_with("multipart/form-data"))
}

/// Reads the body, of either kind.
///
/// # Errors
/// `form-malformed`, `form-too-large`.
pub(super) async fn read(request: Request) -> Result<Posted, Refusal> {
    let mut out = Posted::default();
    if !has_files(&request) {
        let body = axum::body::Bytes::from_request(request, &())
            .await
            .map_err(|_| too_large())?;
        out.fields = pairs(&String::from_utf8_lossy(&body));
        return Ok(out);
    }
    let mut parts = Multipart::from_request(request, &())
        .await
        .map_err(|e| malformed(&e.body_text()))?;
    while let Some(part) = parts
        .next_field()
        .await
        .map_err(|e| malformed(&e.body_text()))?
    {
        let name = part.name().unwrap_or_default().to_owned();
        let file_name = part.file_name().map(str::to_owned);
        let media_type = part.content_type().unwrap_or_default().to_owned();
        // The whole body is bounded by its route; a part that breaks off is told as too large or malformed alike.
        let bytes = part.bytes().await.map_err(|_| too_large())?;
        let Some(file_name) = file_name else {
            if out.fields.len() < FIELDS_MAX {
                out.fields
                    .push((name, String::from_utf8_lossy(&bytes).into_owned()));
            }
            continue;
        };
        // A field in which no file was chosen is posted empty.
        if bytes.is_empty() {
            continue;
        }
        if out.files.len() >= FILES_MAX || bytes.len() > FORM_FILES_BYTES_MAX {
            return Err(too_large());
        }
        out.names.push(file_name);
        out.files.push((
            name,
            Held {
                media_type,
                bytes: bytes.to_vec(),
            },
        ));
    }
    Ok(out)
}

/// Keeps the files as the party's, and puts the digest of each where its field stands.
///
/// # Errors
/// When the store is away or full.
pub(super) async fn keep(app: &App, party: &str, posted: &mut Posted) -> Result<(), Refusal> {
    let (names, files): (Vec<String>, Vec<Held>) =
        std::mem::take(&mut posted.files).into_iter().unzip();
    if files.is_empty() {
        return Ok(());
    }
    let kept = garita_exchange::attachments::keep(app.core(), party, files).await?;
    for (name, file) in names.into_iter().zip(kept) {
        posted.fields.retain(|(field, _)| *field != name);
        posted.fields.push((name, hex(&file.digest)));
    }
    Ok(())
}

/// Lower-case hexadecimal.
pub(super) fn hex(digest: &[u8; 32]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A digest from its hexadecimal.
pub(super) fn from_hex(text: &str) -> Option<[u8; 32]> {
    let mut out = [0_u8; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (byte, at) in out.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?;
    }
    Some(out)
}

fn malformed(what: &str) -> Refusal {
    Refusal::one(
        RefusalKind::Malformed,
        Fault::whole(
            "form-malformed",
            format!("the form could not be read: {what}"),
            format!("no se pudo leer el formulario: {what}"),
        ),
    )
}

fn too_large() -> Refusal {
    let mib = FORM_FILES_BYTES_MAX >> 20;
    Refusal::one(
        RefusalKind::TooLarge,
        Fault::whole(
            "form-too-large",
            format!(
                "a form takes at most {FILES_MAX} files and {mib} MiB together; nothing was signed"
            ),
            format!(
                "un formulario admite a lo más {FILES_MAX} archivos y {mib} MiB en conjunto; no se firmó nada"
            ),
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_read_back_and_nothing_else_is() {
        let digest = [0xa7; 32];
        assert_eq!(from_hex(&hex(&digest)), Some(digest));
        for bad in ["", "a7", &"g".repeat(64), &"é".repeat(32), &"+f".repeat(32)] {
            assert_ne!(from_hex(bad), Some(digest), "{bad}");
        }
    }
}
