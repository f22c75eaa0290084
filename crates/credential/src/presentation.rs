//! Verifiable presentations (VC Data Model 2.0, §4.13): a holder shows credentials and proves that they speak of it.

use serde_json::{Value, json};

use garita_canon::Canonicalizer;

use crate::data_integrity::{self, KeysAt, ProofOptions, Purpose, VerifyOptions};
use crate::keys::SigningKey;
use crate::problem::{Code, Problem};
use crate::resolver::Resolver;
use crate::vc::{self, CONTEXT_V2};
use crate::{Suite, Verified, did, time};

/// The type of every presentation.
pub const TYPE: &str = "VerifiablePresentation";
/// Credentials that one presentation shows at most: a driver's, a carrier's, those of the makers on the truck.
pub const CREDENTIALS_MAX: usize = 20;

/// Whether a document is a presentation.
#[must_use]
pub fn is_one(document: &Value) -> bool {
    match document.get("type") {
        Some(Value::String(one)) => one == TYPE,
        Some(Value::Array(types)) => types.iter().any(|t| t == TYPE),
        _ => false,
    }
}

/// Shows credentials as `holder`, in answer to a verifier's challenge, for its domain alone.
///
/// # Errors
/// When a credential speaks of somebody else (`holder-mismatch`), no suite takes the key, or the presentation has no canonical form.
pub fn create(
    holder: &str,
    credentials: &[Value],
    key: &SigningKey,
    options: &ProofOptions,
    canonicalizer: &Canonicalizer,
) -> Result<Value, Problem> {
    let presentation = json!({
        "@context": [CONTEXT_V2],
        "type": [TYPE],
        "holder": holder,
        "verifiableCredential": credentials,
    });
    if let Some(problem) = check(&presentation).into_iter().next() {
        return Err(problem);
    }
    let kind = key.key_type();
    let suite = Suite::usual(kind).ok_or_else(|| {
        let message = format!("no cryptosuite signs with a {} key", kind.name());
        Problem::new(Code::SuiteKeyMismatch, "/proof", message)
    })?;
    data_integrity::create(&presentation, suite, key, options, canonicalizer)
}

/// The credentials of a presentation.
#[must_use]
pub fn credentials_of(presentation: &Value) -> &[Value] {
    match presentation.get("verifiableCredential") {
        Some(Value::Array(items)) => items,
        Some(one @ Value::Object(_)) => std::slice::from_ref(one),
        _ => &[],
    }
}

/// The form of a presentation that a verifier of ours asks for: as the data model says, with a holder of whom each credential speaks, and
/// something shown.
#[must_use]
pub fn check(presentation: &Value) -> Vec<Problem> {
    let mut problems = check_form(presentation);
    if !presentation.is_object() {
        return problems;
    }
    if holder_of(presentation).is_none() && presentation.get("holder").is_none() {
        problems.push(malformed("/holder", "`holder` must be an absolute URL"));
    }
    if credentials_of(presentation).is_empty() {
        let message = "a presentation shows between one and twenty credentials";
        problems.push(malformed("/verifiableCredential", message));
    }
    problems.extend(check_holder(presentation));
    problems
}

/// The form of a presentation by the data model (§4.13): contexts, type, id; a holder and credentials where there are any.
#[must_use]
pub fn check_form(presentation: &Value) -> Vec<Problem> {
    let Some(members) = presentation.as_object() else {
        return vec![malformed("", "a presentation is a JSON object")];
    };
    let mut problems: Vec<Problem> = vc::check_presentation(members)
        .into_iter()
        .map(|problem| Problem {
            code: Code::PresentationMalformed,
            ..problem
        })
        .collect();
    if members.contains_key("holder") && holder_of(presentation).is_none() {
        problems.push(malformed("/holder", "`holder` must be an absolute URL"));
    }
    let shown = members.get("verifiableCredential");
    let credentials = credentials_of(presentation);
    if credentials.len() > CREDENTIALS_MAX {
        let message = "a presentation shows between one and twenty credentials";
        problems.push(malformed("/verifiableCredential", message));
    }
    let all_objects = credentials.iter().all(Value::is_object);
    let is_list = shown.is_none_or(|shown| shown.is_array() || shown.is_object());
    if !all_objects || !is_list {
        let message = "what is shown must be credentials";
        problems.push(malformed("/verifiableCredential", message));
    }
    problems
}

