//! The holder's side: choosing what to show, RFC 9901 §7.2.

use super::SdJwt;
use super::process::{Place, process_with_places};
use crate::did::shorten;
use crate::jose::Jws;
use crate::problem::{Code, Problem};

/// The places that a holder can show or conceal, as JSON pointers, in the order of the disclosures.
///
/// # Errors
/// When the token cannot be read, or a disclosure is not as it must be. Judges no signature.
pub fn disclosable(token: &str) -> Result<Vec<String>, Problem> {
    let (_, places) = read(token)?;
    Ok(places.into_iter().map(|place| place.pointer).collect())
}

/// Shows of what was issued only these places, and what they lie in; all else that can be concealed is.
///
/// # Errors
/// As [`disclosable`]; when a place is not one that can be shown or concealed, or the token has been bound to a showing already.
pub fn present(token: &str, shown: &[impl AsRef<str>]) -> Result<String, Problem> {
    let (parts, places) = read(token)?;
    let mut keep = vec![false; places.len()];
    for pointer in shown {
        let pointer = pointer.as_ref();
        let mut next = places.iter().position(|place| place.pointer == pointer);
        if next.is_none() {
            let message = format!("`{}` is nothing that can be concealed", shorten(pointer));
            return Err(Problem::new(Code::DisclosurePlaceUnknown, pointer, message));
        }
        // Each disclosure lies in one that was met before it, so this ends.
        while let Some(n) = next {
            if let Some(kept) = keep.get_mut(n) {
                *kept = true;
            }
            next = places.get(n).and_then(|place| place.inside);
        }
    }
    let mut presented = parts.issued.to_owned();
    for (disclosure, _) in parts.disclosures.iter().zip(keep).filter(|(_, keep)| *keep) {
        presented.push('~');
        presented.push_str(disclosure);
    }
    presented.push('~');
    Ok(presented)
}

fn read(token: &str) -> Result<(SdJwt<'_>, Vec<Place>), Problem> {
    let parts = SdJwt::parse(token)?;
    if parts.key_binding.is_some() {
        let message = "what is issued carries no signature of its holder";
        return Err(Problem::new(Code::KeyBindingUnexpected, "", message));
    }
    let payload = Jws::parse(parts.issued)?.claims()?;
    let (_, places) = process_with_places(payload, &parts.disclosures)?;
    Ok((parts, places))
}
