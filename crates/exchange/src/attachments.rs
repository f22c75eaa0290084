//! Files beside records: who may name one, and how the entitled get it from the home that has it.
//!
//! A record names a file by its digest in `relatedResource`; who gets the record whole may have the file. It stays at the home of the
//! record's issuer until somebody entitled asks: then his node asks that home, checks the digest, and keeps it.

use std::sync::Arc;

use garita_store::Attachment;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::client::{Client, ClientError};
use crate::core::Core;
use crate::encode;
use crate::problem::{Fault, Refusal, RefusalKind};
use crate::sequence::store_refusal;

/// A scan's image has some megabytes; what is larger stays with its maker.
pub const ATTACHMENT_BYTES_MAX: usize = 32 << 20;
/// `application/vnd.openxmlformats-officedocument.wordprocessingml.document` has 71.
const MEDIA_TYPE_CHARS_MAX: usize = 100;
/// What is told where a file says nothing of itself.
const UNKNOWN_MEDIA_TYPE: &str = "application/octet-stream";

/// A file with its bytes.
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
    let (party, written) = (party.to_owned(), kept.clone());
    core.sequencer
        .change(move |commit| {
            for file in written {
                commit.attachment_owners.push((file.digest, party.clone()));
                commit.attachments.push(file);
            }
        })
        .await?;
    Ok(kept)
}

/// A file that some record names which the party may read: from here, else from the home of a record that names it. None where no such
/// record is known.
///
/// # Errors
/// `attachment-away` (503) where the home is not reached or has not got it; when the store is away.
pub async fn get(core: &Arc<Core>, party: &str, digest: [u8; 32]) -> Result<Option<Held>, Refusal> {
    let (here, homes) = {
        let (core, party) = (Arc::clone(core), party.to_owned());
        crate::submit::blocking(move || {
            let homes = core
                .reader
                .attachment_homes(&party, &digest)
                .map_err(|e| store_refusal(&e))?;
            let mut here = if homes.is_empty() {
                None
            } else {
                local(&core, digest)?
            };
            if let Some(file) = &mut here {
                file.media_type = told_media_type(&core, &party, &digest)?;
            }
            Ok((here, homes))
        })
        .await?
    };
    if here.is_some() || homes.is_empty() {
        return Ok(here);
    }
    let client = Client::new(&core.identity.did, Arc::clone(&core.identity.key))
        .map_err(|e| away(&e.to_string()))?;
    let network = core.network();
    let mut why = String::new();
    for node in homes
        .iter()
        .filter(|home| **home != core.identity.did)
        .filter_map(|home| network.nodes.get(home))
    {
        match fetched(&client, &node.url, digest).await {
            Ok(file) => {
                keep_fetched(core, &file, digest).await?;
                return Ok(Some(file));
            }
            Err(error) => why = format!("{}: {error}", node.name),
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

/// What a peer may have: a file that a record names which was delivered to it whole.
///
/// # Errors
/// When the store is away.
pub fn for_peer(core: &Core, peer: &str, digest: [u8; 32]) -> Result<Option<Held>, Refusal> {
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

fn local(core: &Core, digest: [u8; 32]) -> Result<Option<Held>, Refusal> {
    let Some(known) = core
        .reader
        .node_attachment(&digest)
        .map_err(|e| store_refusal(&e))?
    else {
        return Ok(None);
    };
    let Some(mut file) = core
        .blobs
        .open_blob(&digest)
        .map_err(|e| store_refusal(&e))?
    else {
        return Ok(None);
    };
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut file, &mut bytes).map_err(|e| {
        Refusal::one(
            RefusalKind::Unavailable,
            Fault::whole("store-unavailable", e.to_string(), e.to_string()),
        )
    })?;
    Ok(Some(Held {
        media_type: media_type(&known.media_type),
        bytes,
    }))
}

async fn fetched(client: &Client, url: &str, digest: [u8; 32]) -> Result<Held, ClientError> {
    let path = format!("/v1/peer/attachments/{}", encode::base64url(&digest));
    let (media, bytes) = client.get_file(url, &path, ATTACHMENT_BYTES_MAX).await?;
    if <[u8; 32]>::from(Sha256::digest(&bytes)) != digest {
        return Err(ClientError::Answer(
            "the bytes have another digest".to_owned(),
        ));
    }
    Ok(Held {
        media_type: media_type(&media),
        bytes,
    })
}

async fn keep_fetched(core: &Arc<Core>, file: &Held, digest: [u8; 32]) -> Result<(), Refusal> {
    let (blobs, bytes) = (core.blobs.clone(), file.bytes.clone());
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    crate::submit::blocking(move || blobs.put(&bytes).map(|_| ()).map_err(|e| store_refusal(&e)))
        .await?;
    let kept = Attachment {
        digest,
        size,
        media_type: file.media_type.clone(),
    };
    core.sequencer
        .change(move |commit| commit.attachments.push(kept))
        .await
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
