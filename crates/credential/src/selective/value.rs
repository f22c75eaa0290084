//! What proof values of both suites are made of (§3.5.2 and §3.5.5 of ECDSA, §3.3.1 and §3.3.6 of BBS Cryptosuites).

use std::sync::Arc;

use serde_json::{Map, Value};

use super::PROOF_VALUE_BYTES_MAX;
use super::statements::Names;
use crate::cbor::{NotThat, Reader, Writer};
use crate::keys::base64url_multibase;
use crate::problem::{Code, Problem};

/// The five items after a prefix.
pub(super) fn begin<'a>(bytes: &'a [u8], prefix: &[u8]) -> Result<Reader<'a>, NotThat> {
    let mut items = Reader::new(bytes.strip_prefix(prefix).ok_or(NotThat)?);
    if items.array()? == 5 {
        Ok(items)
    } else {
        Err(NotThat)
    }
}

/// What the base proof of a document holds.
///
/// # Errors
/// With `proof-not-base`, where its value is none of this suite.
pub(super) fn base_of<B>(
    proof: &Map<String, Value>,
    read: impl FnOnce(&[u8]) -> Result<B, NotThat>,
) -> Result<B, Problem> {
    proof
        .get("proofValue")
        .and_then(Value::as_str)
        .and_then(|text| base64url_multibase(text, PROOF_VALUE_BYTES_MAX))
        .and_then(|bytes| read(&bytes).ok())
        .ok_or_else(|| {
            let message = "there is no base proof to derive from";
            Problem::new(Code::ProofNotBase, "/proof/proofValue", message)
        })
}

/// Names by the number of the canonical one, smallest first; none where a name is not one that was made here.
pub(super) fn write_names(
    out: &mut Writer,
    names: &Names,
    mut write: impl FnMut(&str, &mut Writer) -> Option<()>,
) -> Option<()> {
    let mut pairs = Vec::with_capacity(names.len());
    for (canonical, signed) in names {
        let number: usize = canonical.strip_prefix("c14n")?.parse().ok()?;
        pairs.push((number, signed));
    }
    pairs.sort_unstable();
    out.map(pairs.len());
    for (number, signed) in pairs {
        out.unsigned(number);
        write(signed, out)?;
    }
    Some(())
}

pub(super) fn read_names<'a>(
    items: &mut Reader<'a>,
    mut read: impl FnMut(&mut Reader<'a>) -> Result<String, NotThat>,
) -> Result<Names, NotThat> {
    let mut names = Names::new();
    for _ in 0..items.map()? {
        let canonical: Arc<str> = format!("c14n{}", items.unsigned()?).into();
        let signed = read(items)?;
        if names.insert(canonical, signed.into()).is_some() {
            return Err(NotThat);
        }
    }
    Ok(names)
}

pub(super) fn write_pointers(out: &mut Writer, pointers: &[String]) {
    out.array(pointers.len());
    for pointer in pointers {
        out.text(pointer);
    }
}

pub(super) fn read_pointers(items: &mut Reader<'_>) -> Result<Vec<String>, NotThat> {
    (0..items.array()?)
        .map(|_| items.text().map(str::to_owned))
        .collect()
}

pub(super) fn write_indexes(out: &mut Writer, indexes: &[usize]) {
    out.array(indexes.len());
    for index in indexes {
        out.unsigned(*index);
    }
}

/// Indexes in rising order: any other order would be another text of the same proof.
pub(super) fn read_indexes(items: &mut Reader<'_>) -> Result<Vec<usize>, NotThat> {
    let indexes = (0..items.array()?)
        .map(|_| items.index())
        .collect::<Result<Vec<_>, _>>()?;
    if indexes.is_sorted_by(|a, b| a < b) {
        Ok(indexes)
    } else {
        Err(NotThat)
    }
}
