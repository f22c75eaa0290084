//! The way in at home: a signed record, or a draft that the home completes and signs. One road for form, API and import.

use std::sync::Arc;

use garita_credential::ResolveError;
use garita_profile::case::{CaseRef, Replaces, Standing};
use garita_profile::model::Severity;
use garita_profile::{admission, keys};
use garita_tlog::{LeafIndex, Note, TlogProof, TreeSize};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::attachments;
use crate::core::{Core, Hosted};
use crate::derive::Deriver;
use crate::encode;
use crate::envelope::Envelope;
use crate::erase;
use crate::parse;
use crate::problem::{Fault, Refusal, RefusalKind};
use crate::sequence::{Sequenced, store_refusal};
use crate::signing::{Draft, Signer, signer_away};
use crate::stamp::{ProofExtra, RECORDED, Receipt, ReceiptWitnessed, WHOLE, WITNESSED};
use crate::verify::{self, Once, Verified};

/// Who submits: a system with a token, or a person who is signed in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Principal {
    /// The party for which it acts.
    pub party: String,
    /// Person or system, for people.
    pub person: String,
    /// Post.
    #[serde(default)]
    pub post: String,
}

/// What a client posts when it leaves signing to its home.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Submission {
    /// Record type.
    #[serde(rename = "recordType")]
    pub record_type: String,
    /// RFC 3339; now where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred: Option<String>,
    /// What is stated.
    #[serde(rename = "credentialSubject")]
    pub subject: Value,
    /// `act` where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standing: Option<Standing>,
    /// What it replaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<Replaces>,
    /// What it answers or closes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub follows: Vec<String>,
    /// Heads seen; for a decisive act the home fills in what the office had in hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saw: Option<Vec<String>>,
    /// Cases, where the record type leaves them open (an affirmation, a grant).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub about: Vec<CaseRef>,
    /// Mandate.
    #[serde(
        rename = "onBehalfOf",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub on_behalf_of: Option<String>,
    /// Source of a report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Attachments.
    #[serde(
        rename = "relatedResource",
        default,
        skip_serializing_if = "Vec::is_empty"
    )]
    pub related: Vec<Value>,
}

/// Submits a complete, signed record.
///
/// # Errors
/// What parse, verify and admit found, all at once for the station that refused.
pub async fn signed(
    core: &Arc<Core>,
    bytes: Vec<u8>,
    principal: &Principal,
    once: Option<Once>,
) -> Result<Receipt, Refusal> {
    let judged = {
        let core = Arc::clone(core);
        blocking(move || {
            let parsed = parse::parse(&bytes, WHOLE)?;
            let network = core.network();
            verify::verify(parsed, &network, &core.canonicalizer, core.clock.now_ms())
                .map_err(|problems| verify::refusal(&problems))
                .and_then(|verified| with_deriver(&core, verified))
        })
        .await
    };
    let mut verified = judged.inspect_err(|r| core.metrics.refuse(r.code()))?;
    verified.once = once;
    if verified.envelope.issuer != principal.party {
        core.metrics.refuse("issuer-not-you");
        return Err(Refusal::one(
            RefusalKind::Forbidden,
            Fault::at(
                "issuer-not-you",
                "/issuer/id",
                format!(
                    "you act for `{}`; a record of another party is for it to submit",
                    principal.party
                ),
                format!(
                    "usted actúa por `{}`; el registro de otra parte le toca a ella",
                    principal.party
                ),
            ),
        ));
    }
    names_own_files(core, principal, &verified).await?;
    let sequenced = core.sequencer.home(verified).await?;
    receipt(core, sequenced).await
}

/// Makes what the record's views are derived from, before the record is queued. Where it cannot be made the sequencer reduces.
fn with_deriver(core: &Core, mut verified: Verified) -> Result<Verified, Refusal> {
    let envelope = &verified.envelope;
    if let Some(hosted) = core.hosted.get(&envelope.issuer)
        && let Some(profile) = core.programs.for_core(&envelope.profile)
    {
        let made = Deriver::of_hosted(
            &verified.document,
            &envelope.record_type,
            profile.model(),
            &hosted.current(),
            core.clock.now_ms(),
            &core.canonicalizer,
        )?;
        verified.deriver = made.map(Box::new);
    }
    Ok(verified)
}

