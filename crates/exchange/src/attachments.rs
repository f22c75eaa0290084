//! Files beside records: who may name one, and how the entitled get it from the home that has it.
//!
//! A record names a file by its digest in `relatedResource`; who gets the record whole may have the file. It stays at the home of the
//! record's issuer until somebody entitled asks: then his node asks that home, checks the digest, and keeps it ([`crate::fetch`]).

use std::fs::File;
use std::sync::Arc;

use garita_store::{Attachment, BlobWriter};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::core::Core;
use crate::encode;
use crate::fetch::{self, NotHere};
use crate::problem::{Fault, Refusal, RefusalKind};
use crate::sequence::store_refusal;

/// `application/vnd.openxmlformats-officedocument.wordprocessingml.document` has 71.
const MEDIA_TYPE_CHARS_MAX: usize = 100;
/// What is told where a file says nothing of itself.
const UNKNOWN_MEDIA_TYPE: &str = "application/octet-stream";

/// A file that is here, to be read as far as one likes.
#[derive(Debug)]
pub struct Stored {
    /// Media type, fit for a header.
    pub media_type: String,
    /// In bytes.
    pub size: u64,
    /// Its bytes, from the first on.
    pub file: File,
}

/// A file with its bytes, of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Media type, fit for a header.
    pub media_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// SHA-256 digests that a record names in `relatedResource` as `ni:///sha-256;…` ids (RFC 6920).
pub fn digests(related: &[Value]) -> Vec<[u8; 32]> {
    related
        .iter()
        .filter_map(|r| r.get("id").and_then(Value::as_str))
        .filter_map(digest_of)
        .collect()
}

/// The `relatedResource` members of a document.
pub(crate) fn related_of(document: &Value) -> &[Value] {
    document
        .get("relatedResource")
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn digest_of(id: &str) -> Option<[u8; 32]> {
    encode::from_base64url(id.strip_prefix("ni:///sha-256;")?)?
        .try_into()
        .ok()
}

/// How a record names a file in `relatedResource`, as VC 2.0 §5.3 asks.
pub fn named(file: &Attachment) -> Value {
    let mut multihash = vec![0x12, 0x20];
    multihash.extend(file.digest);
    json!({
        "id": encode::ni(&file.digest),
        "mediaType": file.media_type,
        "digestMultibase": format!("u{}", encode::base64url(&multihash)),
    })
}

/// Keeps a party's files; what a record of its own may then name.
///
/// # Errors
/// When the store is away or full.
pub async fn keep(
    core: &Arc<Core>,
    party: &str,
    files: Vec<Held>,
) -> Result<Vec<Attachment>, Refusal> {
    let blobs = core.blobs.clone();
    let kept = crate::submit::blocking(move || {
        files
            .into_iter()
            .map(|file| {
                blobs.put(&file.bytes).map_err(|e| store_refusal(&e))?;
                Ok(Attachment {
                    digest: Sha256::digest(&file.bytes).into(),
                    size: u64::try_from(file.bytes.len()).unwrap_or(u64::MAX),
                    media_type: media_type(&file.media_type),
                })
            })
            .collect::<Result<Vec<_>, Refusal>>()
    })
    .await?;
    own(core, party, kept.clone()).await?;
    Ok(kept)
}

/// Keeps a file that a party sent piece by piece; what a record of its own may then name.
///
/// # Errors
/// When the store is away or full.
pub async fn keep_written(
    core: &Arc<Core>,
    party: &str,
    writer: BlobWriter,
    told_type: &str,
) -> Result<Attachment, Refusal> {
    let written =
        crate::submit::blocking(move || writer.finish(None).map_err(|e| store_refusal(&e))).await?;
    let kept = Attachment {
        digest: written.digest,
        size: written.size,
        media_type: media_type(told_type),
    };
    own(core, party, vec![kept.clone()]).await?;
    Ok(kept)
}

async fn own(core: &Arc<Core>, party: &str, files: Vec<Attachment>) -> Result<(), Refusal> {
    let party = party.to_owned();
    core.sequencer
        .change(move |commit| {
            for file in files {
                commit.attachment_owners.push((file.digest, party.clone()));
                commit.attachments.push(file);
            }
        })
        .await
}

/// A file that some record names which the party may read: from here, else from the home of a record that names it. None where no such
/// record is known.
///
/// # Errors
/// `attachment-coming` (503) where it is on its way and takes longer than one waits; `attachment-away` (503) where the home is not reached
/// or has not got it; when the store is away.
pub async fn get(
    core: &Arc<Core>,
    party: &str,
    digest: [u8; 32],
) -> Result<Option<Stored>, Refusal> {
    let (here, homes) = look(core, party, digest).await?;
    if here.is_some() || homes.is_empty() {
        return Ok(here);
    }
    let mut why = String::new();
    for home in homes.iter().filter(|home| **home != core.identity.did) {
        match fetch::from_home(core, home, digest).await {
            // Who may read it is asked anew: a record may have gone while its file came.
            Ok(()) => return Ok(look(core, party, digest).await?.0),
            Err(NotHere::Coming) => return Err(coming()),
            Err(NotHere::Away(told)) => {
                let network = core.network();
                let name = network.nodes.get(home).map_or(home.as_str(), |n| &n.name);
                why = format!("{name}: {told}");
            }
        }
    }
    Err(away(&why))
}

/// What a file is, by a record that the party may read. Who brought the same bytes here before called it something else, perhaps: that
/// somebody did is nobody else's business.
fn told_media_type(core: &Core, party: &str, digest: &[u8; 32]) -> Result<String, Refusal> {
    let document = core
        .reader
        .attachment_naming(party, digest)
        .map_err(|e| store_refusal(&e))?;
    let document: Value = document
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default();
    let told = related_of(&document)
        .iter()
        .find(|r| r.get("id").and_then(Value::as_str).and_then(digest_of) == Some(*digest))
        .and_then(|r| r.get("mediaType")?.as_str());
    Ok(media_type(told.unwrap_or_default()))
}

/// A file where it is here and a record that the party may read names it; and the homes of those records.
async fn look(
    core: &Arc<Core>,
    party: &str,
    digest: [u8; 32],
) -> Result<(Option<Stored>, Vec<String>), Refusal> {
    let (core, party) = (Arc::clone(core), party.to_owned());
    crate::submit::blocking(move || {
        let homes = core
            .reader
            .attachment_homes(&party, &digest)
            .map_err(|e| store_refusal(&e))?;
        let here = if homes.is_empty() {
            None
        } else {
            local(&core, digest)?
        };
        let here = match here {
            Some(file) => Some(Stored {
                media_type: told_media_type(&core, &party, &digest)?,
                ..file
            }),
            None => None,
        };
        Ok((here, homes))
    })
    .await
}

/// What a peer may have: a file that a record names which was delivered to it whole.
///
/// # Errors
/// When the store is away.
pub fn for_peer(core: &Core, peer: &str, digest: [u8; 32]) -> Result<Option<Stored>, Refusal> {
    let sent = core
        .reader
        .attachment_sent(peer, &digest)
        .map_err(|e| store_refusal(&e))?;
    if sent { local(core, digest) } else { Ok(None) }
}

/// Refuses a record that names files which its issuer neither brought nor may read: naming one would open it.
///
/// # Errors
/// `attachment-not-yours` with the place of each; when the store is away.
pub(crate) fn may_name(core: &Core, party: &str, related: &[Value]) -> Result<(), Refusal> {
    let mut faults = Vec::new();
    for (at, id) in related
        .iter()
        .enumerate()
        .filter_map(|(at, r)| Some((at, r.get("id")?.as_str()?)))
    {
        let Some(digest) = digest_of(id) else {
            continue;
        };
        let mine = core
            .reader
            .attachment_may_name(party, &digest)
            .map_err(|e| store_refusal(&e))?;
        if !mine {
            faults.push(Fault::at(
                "attachment-not-yours",
                &format!("/relatedResource/{at}/id"),
                "the file is not here, or not yours to name; send it first with `POST /v1/attachments`, or in the form",
                "el archivo no está aquí o no le corresponde nombrarlo; envíelo antes con `POST /v1/attachments` o en el formulario",
            ));
        }
    }
    if faults.is_empty() {
        return Ok(());
    }
    Err(Refusal {
        kind: RefusalKind::Unprocessable,
        faults,
    })
}

/// A media type fit for a header; `application/octet-stream` for what is none.
pub fn media_type(text: &str) -> String {
    let plain = text.split(';').next().unwrap_or_default().trim();
    let token = |part: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "!#$&^_.+-".contains(c))
    };
    match plain.split_once('/') {
        Some((kind, sub)) if token(kind) && token(sub) && plain.len() <= MEDIA_TYPE_CHARS_MAX => {
            plain.to_ascii_lowercase()
        }
        _ => UNKNOWN_MEDIA_TYPE.to_owned(),
    }
}

