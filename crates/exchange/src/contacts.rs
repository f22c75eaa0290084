//! Whom to call: what each party says of its own desk, signed by itself and passed on by its home.
//!
//! A contact is no record: it is about no case, moves nothing and has no audience but the network. It is no entry of the governance
//! chain either: a telephone number changes on a Sunday, without the authorities. So it is a signed statement that the party's home
//! keeps, one for each party, and peers ask for (docs/decisions/0018).

use std::collections::BTreeMap;
use std::sync::RwLock;

use garita_credential::data_integrity::{self, VerifyOptions};
use garita_store::{Commit, Reader, StoreError};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::core::{Core, Hosted};
use crate::encode;
use crate::envelope::{VC_CONTEXT_URL, issuer_of};
use crate::governance::Network;
use crate::problem::{Fault, Refusal, RefusalKind};
use crate::signing::{jcs_canonicalizer, sign_jcs_under};
use crate::submit::blocking;

/// Longest text of one member: a desk's name and its hours fit in a line.
pub const TEXT_CHARS_MAX: usize = 120;
/// Languages of one desk.
pub const LANGUAGES_MAX: usize = 5;
/// Contacts taken from one peer: its parties with a desk. A broker's thousands of traders have none.
pub const CONTACTS_MAX: usize = 500;
/// Names under which they lie in the store.
pub const META: &str = "contact:";
/// The type of the signed statement.
const TYPE: &str = "DeskContact";

/// A party's desk.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Name of the desk: *Import holds desk*.
    pub desk: String,
    /// Telephone, in international form: `+1 956 555 0142`.
    pub telephone: String,
    /// When somebody answers, in the desk's own words: *daily 06:00-24:00*.
    #[serde(default)]
    pub hours: String,
    /// Languages spoken, as BCP 47 tags: `es`, `en`.
    #[serde(default)]
    pub languages: Vec<String>,
}

/// A contact as a party signed it.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// What it says.
    pub contact: Contact,
    /// From when.
    pub from_ms: i64,
    /// The signed statement.
    pub document: Value,
}

/// What a node answers a peer who asks: nothing new, or all that it is home to.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Feed {
    /// Digest of what the node is home to; the asker names what it has.
    pub digest: String,
    /// The signed statements; empty where the asker has them.
    pub contacts: Vec<Value>,
}

/// The contacts that this node knows, by party.
#[derive(Debug, Default)]
pub struct Contacts {
    held: RwLock<BTreeMap<String, Held>>,
}

impl Contact {
    /// All faults of what was typed.
    ///
    /// # Errors
    /// Each with its pointer.
    pub fn check(&self) -> Result<(), Refusal> {
        let mut faults = Vec::new();
        let mut fault = |pointer: &str, en: &str, es: &str| {
            faults.push(Fault::at("contact-malformed", pointer, en, es));
        };
        let texts = [("/desk", &self.desk, 3), ("/hours", &self.hours, 0)];
        for (pointer, text, least) in texts {
            let length = text.trim().chars().count();
            if length < least || length > TEXT_CHARS_MAX || text.chars().any(char::is_control) {
                fault(
                    pointer,
                    &format!("one line of {least} to {TEXT_CHARS_MAX} characters"),
                    &format!("una línea de {least} a {TEXT_CHARS_MAX} caracteres"),
                );
            }
        }
        if !is_telephone(&self.telephone) {
            fault(
                "/telephone",
                "a telephone number in international form, such as +1 956 555 0142",
                "un teléfono en forma internacional, como +52 867 555 0142",
            );
        }
        let tag = |tag: &String| {
            (2..=8).contains(&tag.len())
                && tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        };
        if self.languages.len() > LANGUAGES_MAX || !self.languages.iter().all(tag) {
            fault(
                "/languages",
                "at most five language tags, such as es, en",
                "a lo más cinco etiquetas de idioma, como es, en",
            );
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(Refusal {
                kind: RefusalKind::Unprocessable,
                faults,
            })
        }
    }
}

/// Whether a text is `+`, a country code and 6 to 14 more digits (E.164), with spaces, hyphens and an extension as people write them.
fn is_telephone(text: &str) -> bool {
    let (number, extension) = text.split_once(" ext. ").unwrap_or((text, "0"));
    let Some(rest) = number.strip_prefix('+') else {
        return false;
    };
    let digits = rest.chars().filter(char::is_ascii_digit).count();
    rest.starts_with(|c: char| ('1'..='9').contains(&c))
        && (7..=15).contains(&digits)
        && rest.len() <= 30
        && rest
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-' | '(' | ')'))
        && (1..=6).contains(&extension.len())
        && extension.chars().all(|c| c.is_ascii_digit())
}

impl Contacts {
    /// What the store has.
    ///
    /// # Errors
    /// When it does not answer.
    pub(crate) fn load(reader: &Reader) -> Result<Contacts, StoreError> {
        let mut held = BTreeMap::new();
        for (name, bytes) in reader.meta_with_prefix(META)? {
            let document: Option<Value> = serde_json::from_slice(&bytes).ok();
            if let (Some(party), Some(found)) = (name.strip_prefix(META), document.and_then(read)) {
                held.insert(party.to_owned(), found);
            }
        }
        Ok(Contacts {
            held: RwLock::new(held),
        })
    }

    /// The contact of a party.
    pub fn of(&self, party: &str) -> Option<Contact> {
        let held = self.held.read().ok()?;
        held.get(party).map(|h| h.contact.clone())
    }

    /// All, by party.
    pub fn all(&self) -> BTreeMap<String, Held> {
        self.held.read().map(|h| h.clone()).unwrap_or_default()
    }