/// That what the record names beside itself is its issuer's to name.
async fn names_own_files(
    core: &Arc<Core>,
    principal: &Principal,
    verified: &Verified,
) -> Result<(), Refusal> {
    let related = attachments::related_of(&verified.document).to_vec();
    if related.is_empty() {
        return Ok(());
    }
    let (reading, party) = (Arc::clone(core), principal.party.clone());
    let id = verified.envelope.id.clone();
    blocking(move || {
        attachments::may_name(&reading, &party, &related).map_err(|refusal| {
            // Its files went with it: that is the reason, not theirs who files it again.
            match reading.reader.node_erased(&id, WHOLE) {
                Ok(Some(_)) => erase::erased_before(),
                _ => refusal,
            }
        })
    })
    .await
    .inspect_err(|r| core.metrics.refuse(r.code()))
}

/// Completes, signs and submits a draft.
///
/// # Errors
/// What admission found, or that the type is unknown.
pub async fn draft_once(
    core: &Arc<Core>,
    submission: Submission,
    principal: &Principal,
    once: Option<Once>,
) -> Result<Receipt, Refusal> {
    let made = {
        let core = Arc::clone(core);
        let principal = principal.clone();
        blocking(move || {
            complete(&core, submission, &principal)
                .and_then(|verified| with_deriver(&core, verified))
        })
        .await
    };
    let mut verified = made.inspect_err(|r| core.metrics.refuse(r.code()))?;
    verified.once = once;
    names_own_files(core, principal, &verified).await?;
    let sequenced = core.sequencer.home(verified).await?;
    receipt(core, sequenced).await
}

/// [`draft_once`] without a key.
///
/// # Errors
/// As [`draft_once`].
pub async fn draft(
    core: &Arc<Core>,
    submission: Submission,
    principal: &Principal,
) -> Result<Receipt, Refusal> {
    draft_once(core, submission, principal, None).await
}

/// Judges a draft without recording it: what the form page and `--dry-run` show.
///
/// # Errors
/// As [`draft`].
pub async fn dry_run(
    core: &Arc<Core>,
    submission: Submission,
    principal: &Principal,
) -> Result<Value, Refusal> {
    let core = Arc::clone(core);
    let principal = principal.clone();
    blocking(move || {
        let verified = complete(&core, submission, &principal)?;
        let network = core.network();
        let Some(profile) = core.programs.for_core(&verified.envelope.profile) else {
            return Ok(Value::clone(&verified.document));
        };
        let reads = crate::read::cases_for(&core, &principal.party, &verified.envelope.about)?;
        let now_ms = core.clock.now_ms();
        let problems = admission::admit(
            &profile,
            &verified.document,
            &admission::AdmitContext {
                directory: &network.directory,
                now_ms,
                logged_ms: now_ms,
                cases: &reads.states,
                mandates: Some(
                    &crate::read::mandates(&core.reader, &principal.party)
                        .map_err(|e| store_refusal(&e))?,
                ),
                records: &|case| reads.records.get(case).cloned().unwrap_or_default(),
                identifiers: &crate::admit::FieldChecks,
                linked: None,
            },
        );
        let faults: Vec<Fault> = problems
            .into_iter()
            .filter(|p| p.severity == Severity::Refuse)
            .map(|p| Fault {
                code: p.code,
                pointer: p.pointer,
                en: p.en,
                es: p.es,
            })
            .collect();
        if faults.is_empty() {
            Ok(Value::clone(&verified.document))
        } else {
            Err(Refusal {
                kind: RefusalKind::Unprocessable,
                faults,
            })
        }
    })
    .await
}

/// The receipt of a sequenced record, with its inclusion proof.
///
/// # Errors
/// When the store is away.
pub async fn receipt(core: &Arc<Core>, sequenced: Sequenced) -> Result<Receipt, Refusal> {
    let core = Arc::clone(core);
    blocking(move || receipt_now(&core, sequenced)).await
}

/// The receipt, on a thread that may block.
///
/// # Errors
/// When the store is away.
pub fn receipt_now(core: &Core, sequenced: Sequenced) -> Result<Receipt, Refusal> {
    // A repeated record's answer names a checkpoint that may be older than the newest; either covers it.
    let fresh = sequenced.size > sequenced.index && !sequenced.checkpoint.is_empty();
    let witnessed = core.witnessed.covering(sequenced.index);
    let witnessed = witnessed.filter(|_| !fresh);
    let (checkpoint, size) = if let Some(held) = &witnessed {
        (held.note.clone(), held.checkpoint.size)
    } else if fresh {
        (sequenced.checkpoint, TreeSize::new(sequenced.size))
    } else {
        let head = core.reader.head().map_err(|e| store_refusal(&e))?;
        (head.checkpoint.unwrap_or_default(), head.frontier.size())
    };
    let proof = core
        .reader
        .inclusion_proof(LeafIndex::new(sequenced.index), size)
        .map_err(|e| store_refusal(&e))?;
    Ok(Receipt {
        leaf: sequenced.leaf,
        salt: encode::base64url(&sequenced.salt),
        index: sequenced.index,
        stamp: sequenced.stamp,
        proof: proof.iter().map(garita_tlog::Hash::to_base64).collect(),
        checkpoint,
        log_key: log_verifier_key(core),
        state: if witnessed.is_some() {
            WITNESSED
        } else {
            RECORDED
        }
        .to_owned(),
        witnessed: witnessed.map(|held| ReceiptWitnessed {
            size: size.get(),
            at: held.at_ms(),
            by: held.by.iter().map(|by| by.key.clone()).collect(),
        }),
    })
}

