//! Verifying a log: every entry, in its order. §3.6.2.

use garita_canon::{Canonicalizer, json};
use serde_json::Value;

use super::entry::{Entry, multihash};
use super::history::{History, Version};
use super::parameters::{Changes, METHOD, Parameters};
use super::{AHEAD_MS_MAX, LOG_BYTES_MAX, LOG_ENTRIES_MAX, WebvhDid, witness};
use crate::data_integrity::{self, Suite, VerifyOptions};
use crate::did::{DidDocument, shorten};
use crate::problem::{Code, Problem};
use crate::resolver::DidKeyResolver;

/// What was fetched of a DID.
#[derive(Clone, Copy, Debug)]
pub struct Documents<'a> {
    /// `did.jsonl`.
    pub log: &'a [u8],
    /// `did-witness.json`, where there is one.
    pub witness: Option<&'a [u8]>,
}

/// A log that does not hold to its end.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct Broken {
    /// What is wrong; the pointer begins with the entry's place, such as `/3`.
    pub problem: Problem,
    /// The entries before, which do hold: versions that a caller asks for by number or time are still good. §3.6.2 step 11.
    pub before: Option<Box<History>>,
}

impl From<Problem> for Broken {
    fn from(problem: Problem) -> Self {
        Self {
            problem,
            before: None,
        }
    }
}

/// Verifies the log of a DID at a time.
///
/// That it is the whole log nobody can tell from it: an owner who takes the last entries away shows an older history. Who has seen a
/// longer one compares ([`History::continues`]); where the DID has witnesses, they answer for it.
///
/// # Errors
/// With the first fault, and what holds before it.
pub fn verify(
    did: &WebvhDid,
    documents: Documents<'_>,
    now_ms: i64,
    canonicalizer: &Canonicalizer,
) -> Result<History, Broken> {
    if documents.log.len() > LOG_BYTES_MAX {
        let message = format!("the log is larger than {LOG_BYTES_MAX} bytes");
        return Err(Problem::new(Code::DidLogTooLarge, "", message).into());
    }
    let log = documents.log.strip_suffix(b"\n").unwrap_or(documents.log);
    let mut versions: Vec<Version> = Vec::new();
    let mut fault = None;
    for (n, line) in log.split(|byte| *byte == b'\n').enumerate() {
        let place = format!("/{n}");
        let accepted = if n >= LOG_ENTRIES_MAX {
            let message = format!("more than {LOG_ENTRIES_MAX} entries");
            Err(Problem::new(Code::DidLogTooLarge, place, message))
        } else {
            parse(line, &place).and_then(|entry| {
                let scid = did.scid();
                accept(versions.last(), scid, entry, &place, now_ms, canonicalizer)
            })
        };
        match accepted {
            Ok(version) => versions.push(version),
            Err(problem) => {
                fault = Some(problem);
                break;
            }
        }
    }
    // §3.7.8: only what holds without witnesses is looked for with them. An entry that falls takes its proofs with it, by which
    // earlier ones may have been approved; a log that falls so again and again is not worth the work.
    if let Some(missing) = witness::missing(&mut versions, documents.witness, canonicalizer) {
        fault = Some(missing);
    }
    // §3.6.2: the DID must have been this one's at some time.
    let ours = versions.iter().any(|version| version.did == did.as_str());
    let before = ours.then(|| History::of(did.clone(), versions));
    match (fault, before) {
        (None, Some(history)) => Ok(history),
        (Some(problem), before) => Err(Broken {
            problem,
            before: before.map(Box::new),
        }),
        (None, None) => {
            let message = format!("no entry is about `{}`", shorten(did.as_str()));
            Err(Problem::new(Code::DidLogMismatch, "", message).into())
        }
    }
}

fn parse(line: &[u8], place: &str) -> Result<Value, Problem> {
    // A DID document of a few hundred keys and services is far below this.
    let limits = json::Limits {
        bytes_max: 1 << 20,
        depth_max: 32,
        values_max: 20_000,
    };
    json::parse(line, &limits)
        .map_err(|error| Problem::new(Code::DidLogMalformed, place, error.to_string()))
}