fn local(core: &Core, digest: [u8; 32]) -> Result<Option<Stored>, Refusal> {
    let Some(known) = core
        .reader
        .node_attachment(&digest)
        .map_err(|e| store_refusal(&e))?
    else {
        return Ok(None);
    };
    let Some(file) = core
        .blobs
        .open_blob(&digest)
        .map_err(|e| store_refusal(&e))?
    else {
        return Ok(None);
    };
    Ok(Some(Stored {
        media_type: media_type(&known.media_type),
        size: file.metadata().map_or(known.size, |data| data.len()),
        file,
    }))
}

fn coming() -> Refusal {
    Refusal::one(
        RefusalKind::Unavailable,
        Fault::whole(
            "attachment-coming",
            "the file is on its way from the home of its record's issuer; ask again in a moment",
            "el archivo viene en camino desde el nodo de quien emitió el registro; vuelva a pedir en un momento",
        ),
    )
}

fn away(why: &str) -> Refusal {
    Refusal::one(
        RefusalKind::Unavailable,
        Fault::whole(
            "attachment-away",
            format!(
                "the file is at the home of its record's issuer, which did not give it; try again later ({why})"
            ),
            format!(
                "el archivo está en el nodo de quien emitió el registro, que no lo entregó; intente más tarde ({why})"
            ),
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_media_type_is_fit_for_a_header() {
        for (given, told) in [
            ("image/png", "image/png"),
            ("Image/PNG; charset=x", "image/png"),
            ("image/png\r\nset-cookie: a=b", UNKNOWN_MEDIA_TYPE),
            ("image", UNKNOWN_MEDIA_TYPE),
            ("", UNKNOWN_MEDIA_TYPE),
            ("a/", UNKNOWN_MEDIA_TYPE),
        ] {
            assert_eq!(media_type(given), told, "{given:?}");
        }
        assert_eq!(
            media_type(&format!("a/{}", "b".repeat(200))),
            UNKNOWN_MEDIA_TYPE
        );
    }

    #[test]
    fn a_record_names_files_by_digest() {
        let file = Attachment {
            digest: [7; 32],
            size: 3,
            media_type: "image/png".to_owned(),
        };
        let mut related = vec![named(&file)];
        related.push(json!({ "id": "https://example.org/x" }));
        related.push(json!({ "id": "ni:///sha-256;short" }));
        related.push(json!("text"));
        assert_eq!(digests(&related), [[7; 32]]);
    }
}
