//! CWT claims (RFC 8392 §3.1) to and from the names that JSON gives them.

use coset::cbor::Value as Cbor;
use serde_json::{Map, Value};

use crate::envelope::Claims;
use crate::problem::{Code, Problem};

/// Labels and names of the claims that we understand; `nonce` is RFC 9711 §4.1. Others are let be.
const LABELS: [(i64, &str); 7] = [
    (1, "iss"),
    (2, "sub"),
    (3, "aud"),
    (4, "exp"),
    (5, "nbf"),
    (6, "iat"),
    (10, "nonce"),
];

/// Claims to be signed, by their names.
pub(super) fn of(claims: &Claims) -> Map<String, Value> {
    let seconds = |at_ms: i64| Value::from(at_ms.div_euclid(1000));
    [
        ("aud", claims.audience.clone().map(Value::from)),
        ("exp", claims.expires_ms.map(seconds)),
        ("iat", claims.issued_ms.map(seconds)),
        ("nonce", claims.nonce.clone().map(Value::from)),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name.to_owned(), value?)))
    .collect()
}

/// The map of a header; none where there is nothing to say.
pub(super) fn write(claims: &Map<String, Value>) -> Option<Cbor> {
    let entries: Vec<(Cbor, Cbor)> = LABELS
        .into_iter()
        .filter_map(|(label, name)| {
            let value = match claims.get(name)? {
                Value::String(text) if name == "nonce" => Cbor::Bytes(text.clone().into_bytes()),
                Value::String(text) => Cbor::Text(text.clone()),
                value => Cbor::Integer(value.as_i64()?.into()),
            };
            Some((Cbor::Integer(label.into()), value))
        })
        .collect();
    (!entries.is_empty()).then_some(Cbor::Map(entries))
}

/// Reads the map of a header.
pub(super) fn read(header: &Cbor) -> Result<Map<String, Value>, Problem> {
    let malformed = |message: &str| Problem::new(Code::ClaimMalformed, "", message);
    let entries = header
        .as_map()
        .ok_or_else(|| malformed("the CWT claims are not a map"))?;
    let mut claims = Map::new();
    let mut seen: Vec<&Cbor> = Vec::with_capacity(entries.len());
    for (label, value) in entries {
        // The reader of CBOR lets a repeated key pass: RFC 8949 §5.6 leaves it to who knows what the map means.
        if seen.contains(&label) {
            return Err(malformed("a CWT claim is there twice"));
        }
        if seen.len() >= CLAIMS_MAX {
            return Err(malformed("there are too many CWT claims"));
        }
        seen.push(label);
        let name = LABELS
            .into_iter()
            .find(|(known, _)| *label == Cbor::Integer((*known).into()))
            .map(|(_, name)| name);
        let Some(name) = name else { continue };
        let value = match (name, value) {
            ("iss" | "sub" | "aud", Cbor::Text(text)) => text.clone().into(),
            ("nonce", Cbor::Bytes(bytes)) => String::from_utf8(bytes.clone())
                .map_err(|_| malformed("the nonce is not a text"))?
                .into(),
            ("exp" | "nbf" | "iat", Cbor::Integer(seconds)) => i64::try_from(*seconds)
                .map_err(|_| malformed("a time is beyond all years"))?
                .into(),
            ("exp" | "nbf" | "iat", Cbor::Float(seconds)) => Value::from(*seconds),
            _ => return Err(malformed("a CWT claim does not have its form")),
        };
        claims.insert(name.to_owned(), value);
    }
    Ok(claims)
}

/// The most claims of a header; each is compared with each.
const CLAIMS_MAX: usize = 64;