/// Judges an entry after the one before it; `place` is where it is in the log.
pub(super) fn accept(
    before: Option<&Version>,
    scid: &str,
    value: Value,
    place: &str,
    now_ms: i64,
    canonicalizer: &Canonicalizer,
) -> Result<Version, Problem> {
    let entry = Entry::read(&value, place)?;
    let problem =
        |code, name: &str, message: &str| Problem::new(code, format!("{place}{name}"), message);
    if before.is_some_and(|before| before.parameters.deactivated) {
        let message = "the DID was over by the entry before";
        return Err(problem(Code::DidDeactivated, "", message));
    }
    let changes = Changes::read(entry.parameters, place)?;
    let own_scid = entry.parameters.get("scid").map(Value::as_str);
    let parameters = match before {
        None => {
            if entry
                .parameters
                .get("method")
                .is_none_or(|method| method != METHOD)
            {
                let message = "the first entry must name the version of the method";
                return Err(problem(
                    Code::DidLogMalformed,
                    "/parameters/method",
                    message,
                ));
            }
            if own_scid.flatten() != Some(scid) {
                let message = "the log is another DID's";
                return Err(problem(Code::DidLogMismatch, "/parameters/scid", message));
            }
            Parameters::first(changes, place)?
        }
        Some(before) => {
            if own_scid.is_some() {
                let message = "only the first entry may name it";
                return Err(problem(Code::DidLogMalformed, "/parameters/scid", message));
            }
            before.parameters.then(changes, place)?
        }
    };
    let (number, chained_to) = match before {
        None => (1, scid),
        Some(before) => (before.number.saturating_add(1), before.id.as_str()),
    };
    if entry.number != number {
        let message = format!("this must be version {number}");
        return Err(problem(Code::DidLogBroken, "/versionId", &message));
    }
    if entry.hash_after(chained_to)? != entry.hash {
        let message =
            "the entry is not the one that its hash names, or does not follow the one before";
        return Err(problem(Code::DidLogBroken, "/versionId", message));
    }
    if before.is_none() && entry.scid(scid, place)? != scid {
        let message = "the entry is not the one that the DID was made of";
        return Err(problem(Code::DidLogBroken, "/parameters/scid", message));
    }
    if before.is_some_and(|before| entry.at_ms <= before.at_ms) {
        let message = "must be after that of the entry before";
        return Err(problem(Code::DidLogTimeWrong, "/versionTime", message));
    }
    if entry.at_ms > now_ms.saturating_add(AHEAD_MS_MAX) {
        let message = "lies in the future";
        return Err(problem(Code::DidLogTimeWrong, "/versionTime", message));
    }
    check_keys(before, &parameters, &entry, place, canonicalizer)?;
    let did = check_state(before, scid, &parameters, &entry, place)?;
    let witness = match before {
        None => parameters.witness.clone(),
        // §3.7.1: the first witnesses are asked at once, their successors from the next entry on.
        Some(before) => before
            .parameters
            .witness
            .clone()
            .or(parameters.witness.clone()),
    };
    Ok(Version {
        number,
        id: entry.version_id.to_owned(),
        at_ms: entry.at_ms,
        did: did.as_str().to_owned(),
        parameters,
        document: DidDocument::parse(entry.state),
        witness,
        entry: value,
    })
}

/// §3.7.5 and §3.7.7: who may sign.
fn check_keys(
    before: Option<&Version>,
    parameters: &Parameters,
    entry: &Entry<'_>,
    place: &str,
    canonicalizer: &Canonicalizer,
) -> Result<(), Problem> {
    let unauthorized = |name: &str, message: &str| {
        let pointer = format!("{place}{name}");
        Err(Problem::new(Code::DidLogKeyUnauthorized, pointer, message))
    };
    let active = match before {
        None => &parameters.update_keys,
        Some(before) if before.parameters.is_committed() => {
            let committed = &before.parameters.next_key_hashes;
            let is_committed = |key: &String| committed.contains(&multihash(key.as_bytes()));
            if !parameters.update_keys.iter().all(is_committed) {
                let message = "a key is not among those that the entry before committed to";
                return unauthorized("/parameters/updateKeys", message);
            }
            &parameters.update_keys
        }
        Some(before) => &before.parameters.update_keys,
    };
    for proof in entry.proofs {
        let method = proof.get("verificationMethod").and_then(Value::as_str);
        let is_active = |key: &String| method == Some(&format!("did:key:{key}#{key}"));
        if !active.iter().any(is_active) {
            return unauthorized("/proof", "the key that signed may not sign this entry");
        }
        if proof.get("cryptosuite").and_then(Value::as_str) != Some(Suite::EddsaJcs2022.as_str()) {
            let message = "an entry is signed by eddsa-jcs-2022";
            let pointer = format!("{place}/proof");
            return Err(Problem::new(Code::SuiteUnknown, pointer, message));
        }
    }
    let options = VerifyOptions::assertion(&DidKeyResolver, None);
    match data_integrity::verify(entry.value, &options, canonicalizer) {
        Ok(_) => Ok(()),
        Err(problems) => {
            let mut problem = problems.into_iter().next().unwrap_or_else(|| {
                Problem::new(Code::ProofInvalid, "/proof", "the proof does not hold")
            });
            problem.pointer.insert_str(0, place);
            Err(problem)
        }
    }
}

/// §3.6.2 step 6 and §3.7.6: whose document it is, and whether it may have moved.
fn check_state(
    before: Option<&Version>,
    scid: &str,
    parameters: &Parameters,
    entry: &Entry<'_>,
    place: &str,
) -> Result<WebvhDid, Problem> {
    let wrong = |code, name: &str, message: &str| {
        let pointer = format!("{place}/state/{name}");
        Err(Problem::new(code, pointer, message))
    };
    let mismatch = |message| wrong(Code::DidLogMismatch, "id", message);
    let id = entry.state.get("id").and_then(Value::as_str);
    let Some(did) = id.and_then(|id| WebvhDid::parse(id).ok()) else {
        let message = "the document must be about a did:webvh";
        return wrong(Code::DidLogMalformed, "id", message);
    };
    if did.scid() != scid {
        return mismatch("the document is about another DID");
    }
    let Some(before) = before.filter(|before| before.did != did.as_str()) else {
        return Ok(did);
    };
    if !parameters.portable {
        return mismatch("the DID has moved, and may not");
    }
    let names = entry.state.get("alsoKnownAs").and_then(Value::as_array);
    if !names.is_some_and(|names| names.iter().any(|name| *name == *before.did)) {
        let message = "a DID that has moved must be `alsoKnownAs` what it was";
        return wrong(Code::DidLogMismatch, "alsoKnownAs", message);
    }
    Ok(did)
}
