//! Tokens of version 1.1 (VC Data Model 1.1 §6.3.1): the document is the claim `vc` or `vp`, and other claims stand for members of it.
//!
//! Only read, and only where a `data:` URL says no more than `application/jwt`: a token whose `typ` says what it is has its document as
//! its payload.

use serde_json::{Map, Value, json};

use super::{Content, Opened, Time, is_media_type, rules};
use crate::jose::Jws;
use crate::problem::{Code, Problem};
use crate::resolver::Resolver;
use crate::time::{Precision, format_date_time_stamp};
use crate::{presentation, vc};

/// Without `application/`.
pub(super) const MEDIA_TYPE: &str = "jwt";

pub(super) fn open(
    content: Content,
    token: &str,
    resolver: &dyn Resolver,
    at: Time,
) -> Result<Opened, Vec<Problem>> {
    let one = |problem| vec![problem];
    let jws = Jws::parse(token).map_err(one)?;
    if jws
        .text("typ")
        .is_some_and(|typ| !is_media_type(typ, MEDIA_TYPE))
    {
        let message = "`typ` in the header must be `JWT`, or not be there";
        return Err(one(Problem::new(Code::MediaTypeMismatch, "", message)));
    }
    let Split { document, claims } = split(content, jws.claims().map_err(one)?).map_err(one)?;
    let mut both = document.clone();
    both.extend(claims.clone());
    let speaker = rules::Speaker::of(content, jws.text("kid"), &both);
    let key = speaker.resolve(resolver, at.of_key(&claims)).map_err(one)?;
    jws.verify(&key.key).map_err(one)?;

    let document = Value::Object(document);
    let mut problems = rules::conflicts(content, &both);
    problems.extend(rules::times(&claims, at.at_ms));
    problems.extend(match content {
        Content::Credential => vc::check_any(&document, None),
        Content::Presentation => presentation::check_form(&document),
    });
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(Opened {
        content,
        document,
        claims,
        verification_method: speaker.method().map_err(one)?,
        controller: key.controller,
    })
}

/// The document, with the members that claims stand for, and the claims.
struct Split {
    document: Map<String, Value>,
    claims: Map<String, Value>,
}

fn split(content: Content, mut payload: Map<String, Value>) -> Result<Split, Problem> {
    let (name, other) = match content {
        Content::Credential => ("vc", "vp"),
        Content::Presentation => ("vp", "vc"),
    };
    let Some(Value::Object(mut document)) = payload.shift_remove(name) else {
        let message = format!("the claim `{name}` must be there, as an object");
        return Err(Problem::new(
            Code::ClaimMalformed,
            format!("/{name}"),
            message,
        ));
    };
    // Beside it, who reads tokens of version 2.0 would see another document.
    if let Some(second) = [other, "@context", "type"]
        .into_iter()
        .find(|second| payload.contains_key(*second))
    {
        let mut place = String::new();
        garita_canon::json::push_pointer(&mut place, second);
        let message = format!("the claim `{second}` may not stand beside `{name}`");
        return Err(Problem::new(Code::ClaimForbidden, place, message));
    }
    if let Some(claim) = document.keys().find(|member| rules::is_claim(member)) {
        let message = format!("`{claim}` is a claim of the token, not of the document");
        return Err(Problem::new(
            Code::ClaimForbidden,
            format!("/{name}/{claim}"),
            message,
        ));
    }
    stand_in(content, &mut document, &payload);
    Ok(Split {
        document,
        claims: payload,
    })
}

/// Puts claims where the members that they stand for are left out.
fn stand_in(content: Content, document: &mut Map<String, Value>, claims: &Map<String, Value>) {
    let (speaker, dates): (_, &[(&str, &str)]) = match content {
        Content::Presentation => ("holder", &[]),
        Content::Credential if is_v1(document) => (
            "issuer",
            &[("nbf", "issuanceDate"), ("exp", "expirationDate")],
        ),
        Content::Credential => ("issuer", &[]),
    };
    for (claim, member) in [("iss", speaker), ("jti", "id")] {
        if let Some(value) = claims.get(claim)
            && !document.contains_key(member)
        {
            document.insert(member.to_owned(), value.clone());
        }
    }
    if let (Some(id), Some(Value::Object(subject))) =
        (claims.get("sub"), document.get_mut("credentialSubject"))
        && content == Content::Credential
        && !subject.contains_key("id")
    {
        subject.insert("id".to_owned(), id.clone());
    }
    for (claim, member) in dates {
        if let Some(at_ms) = claims.get(*claim).and_then(rules::numeric_date)
            && !document.contains_key(*member)
        {
            let date = format_date_time_stamp(at_ms, Precision::Seconds);
            document.insert((*member).to_owned(), json!(date));
        }
    }
}

fn is_v1(document: &Map<String, Value>) -> bool {
    let first = document
        .get("@context")
        .and_then(|contexts| contexts.get(0));
    first.and_then(Value::as_str) == Some(vc::CONTEXT_V1)
}
