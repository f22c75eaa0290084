//! Somebody shows a credential: what is it, does it hold, and does the case still stand so that it is good. Without any network.
//!
//! What is asked comes from a [`Ground`]: the node's own records ([`NodeGround`]), or a trust file ([`crate::trust`]).
//!
//! INVARIANT (nothing valid unheard of): `valid` is said only of a credential whose case is in hand, whose issuer is the one that stated
//! the case's record, and whose case stands as the program asks.

use std::collections::BTreeMap;

use garita_canon::{Canonicalizer, json};
use garita_credential::data_integrity::{self, VerifyOptions};
use garita_credential::presentation::{self, Asked};
use garita_credential::{Code, Problem, carry, vc};
use garita_profile::acts::{CaseView, Shown};
use garita_profile::case::CaseRef;
use garita_profile::credentials as engine;
use garita_profile::forms::Words;
use garita_profile::pointer::Path;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::core::Core;
use crate::governance::Network;
use crate::problem::{Fault, Refusal, RefusalKind};
use crate::read;
use crate::sync::Standings;
use crate::verify::fault;

/// A file that is shown: the largest text of a QR code inflates to less.
pub const SHOWN_BYTES_MAX: usize = 256 << 10;
/// A presentation made for a booth that set no challenge is good for so long: the time from the cab to the window.
pub const PRESENTATION_AGE_MS: i64 = 15 * 60 * 1_000;

/// A credential of a program that can be checked where it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkable {
    /// Program.
    pub profile: String,
    /// Its name there.
    pub name: String,
    /// What people call it.
    pub title: Words,
    /// Kind of its case.
    pub kind: String,
    /// Its types.
    #[serde(rename = "type")]
    pub types: Vec<String>,
    /// Where the components of the case's key stand in it.
    pub key: Vec<String>,
}

/// How a case stands, as far as it is known here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// Who stated the record that the credential repeats.
    pub issuer: Option<String>,
    /// The shown state; none where it cannot be told.
    pub state: Option<String>,
    /// The state in words.
    pub words: Words,
    /// Since when, ms since 1970.
    pub since: i64,
    /// Whether the case stands so that the credential is good; none where that cannot be told.
    pub good: Option<bool>,
    /// Id of the credential that the case would give now; none where it gives none, or not to this party.
    pub credential: Option<String>,
    /// Who keeps the case.
    pub keeper: String,
    /// As of when this is known, ms since 1970.
    #[serde(rename = "asOf")]
    pub as_of: i64,
    /// Whether the keeper's node was in step when it was known.
    #[serde(rename = "inStep")]
    pub in_step: bool,
}

/// What a check goes by.
pub trait Ground {
    /// Keys and names.
    fn network(&self) -> &Network;
    /// Credentials that can be checked.
    fn checkable(&self) -> &[Checkable];
    /// How a case stands; none where nothing is known of it.
    ///
    /// # Errors
    /// When the store is away.
    fn status(&self, of: &Checkable, case: &CaseRef) -> Result<Option<Status>, Refusal>;
}

/// What came of a check.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// `file`, `qr` or `presentation`.
    pub how: &'static str,
    /// One of [`engine::RESULTS`].
    pub result: &'static str,
    /// What does not hold; empty where all does.
    pub faults: Vec<Fault>,
    /// The credential.
    pub credential: Value,
    /// Which one of a program it is.
    pub of: Option<Checkable>,
    /// The case that it speaks of.
    pub case: Option<CaseRef>,
    /// Who signed it, by its own word; true only where nothing is wrong with the proof.
    pub issuer: String,
    /// The issuer's name by the network's list; none for who is in no list here.
    pub issuer_name: Option<String>,
    /// How its case stands.
    pub status: Option<Status>,
}

impl Verdict {
    /// As the act that writes it down takes it.
    pub fn shown(&self) -> Shown {
        Shown {
            how: self.how.to_owned(),
            result: self.result.to_owned(),
            offline: self.status.as_ref().is_none_or(|s| !s.in_step),
            as_of_ms: self.status.as_ref().map(|s| s.as_of),
        }
    }
}

/// What is shown, taken apart.
struct Taken {
    how: &'static str,
    credential: Value,
    presentation: Option<Value>,
}

