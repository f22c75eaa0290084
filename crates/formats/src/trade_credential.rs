//! Trade credentials of the traceability vocabulary, in: a CBP 3461 entry and a USMCA certification of origin.
//!
//! What is read is what the credential says. Its proof is looked at elsewhere: this crate knows no signature, and says so
//! in a note. A member of another type of credential is not guessed at: other types are refused by name.

mod elements;
mod entry;
mod node;
#[cfg(test)]
mod tests;
mod usmca;

pub use elements::elements;

use crate::ReadError;
use crate::draft::{Builder, Draft, Places, Severity};
use crate::json::{self, Value};
use crate::kinds::{DocumentKind, Head};
use node::Member;

const ENTRY: &str = "CBP3461EntryCredential";
const ORIGIN: &str = "USMCACertificationOfOrigin";

/// Whether a file that begins so is one of the credentials read here.
pub(crate) fn recognises(head: &Head<'_>) -> bool {
    head.bytes().first() == Some(&b'{')
        && [ENTRY, ORIGIN]
            .iter()
            .any(|name| head.has(&format!("\"{name}\"")))
}

/// Reads a credential into a draft: an `EntryFiled` or a `UsmcaCertification`.
///
/// # Errors
/// When the bytes are no bounded JSON or no credential of the two types.
pub fn read(bytes: &[u8]) -> Result<Draft, ReadError> {
    let root = json::parse(bytes)?;
    let root = Member::root(&root);
    let types = root.child("type");
    let is = |name: &str| {
        types.as_ref().is_some_and(|types| match &types.node.value {
            Value::Text(text) => text == name,
            Value::List(items) => items.iter().any(|item| item.scalar() == Some(name)),
            _ => false,
        })
    };
    let (entry, origin) = (is(ENTRY), is(ORIGIN));
    if !entry && !origin {
        return Err(ReadError::new(
            "credential-type",
            format!("neither {ENTRY} nor {ORIGIN} is a type of this document"),
            format!("ni {ENTRY} ni {ORIGIN} es un tipo de este documento"),
        )
        .at(types.map_or_else(|| root.place(), |types| types.place())));
    }
    let Some(subject) = root
        .child("credentialSubject")
        .filter(|subject| subject.is_object())
    else {
        return Err(ReadError::new(
            "credential-subject",
            "credentialSubject should be one object",
            "credentialSubject debería ser un objeto",
        )
        .at(root
            .child("credentialSubject")
            .map_or_else(|| root.place(), |subject| subject.place())));
    };
    let mut out = Builder::new(DocumentKind::TradeCredential, Places::default());
    let at = root.keep(&mut out);
    if !is("VerifiableCredential") {
        out.fault(
            Severity::Error,
            "credential-type",
            &at,
            "`VerifiableCredential` is not among the types".to_owned(),
            "`VerifiableCredential` no está entre los tipos".to_owned(),
        );
    }
    let (en, es) = match root.child("proof") {
        Some(_) => (
            "the proof is not looked at here: what is read is what the credential says",
            "aquí no se revisa la prueba: se lee lo que dice la credencial",
        ),
        None => (
            "this credential has no proof: anybody may have written it",
            "esta credencial no tiene prueba: cualquiera pudo escribirla",
        ),
    };
    let code = if root.child("proof").is_some() {
        "proof-not-checked"
    } else {
        "proof-missing"
    };
    out.fault(Severity::Note, code, &at, en.to_owned(), es.to_owned());
    match entry {
        true => entry::read(&subject, &mut out),
        false => usmca::read(&root, &subject, &mut out),
    }
    Ok(out.finish())
}