/// That each credential speaks of who shows it.
#[must_use]
pub fn check_holder(presentation: &Value) -> Vec<Problem> {
    let Some(holder) = holder_of(presentation) else {
        return Vec::new();
    };
    let credentials = credentials_of(presentation).iter();
    credentials
        .enumerate()
        .take(CREDENTIALS_MAX)
        .filter_map(|(n, credential)| {
            speaks_of(credential, holder, &format!("/verifiableCredential/{n}")).err()
        })
        .collect()
}

/// That a credential, which stands at a place in a presentation, speaks of its holder.
///
/// # Errors
/// With `holder-mismatch`.
pub(crate) fn speaks_of(credential: &Value, holder: &str, place: &str) -> Result<(), Problem> {
    let subject = credential
        .pointer("/credentialSubject/id")
        .and_then(Value::as_str);
    if subject == Some(holder) {
        return Ok(());
    }
    let message = format!(
        "it speaks of `{}`, and `{}` shows it",
        did::shorten(subject.unwrap_or("nobody")),
        did::shorten(holder)
    );
    let pointer = format!("{place}/credentialSubject/id");
    Err(Problem::new(Code::HolderMismatch, pointer, message))
}

/// Checks that the holder, where one is named, controls a key that signed.
///
/// # Errors
/// With `controller-mismatch`.
pub fn check_controller(presentation: &Value, verified: &Verified) -> Result<(), Problem> {
    match holder_of(presentation) {
        Some(holder) if !verified.is_controlled_by(holder) => Err(Problem::new(
            Code::ControllerMismatch,
            "/holder",
            format!("not signed by the holder `{}`", did::shorten(holder)),
        )),
        _ => Ok(()),
    }
}

fn malformed(pointer: &str, message: &str) -> Problem {
    Problem::new(Code::PresentationMalformed, pointer, message)
}

/// Who shows it.
#[must_use]
pub fn holder_of(presentation: &Value) -> Option<&str> {
    let holder = match presentation.get("holder")? {
        Value::String(id) => id,
        holder => holder.get("id")?.as_str()?,
    };
    vc::is_url(holder).then_some(holder)
}

/// What a verifier asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked<'a> {
    /// What the proof must answer.
    pub challenge: Option<&'a str>,
    /// For whom it must be.
    pub domain: Option<&'a str>,
    /// How old it may be, ms: for a verifier that set no challenge.
    pub age_ms_max: Option<i64>,
}