/// Judges what somebody shows: the text of a QR code, a credential's file, or a presentation's. `domain`: whom a presentation may name.
///
/// # Errors
/// With `carried-malformed` or a code of JSON where it is none of these; the store away.
pub fn judge(
    shown: &[u8],
    domain: &[&str],
    ground: &dyn Ground,
    canonicalizer: &Canonicalizer,
    now_ms: i64,
) -> Result<Verdict, Refusal> {
    let taken = take(shown, ground)?;
    let network = ground.network();
    let mut problems = Vec::new();
    if let Some(presentation) = &taken.presentation {
        // Whatever form the member has: a list of one name is the same statement to the signature.
        let named = presentation.pointer("/proof/domain");
        let names: Vec<&str> = match named {
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
            Some(name) => name.as_str().into_iter().collect(),
            None => Vec::new(),
        };
        let ours = names.into_iter().find(|name| domain.contains(name));
        let asked = Asked {
            challenge: None,
            // A presentation for somebody else is not for this booth; one for nobody in particular is judged by its age alone.
            domain: named.map(|_| ours.unwrap_or_default()),
            age_ms_max: Some(PRESENTATION_AGE_MS),
        };
        if let Err(found) = presentation::verify(
            presentation,
            asked,
            network.keys.as_ref(),
            now_ms,
            canonicalizer,
        ) {
            problems.extend(found);
        }
    }
    let credential = taken.credential;
    let issuer = vc::issuer_of(&credential).unwrap_or_default().to_owned();
    let options = VerifyOptions::assertion(network.keys.as_ref(), Some(now_ms));
    match data_integrity::verify(&credential, &options, canonicalizer) {
        Ok(verified) => problems.extend(vc::check_controller(&credential, &verified).err()),
        Err(found) => problems.extend(found),
    }
    let mut dates = Vec::new();
    for problem in vc::check(&credential, Some(now_ms)) {
        match problem.code {
            Code::CredentialExpired => dates.push(("expired", problem)),
            Code::CredentialNotYetValid => dates.push(("not-yet-valid", problem)),
            _ => problems.push(problem),
        }
    }
    let of = ground
        .checkable()
        .iter()
        .find(|c| engine::is_of(&c.types, &credential))
        .cloned();
    let case = of.as_ref().and_then(|of| {
        let paths: Option<Vec<Path>> = of.key.iter().map(|p| Path::parse(p).ok()).collect();
        Some(CaseRef {
            kind: of.kind.clone(),
            key: engine::case_key(&paths?, &credential)?,
        })
    });
    let status = match (&of, &case) {
        (Some(of), Some(case)) => ground.status(of, case)?,
        _ => None,
    };
    let mut faults: Vec<Fault> = problems.iter().map(fault).collect();
    // Upholds (nothing valid unheard of): a key of the network signs what its holder is entitled to state, not whatever it likes.
    if let Some(entitled) = status.as_ref().and_then(|s| s.issuer.as_deref())
        && entitled != issuer
    {
        faults.push(Fault::at(
            "issuer-not-entitled",
            "/issuer",
            format!(
                "`{}` did not issue this; {} did",
                network.name_of(&issuer),
                network.name_of(entitled)
            ),
            format!(
                "`{}` no emitió esto; lo emitió {}",
                network.name_of(&issuer),
                network.name_of(entitled)
            ),
        ));
    }
    let id = credential.get("id").and_then(Value::as_str);
    let current = status.as_ref().and_then(|s| s.credential.as_deref());
    let result = if !faults.is_empty() {
        "proof-fails"
    } else if let Some((result, problem)) = dates.first() {
        faults.push(fault(problem));
        result
    } else {
        match status.as_ref().and_then(|s| s.good) {
            None => "not-known",
            Some(false) => "not-good",
            Some(true) if current.is_some() && current != id => "superseded",
            Some(true) if status.as_ref().is_some_and(|s| s.issuer.is_some()) => "valid",
            Some(true) => "not-known",
        }
    };
    Ok(Verdict {
        how: taken.how,
        result,
        faults,
        of,
        case,
        issuer_name: network
            .directory
            .parties
            .get(&issuer)
            .map(|p| p.name.clone()),
        issuer,
        status,
        credential,
    })
}

fn take(shown: &[u8], ground: &dyn Ground) -> Result<Taken, Refusal> {
    let unreadable = |problem: &Problem| Refusal::one(RefusalKind::Malformed, fault(problem));
    if shown.len() > SHOWN_BYTES_MAX {
        return Err(Refusal::one(
            RefusalKind::TooLarge,
            Fault::whole(
                "document-too-large",
                format!("what is shown is larger than {SHOWN_BYTES_MAX} bytes"),
                format!("lo presentado es más grande que {SHOWN_BYTES_MAX} bytes"),
            ),
        ));
    }
    let text = std::str::from_utf8(shown).unwrap_or_default();
    if carry::is_carried(text) {
        return Ok(Taken {
            how: "qr",
            credential: carry::from_text(text).map_err(|p| unreadable(&p))?,
            presentation: None,
        });
    }
    let limits = json::Limits {
        bytes_max: SHOWN_BYTES_MAX,
        ..json::Limits::default()
    };
    let document = json::parse(text.trim().as_bytes(), &limits).map_err(|e| {
        Refusal::one(
            RefusalKind::Malformed,
            Fault::whole(
                "credential-unreadable",
                format!("neither the text of a QR code (`GARITA1:…`) nor a credential's file: {e}"),
                format!("no es el texto de un código QR (`GARITA1:…`) ni el archivo de una credencial: {e}"),
            ),
        )
    })?;
    if !presentation::is_one(&document) {
        return Ok(Taken {
            how: "file",
            credential: document,
            presentation: None,
        });
    }
    let inside = presentation::credentials_of(&document);
    // Of several, the one that can be checked here.
    let checkable = |c: &&Value| {
        ground
            .checkable()
            .iter()
            .any(|k| engine::is_of(&k.types, c))
    };
    let credential = inside.iter().find(checkable).or(inside.first()).cloned();
    Ok(Taken {
        how: "presentation",
        credential: credential.unwrap_or_default(),
        presentation: Some(document),
    })
}