    /// What a node is home to, for a peer that has what this digest names.
    pub fn feed(&self, core: &Core, known: &str) -> Feed {
        let network = core.network();
        let of_home = self.of_home(&network, &core.identity.did);
        let digest = digest_of(&of_home);
        Feed {
            contacts: if digest == known {
                Vec::new()
            } else {
                of_home.into_iter().take(CONTACTS_MAX).collect()
            },
            digest,
        }
    }

    /// Digest of what is known of the parties of a peer: what is asked with.
    pub(crate) fn digest(&self, network: &Network, home: &str) -> String {
        digest_of(&self.of_home(network, home))
    }

    fn of_home(&self, network: &Network, home: &str) -> Vec<Value> {
        let Ok(held) = self.held.read() else {
            return Vec::new();
        };
        held.iter()
            .filter(|(party, _)| network.homes.get(*party).is_some_and(|h| h == home))
            .map(|(_, h)| h.document.clone())
            .collect()
    }

    fn put(&self, party: &str, found: Held) {
        if let Ok(mut held) = self.held.write() {
            held.insert(party.to_owned(), found);
        }
    }
}

fn digest_of(documents: &[Value]) -> String {
    let mut hasher = Sha256::new();
    for document in documents {
        hasher.update(document.to_string().as_bytes());
        hasher.update(b"\n");
    }
    encode::base64url(&hasher.finalize())
}

fn read(document: Value) -> Option<Held> {
    let subject = document.get("credentialSubject")?.clone();
    let contact: Contact = serde_json::from_value(subject).ok()?;
    contact.check().ok()?;
    let from_ms = encode::parse_instant_ms(document.get("validFrom")?.as_str()?)?;
    Some(Held {
        contact,
        from_ms,
        document,
    })
}

/// A hosted party says whom to call. Signed, kept, and told to peers when they ask next.
///
/// # Errors
/// What is wrong with it, or that the store is away.
pub async fn set(core: &Core, party: &str, contact: Contact) -> Result<(), Refusal> {
    contact.check()?;
    let Some(key) = core.hosted.get(party).map(Hosted::current) else {
        return Err(Refusal::one(
            RefusalKind::Forbidden,
            Fault::whole(
                "issuer-not-hosted",
                format!("`{party}` has its home on another node"),
                format!("`{party}` tiene su nodo en otra parte"),
            ),
        ));
    };
    let now_ms = core.clock.now_ms();
    let document = json!({
        "@context": [VC_CONTEXT_URL],
        "type": ["VerifiableCredential", TYPE],
        "issuer": party,
        "validFrom": encode::instant_text(now_ms),
        "credentialSubject": contact,
    });
    // Not on a thread of the server: a key in a token takes its time.
    let signed = blocking(move || {
        sign_jcs_under(&document, &key.key, &key.verification_method, now_ms).map_err(|problem| {
            Refusal::one(RefusalKind::Unavailable, crate::verify::fault(&problem))
        })
    })
    .await?;
    keep(core, party, signed).await
}

/// Takes what a peer says of its own parties. What is not signed by the party, not its to pass on, or older than what is held is passed
/// over: the rest still counts.
///
/// # Errors
/// When the store is away.
pub(crate) async fn take(core: &Core, peer: &str, documents: Vec<Value>) -> Result<(), Refusal> {
    let network = core.network();
    let now_ms = core.clock.now_ms();
    for document in documents.into_iter().take(CONTACTS_MAX) {
        let Some(party) = signed_by(&network, &document, now_ms) else {
            tracing::warn!(peer, "a contact is not signed by its party");
            continue;
        };
        if network.homes.get(&party).is_none_or(|home| home != peer) {
            tracing::warn!(
                peer,
                party,
                "a contact came from a node that is not its home"
            );
            continue;
        }
        let Some(found) = read(document.clone()) else {
            continue;
        };
        let newer = core
            .contacts
            .all()
            .get(&party)
            .is_none_or(|held| held.from_ms < found.from_ms);
        if newer {
            keep(core, &party, document).await?;
        }
    }
    Ok(())
}

/// The party that signed a statement with a key that is its own now.
fn signed_by(network: &Network, document: &Value, now_ms: i64) -> Option<String> {
    let party = issuer_of(document)?.to_owned();
    let options = VerifyOptions::assertion(network, Some(now_ms));
    let verified = data_integrity::verify(document, &options, jcs_canonicalizer()).ok()?;
    let own = verified.proofs().iter().any(|p| p.controller == party);
    own.then_some(party)
}

async fn keep(core: &Core, party: &str, document: Value) -> Result<(), Refusal> {
    let name = format!("{META}{party}");
    let bytes = document.to_string().into_bytes();
    core.sequencer
        .change(move |commit: &mut Commit| commit.meta.push((name, Some(bytes))))
        .await?;
    if let Some(found) = read(document) {
        core.contacts.put(party, found);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telephone_numbers_are_international() {
        for good in [
            "+1 956 555 0142",
            "+52 867 555 0100 ext. 12",
            "+18005550100",
        ] {
            assert!(is_telephone(good), "{good}");
        }
        for bad in [
            "956 555 0142",
            "+0 956 555 0142",
            "+1 956",
            "+1 956 555 0142<b>",
            "+1 956 555 0142 ext. call me",
            "",
        ] {
            assert!(!is_telephone(bad), "{bad}");
        }
    }

    #[test]
    fn all_faults_are_told_at_once() {
        let bad = Contact {
            desk: "x".into(),
            telephone: "now".into(),
            hours: "a\nb".into(),
            languages: vec!["español".into()],
        };
        let refusal = bad.check().unwrap_err();
        let pointers: Vec<&str> = refusal.faults.iter().map(|f| f.pointer.as_str()).collect();
        assert_eq!(pointers, ["/desk", "/hours", "/telephone", "/languages"]);
    }
}