/// The same as C2SP tlog-proof: the leaf's place and path, the checkpoint, and as extra data what the leaf is computed from.
///
/// # Errors
/// When the store is away.
pub async fn proof_text(core: &Arc<Core>, sequenced: Sequenced) -> Result<String, Refusal> {
    let receipt = receipt(core, sequenced).await?;
    proof_of(&receipt).ok_or_else(|| {
        Refusal::one(
            RefusalKind::Unavailable,
            Fault::whole(
                "proof-unwritable",
                "the receipt has no form as a proof; nothing is wrong with the record, ask for its receipt",
                "el acuse no tiene forma de prueba; el registro está bien, pida su acuse",
            ),
        )
    })
}

fn proof_of(receipt: &Receipt) -> Option<String> {
    let extra = ProofExtra {
        leaf: receipt.leaf.clone(),
        salt: receipt.salt.clone(),
    };
    let hashes = receipt.proof.iter();
    let proof = TlogProof {
        extra: Some(extra.to_bytes()),
        index: LeafIndex::new(receipt.index),
        proof: hashes
            .map(|hash| garita_tlog::Hash::from_base64(hash).ok())
            .collect::<Option<_>>()?,
        note: Note::parse(receipt.checkpoint.as_bytes()).ok()?,
    };
    Some(proof.to_string())
}

/// Verifier key of this node's log, as a C2SP text.
pub fn log_verifier_key(core: &Core) -> String {
    let key = core.identity.log_key.verification_key().ed25519_bytes();
    key.and_then(|key| garita_tlog::VerifierKey::ed25519(&core.identity.origin, key).ok())
        .map(|key| key.to_string())
        .unwrap_or_default()
}

fn complete(
    core: &Core,
    submission: Submission,
    principal: &Principal,
) -> Result<Verified, Refusal> {
    let unprocessable = |fault| Refusal::one(RefusalKind::Unprocessable, fault);
    let network = core.network();
    let now_ms = core.clock.now_ms();
    let Some(profile) = core
        .programs
        .issuing(&submission.record_type, &network, now_ms)
    else {
        return Err(unprocessable(Fault::at(
            "record-type-unknown",
            "/recordType",
            format!(
                "no program in force has records of type `{}`; known programs: {}",
                submission.record_type,
                core.programs.known()
            ),
            format!(
                "ningún programa vigente tiene registros de tipo `{}`; programas conocidos: {}",
                submission.record_type,
                core.programs.known()
            ),
        )));
    };
    let Some(key) = core.hosted.get(&principal.party).map(Hosted::current) else {
        return Err(Refusal::one(
            RefusalKind::Forbidden,
            Fault::whole(
                "issuer-not-hosted",
                format!("`{}` has its home on another node", principal.party),
                format!("`{}` tiene su nodo en otra parte", principal.party),
            ),
        ));
    };
    let occurred_ms = match &submission.occurred {
        None => now_ms,
        Some(text) => encode::parse_instant_ms(text).ok_or_else(|| {
            unprocessable(Fault::at(
                "envelope-malformed",
                "/occurred",
                "`occurred` must be a date and time with zone, such as 2026-11-24T15:10:00Z",
                "`occurred` debe ser fecha y hora con zona, como 2026-11-24T15:10:00Z",
            ))
        })?,
    };
    let mut draft = Draft {
        record_type: submission.record_type,
        issuer: principal.party.clone(),
        about: submission.about,
        occurred_ms,
        standing: submission.standing.unwrap_or(Standing::Act),
        subject: submission.subject,
        replaces: submission.replaces,
        follows: submission.follows,
        saw: submission.saw.clone().unwrap_or_default(),
        on_behalf_of: submission.on_behalf_of,
        automation: None,
        source: submission.source,
        related: submission.related,
        signed_by: (!principal.person.is_empty())
            .then(|| (principal.person.clone(), principal.post.clone())),
    };
    if draft.about.is_empty() {
        draft.about = about_of(core, &profile, &draft)?;
    }
    let decisive = profile
        .model()
        .records
        .get(&draft.record_type)
        .is_some_and(|t| t.decisive);
    if decisive && submission.saw.is_none() {
        draft.saw = crate::read::heads(core, &principal.party, &draft.about)?;
    }
    let document = draft.document(&network, &profile).map_err(unprocessable)?;
    let core_digest = document.get("profile").and_then(Value::as_str);
    let core_digest = core_digest.unwrap_or_default();
    // Admission asks again, with the cases at hand; a draft that can go nowhere is told before it is signed.
    if let Some(fault) = crate::admit::not_adopted(&network, &profile, core_digest, now_ms, &[])
        && fault.code != "profile-superseded"
    {
        return Err(unprocessable(fault));
    }
    let signed = Signer::new(Arc::clone(&core.canonicalizer))
        .sign(&document, &key, now_ms)
        .map_err(|problem| {
            signer_away(&problem).unwrap_or_else(|| unprocessable(verify::fault(&problem)))
        })?;
    // The road is the same for all: what the home makes itself goes through the first station like anybody's record.
    let envelope = Envelope::read(&signed).map_err(|faults| Refusal {
        kind: RefusalKind::Unprocessable,
        faults,
    })?;
    let network = core.network();
    if let Err(error) =
        garita_credential::Resolver::key(network.as_ref(), &key.verification_method, Some(now_ms))
    {
        return Err(unprocessable(Fault::at(
            error.code(),
            "/proof/verificationMethod",
            format!(
                "`{}` cannot sign with its key: {}; sign with a key of the network's list that is in force, or ask the node's operator for one",
                principal.party,
                key_trouble(&error)
            ),
            format!(
                "`{}` no puede firmar con su llave: {}; firme con una llave vigente de la lista de la red o pida una al operador del nodo",
                principal.party,
                key_trouble_es(&error)
            ),
        )));
    }
    Ok(Verified::own(signed, envelope))
}