/// Checks the holder's own proof, and the form; the credentials inside are judged as any others.
///
/// # Errors
/// All that is wrong.
pub fn verify(
    presentation: &Value,
    asked: Asked<'_>,
    resolver: &dyn Resolver,
    now_ms: i64,
    canonicalizer: &Canonicalizer,
) -> Result<(), Vec<Problem>> {
    let mut problems = check(presentation);
    let options = VerifyOptions {
        resolver,
        at_ms: Some(now_ms),
        keys_at: KeysAt::Given,
        purpose: Purpose::Authentication,
        domain: asked.domain,
        challenge: asked.challenge,
    };
    match data_integrity::verify(presentation, &options, canonicalizer) {
        Ok(verified) => problems.extend(check_controller(presentation, &verified).err()),
        Err(found) => problems.extend(found),
    }
    if let Some(age_max) = asked.age_ms_max {
        let created = presentation
            .pointer("/proof/created")
            .and_then(Value::as_str)
            .and_then(time::parse_date_time_stamp);
        // As far ahead as behind: two clocks that nobody set.
        if created.is_none_or(|at| now_ms.saturating_sub(at).abs() > age_max) {
            problems.push(Problem::new(
                Code::PresentationStale,
                "/proof/created",
                format!(
                    "made more than {} s ago, or ahead of the clock",
                    age_max / 1_000
                ),
            ));
        }
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resolver::DidKeyResolver;
    use crate::{KeyFile, ProofOptions};
    use garita_canon::ContextSet;

    const NOW: i64 = 1_795_532_400_000;

    fn credential(holder: &str) -> Value {
        json!({
            "@context": [CONTEXT_V2, { "number": "https://example.org/number" }],
            "type": ["VerifiableCredential"],
            "issuer": "did:example:office",
            "credentialSubject": { "id": holder, "number": "C-26" },
        })
    }

    fn shown(challenge: &str) -> (KeyFile, Value) {
        let file = KeyFile::did_key(SigningKey::from_seed([9; 32]));
        let options = ProofOptions {
            purpose: Purpose::Authentication,
            challenge: Some(challenge.to_owned()),
            domain: Some("booth.example".to_owned()),
            ..ProofOptions::assertion(&file.id, NOW)
        };
        let canonicalizer = Canonicalizer::new(ContextSet::bundled());
        let made = create(
            &file.controller,
            &[credential(&file.controller)],
            &file.key,
            &options,
            &canonicalizer,
        );
        (file, made.unwrap())
    }

    fn codes(presentation: &Value, asked: Asked<'_>, now_ms: i64) -> Vec<&'static str> {
        let canonicalizer = Canonicalizer::new(ContextSet::bundled());
        let judged = verify(presentation, asked, &DidKeyResolver, now_ms, &canonicalizer);
        judged
            .err()
            .unwrap_or_default()
            .iter()
            .map(Problem::code)
            .collect()
    }

    #[test]
    fn holds_for_its_challenge_its_domain_and_its_moment() {
        let (_, presentation) = shown("c1");
        let asked = Asked {
            challenge: Some("c1"),
            domain: Some("booth.example"),
            age_ms_max: Some(60_000),
        };
        assert_eq!(codes(&presentation, asked, NOW + 1_000), Vec::<&str>::new());
        assert_eq!(
            codes(
                &presentation,
                Asked {
                    challenge: Some("c2"),
                    ..asked
                },
                NOW
            ),
            ["challenge-mismatch"]
        );
        assert_eq!(
            codes(
                &presentation,
                Asked {
                    domain: Some("other.example"),
                    ..asked
                },
                NOW
            ),
            ["domain-mismatch"]
        );
        assert_eq!(
            codes(&presentation, asked, NOW + 61_000),
            ["presentation-stale"]
        );
    }

    #[test]
    fn refuses_what_speaks_of_another_or_was_changed() {
        let (file, presentation) = shown("c1");
        let mut changed = presentation.clone();
        changed["verifiableCredential"][0]["credentialSubject"]["number"] = "C-27".into();
        assert_eq!(codes(&changed, Asked::default(), NOW), ["proof-invalid"]);
        let mut stolen = presentation.clone();
        stolen["holder"] = "did:example:thief".into();
        let found = codes(&stolen, Asked::default(), NOW);
        assert!(
            found.contains(&"holder-mismatch") && found.contains(&"proof-invalid"),
            "{found:?}"
        );
        let mut empty = presentation;
        empty["verifiableCredential"] = json!([]);
        assert!(codes(&empty, Asked::default(), NOW).contains(&"presentation-malformed"));
        // Nobody can show another's credential to begin with.
        let options = ProofOptions {
            purpose: Purpose::Authentication,
            ..ProofOptions::assertion(&file.id, NOW)
        };
        let canonicalizer = Canonicalizer::new(ContextSet::bundled());
        let error = create(
            &file.controller,
            &[credential("did:example:other")],
            &file.key,
            &options,
            &canonicalizer,
        );
        assert_eq!(error.unwrap_err().code(), "holder-mismatch");
    }
}