/// The credentials of the programs in force that can be checked where they are shown.
pub fn checkable(core: &Core) -> Vec<Checkable> {
    let mut found: BTreeMap<(String, String), Checkable> = BTreeMap::new();
    for profile in core.programs.iter() {
        let model = profile.model();
        for (name, credential) in model.credentials.iter().filter(|(_, c)| !c.key.is_empty()) {
            let program = model
                .profile_of(&format!("credentials.{name}"))
                .unwrap_or_default();
            let text = |lang: &str| {
                profile
                    .text(lang, &format!("credentials.{name}"))
                    .to_owned()
            };
            let one = Checkable {
                profile: program.to_owned(),
                name: name.clone(),
                title: Words {
                    en: text("en"),
                    es: text("es"),
                },
                kind: credential.kind.clone(),
                types: credential.types.clone(),
                key: credential.key.iter().map(ToString::to_string).collect(),
            };
            // Of several versions the newest, as for words.
            found.insert((program.to_owned(), name.clone()), one);
        }
    }
    found.into_values().collect()
}

/// What a party of this node has in hand.
pub struct NodeGround<'a> {
    core: &'a Core,
    standings: &'a Standings,
    party: &'a str,
    network: std::sync::Arc<Network>,
    checkable: Vec<Checkable>,
}

impl<'a> NodeGround<'a> {
    /// The ground of one party.
    pub fn new(core: &'a Core, standings: &'a Standings, party: &'a str) -> Self {
        Self {
            core,
            standings,
            party,
            network: core.network(),
            checkable: checkable(core),
        }
    }

    /// As of when a keeper's cases are known here, and whether its node is in step now.
    fn heard(&self, keeper: &str, newest_ms: i64) -> (i64, bool) {
        let now_ms = self.core.clock.now_ms();
        let home = self.network.homes.get(keeper);
        if home == Some(&self.core.identity.did) {
            return (now_ms, true);
        }
        let standing = home.map(|h| self.standings.of(h)).unwrap_or_default();
        let same = standing.we_hold_theirs == Some(true) && standing.isolated.is_none();
        let as_of = if same && standing.reached_ms > 0 {
            self.core.clock.at_real_ms(standing.reached_ms).min(now_ms)
        } else {
            // Not heard of since this node started: known is what its newest record said when it was logged.
            newest_ms.min(now_ms)
        };
        (as_of, same && standing.silent_since_ms.is_none())
    }
}

impl Ground for NodeGround<'_> {
    fn network(&self) -> &Network {
        &self.network
    }

    fn checkable(&self) -> &[Checkable] {
        &self.checkable
    }

    fn status(&self, of: &Checkable, case: &CaseRef) -> Result<Option<Status>, Refusal> {
        let Some(profile) = self.core.governing(&case.kind) else {
            return Ok(None);
        };
        let Some(credential) = profile.model().credentials.get(&of.name) else {
            return Ok(None);
        };
        let Some(read) = read::case(self.core, self.party, case)? else {
            return Ok(None);
        };
        let view = CaseView {
            state: &read.state,
            records: &read.case_records,
            directory: &self.network.directory,
            as_of_ms: self.core.clock.now_ms(),
            linked: None,
        };
        let keeper = read.state.owner.clone().unwrap_or_default();
        let newest_ms = read.case_records.iter().map(|r| r.logged_ms).max();
        let (as_of, in_step) = self.heard(&keeper, newest_ms.unwrap_or_default());
        let word = |lang: &str| {
            read.state.state.as_ref().map_or_else(String::new, |state| {
                profile.text(lang, &format!("states.{state}")).to_owned()
            })
        };
        let made = engine::make(&profile, &of.name, view).ok();
        Ok(Some(Status {
            issuer: engine::issuer(credential, view).map(str::to_owned),
            words: Words {
                en: word("en"),
                es: word("es"),
            },
            since: read.state.since_ms,
            good: engine::good(&profile, credential, view),
            credential: made.and_then(|m| {
                m.document
                    .get("id")
                    .and_then(Value::as_str)
                    .map(str::to_owned)
            }),
            state: read.state.state.clone(),
            keeper,
            as_of,
            in_step,
        }))
    }
}