fn key_trouble(error: &ResolveError) -> String {
    match error {
        ResolveError::KeyRevoked { from_ms, .. } => {
            format!("it is revoked since {}", encode::instant_text(*from_ms))
        }
        ResolveError::KeyNotYetValid { from_ms, .. } => {
            format!("it is in use only from {}", encode::instant_text(*from_ms))
        }
        ResolveError::KeyRetired { until_ms, .. } => {
            format!("it was in use until {}", encode::instant_text(*until_ms))
        }
        other => other.to_string(),
    }
}

fn key_trouble_es(error: &ResolveError) -> String {
    match error {
        ResolveError::KeyRevoked { from_ms, .. } => {
            format!("está revocada desde {}", encode::instant_text(*from_ms))
        }
        ResolveError::KeyNotYetValid { from_ms, .. } => {
            format!("se usa a partir de {}", encode::instant_text(*from_ms))
        }
        ResolveError::KeyRetired { until_ms, .. } => {
            format!("se usó hasta {}", encode::instant_text(*until_ms))
        }
        other => garita_credential::describe(other.code(), garita_credential::Lang::Es)
            .map_or_else(|| other.to_string(), str::to_owned),
    }
}

/// The cases a draft is about: read by the profile's pointers, or those of what it follows.
fn about_of(
    core: &Core,
    profile: &garita_profile::Profile,
    draft: &Draft,
) -> Result<Vec<CaseRef>, Refusal> {
    let probe = serde_json::json!({
        "type": ["VerifiableCredential", draft.record_type],
        "issuer": { "id": draft.issuer },
        "credentialSubject": draft.subject,
    });
    let mut cases = match keys::about(profile, &probe) {
        Ok(cases) => cases,
        Err(problem) => {
            return Err(Refusal::one(
                RefusalKind::Unprocessable,
                Fault {
                    code: problem.code,
                    pointer: problem.pointer,
                    en: problem.en,
                    es: problem.es,
                },
            ));
        }
    };
    let named = draft
        .follows
        .iter()
        .map(String::as_str)
        .chain(draft.replaces.as_ref().map(|r| r.id.as_str()))
        .chain(draft.subject.get("affirms").and_then(Value::as_str));
    if cases.is_empty() {
        for id in named {
            let held = core
                .reader
                .record(&draft.issuer, id)
                .map_err(|e| store_refusal(&e))?;
            if let Some(record) = held.as_ref().and_then(crate::read::case_record_of) {
                for case in record.about {
                    if !cases.contains(&case) {
                        cases.push(case);
                    }
                }
            }
        }
    }
    Ok(cases)
}

/// Runs work that blocks off the async threads.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(_) => Err(Refusal::one(
            RefusalKind::Unavailable,
            Fault::whole(
                "work-interrupted",
                "the node stopped in the middle of this request; nothing was recorded, ask again",
                "el nodo se detuvo a la mitad de esta petición; no se registró nada, vuelva a pedir",
            ),
        )),
    }
}
