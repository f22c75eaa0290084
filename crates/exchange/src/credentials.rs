//! Credentials for outsiders: made from a case, signed with the key of the office that states them, at its home and nowhere else.
//!
//! INVARIANT (nothing by credential): nobody gets by a credential what he does not have by records. It is filled in from the asker's own
//! view of the case and, where another office signs, from that office's too; it is signed only where both say the same.
//!
//! The same records give the same credential to the byte: nothing in it is random, and its proof bears the logged time of the record.

use std::sync::Arc;

use garita_credential::resolver::Resolver as _;
use garita_profile::Profile;
use garita_profile::acts::CaseView;
use garita_profile::case::CaseRef;
use garita_profile::credentials::{self as engine, CredentialError, Made, Offered};
use garita_profile::links::{self, Linked};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::client::{Client, ClientError};
use crate::core::Core;
use crate::governance::NodeEntry;
use crate::linked::Finder;
use crate::problem::{Fault, Refusal, RefusalKind};
use crate::read::{self, CaseRead};
use crate::signing::{Signer, signer_away};
use crate::submit::blocking;
use crate::sync::Standings;

/// Where a node asks another for a credential.
pub const PEER_PATH: &str = "/v1/peer/credentials";

/// What an asker's node asks the home of the office that signs.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// Who asks: a party of the asking node.
    pub party: String,
    /// Kind of the case.
    pub kind: String,
    /// Its key.
    pub key: String,
    /// The credential's name in the program.
    pub name: String,
    /// The credential as the asker's records give it, without a proof.
    pub document: Value,
}

/// How a credential is come by.
#[derive(Debug)]
pub enum Way {
    /// Signed here.
    Here(Value),
    /// To be asked for at the home of the office that signs.
    At(NodeEntry, Box<Wanted>),
}

/// The credentials that a party may have of a case as it stands.
///
/// # Errors
/// When the store is away.
pub fn offered(core: &Core, party: &str, read: &CaseRead) -> Result<Vec<Offered>, Refusal> {
    let Some(profile) = core.governing(&read.state.case.kind) else {
        return Ok(Vec::new());
    };
    let network = core.network();
    let now_ms = core.clock.now_ms();
    let view = CaseView {
        state: &read.state,
        records: &read.case_records,
        directory: &network.directory,
        as_of_ms: now_ms,
        linked: None,
    };
    let roles = roles(core, party, now_ms);
    let roles: Vec<&str> = roles.iter().map(String::as_str).collect();
    Ok(engine::offered(&profile, view, party, &roles))
}

/// A credential of a case for a party: signed where the office that states it lives here.
///
/// # Errors
/// `not-found` for who may not have it, with no word of why; `credential-not-now`, `credential-member-lacking`; a key that is revoked.
pub fn of_case(core: &Core, party: &str, case: &CaseRef, name: &str) -> Result<Way, Refusal> {
    let read = read::case(core, party, case)?.ok_or_else(absent)?;
    let profile = core.governing(&case.kind).ok_or_else(absent)?;
    let made = made_for(core, party, &profile, &read, name)?;
    if core.hosts(&made.issuer) {
        return signed(core, party, case, name, &made).map(Way::Here);
    }
    let network = core.network();
    let home = network.home_of(&made.issuer).cloned().ok_or_else(absent)?;
    let wanted = Wanted {
        party: party.to_owned(),
        kind: case.kind.clone(),
        key: case.key.clone(),
        name: name.to_owned(),
        document: made.document,
    };
    Ok(Way::At(home, Box::new(wanted)))
}

/// A credential of a case for a party, from wherever the office that states it lives.
///
/// # Errors
/// As [`of_case`]; `credential-home-away` where that office's node does not answer, `not-found` where it says so.
pub async fn obtain(
    core: &Arc<Core>,
    client: &Client,
    party: &str,
    case: CaseRef,
    name: String,
) -> Result<Value, Refusal> {
    let way = {
        let (core, party) = (Arc::clone(core), party.to_owned());
        blocking(move || of_case(&core, &party, &case, &name)).await?
    };
    let (home, wanted) = match way {
        Way::Here(document) => return Ok(document),
        Way::At(home, wanted) => (home, wanted),
    };
    match client.post::<Value>(&home.url, PEER_PATH, &wanted).await {
        Ok(document) => {
            // What came back is what was asked for, with a proof; anything else is no answer.
            let mut bare = document.clone();
            if let Some(members) = bare.as_object_mut() {
                members.remove("proof");
            }
            if bare == wanted.document {
                Ok(document)
            } else {
                Err(away(&home))
            }
        }
        Err(ClientError::Status { status: 404, .. }) => Err(absent()),
        Err(error) => {
            tracing::warn!(home = home.did, %error, "the home of an office gave no credential");
            Err(away(&home))
        }
    }
}

fn away(home: &NodeEntry) -> Refusal {
    Refusal::one(
        RefusalKind::Unavailable,
        Fault::whole(
            "credential-home-away",
            format!(
                "only the node of the office that states it can sign this credential: {} ({}), which does not answer now; try again later, or ask there",
                home.name, home.url
            ),
            format!(
                "solo el nodo de la autoridad que la emite puede firmar esta credencial: {} ({}), que no responde ahora; intente más tarde o pídala ahí",
                home.name, home.url
            ),
        ),
    )
}

/// Answers another node that asks for one of its parties: signs what the office would say itself, word for word, and nothing else.
///
/// # Errors
/// `not-found` for everything that this node would not say to that party.
pub fn for_peer(core: &Core, peer: &str, wanted: &Wanted) -> Result<Value, Refusal> {
    let network = core.network();
    if network.homes.get(&wanted.party).map(String::as_str) != Some(peer) {
        return Err(absent());
    }
    let case = CaseRef {
        kind: wanted.kind.clone(),
        key: wanted.key.clone(),
    };
    let issuer = garita_credential::vc::issuer_of(&wanted.document)
        .filter(|issuer| core.hosts(issuer))
        .ok_or_else(absent)?;
    let profile = core.governing(&case.kind).ok_or_else(absent)?;
    let read = read::case(core, issuer, &case)?.ok_or_else(absent)?;
    let own = made(core, issuer, &profile, &read, &wanted.name).map_err(|_| absent())?;
    let network_roles = roles(core, &wanted.party, core.clock.now_ms());
    let roles: Vec<&str> = network_roles.iter().map(String::as_str).collect();
    let record = read.case_records.iter().find(|r| r.id == own.record);
    let may = profile
        .model()
        .credentials
        .get(&wanted.name)
        .zip(record)
        .is_some_and(|(c, r)| engine::may_have(c, &read.state, r, &wanted.party, &roles));
    if !may || own.document != wanted.document {
        return Err(absent());
    }
    sign(core, &own)
}

/// The credential as the asker's records give it, where the asker is one of those to whom it goes.
fn made_for(
    core: &Core,
    party: &str,
    profile: &Profile,
    read: &CaseRead,
    name: &str,
) -> Result<Made, Refusal> {
    let made = made(core, party, profile, read, name).map_err(|error| match &error {
        CredentialError::Unknown(_) | CredentialError::NoRecord(_) => absent(),
        CredentialError::NotNow(_) => Refusal::one(
            RefusalKind::Conflict,
            Fault::whole(
                error.code(),
                "the case does not stand so that this credential may be made; see its state",
                "el expediente no está en un estado en que pueda hacerse esta credencial; vea su estado",
            ),
        ),
        CredentialError::Lacking { pointer, .. } => Refusal::one(
            RefusalKind::Conflict,
            Fault::at(
                error.code(),
                pointer,
                error.to_string(),
                format!("`{pointer}` no se puede llenar con lo que hay a la mano"),
            ),
        ),
    });
    // Who may not have it learns nothing, not even why it could not be made.
    let network_roles = roles(core, party, core.clock.now_ms());
    let roles: Vec<&str> = network_roles.iter().map(String::as_str).collect();
    let credential = profile.model().credentials.get(name).ok_or_else(absent)?;
    let newest = read
        .state
        .records
        .iter()
        .rev()
        .find(|r| r.in_force && r.record_type == credential.from)
        .and_then(|s| {
            read.case_records
                .iter()
                .find(|r| r.id == s.id && r.view.is_none())
        })
        .ok_or_else(absent)?;
    if engine::may_have(credential, &read.state, newest, party, &roles) {
        made
    } else {
        Err(absent())
    }
}

fn made(
    core: &Core,
    party: &str,
    profile: &Profile,
    read: &CaseRead,
    name: &str,
) -> Result<Made, CredentialError> {
    let network = core.network();
    let linked = linked(core, party, profile, read, name)
        .map_err(|_| CredentialError::NotNow(name.to_owned()))?;
    let view = CaseView {
        state: &read.state,
        records: &read.case_records,
        directory: &network.directory,
        as_of_ms: core.clock.now_ms(),
        linked: Some(&linked),
    };
    engine::make(profile, name, view)
}

/// What the links find that a credential asks for, as a party has it.
fn linked(
    core: &Core,
    party: &str,
    profile: &Profile,
    read: &CaseRead,
    name: &str,
) -> Result<Linked, Refusal> {
    let model = profile.model();
    let names = model
        .credentials
        .get(name)
        .map(engine::links)
        .unwrap_or_default();
    if names.is_empty() {
        return Ok(Linked::default());
    }
    // How long others were silent is not asked here: a link that wants them fresh stays unknown.
    let silent = Standings::default();
    let network = core.network();
    let case = [(read.state.as_ref(), read.case_records.as_slice())];
    let looks_for = links::looks_for(model, &names, None, case);
    Finder::new(core, &silent, &network, party).look_up(profile, &looks_for)
}

fn signed(
    core: &Core,
    party: &str,
    case: &CaseRef,
    name: &str,
    made_for_party: &Made,
) -> Result<Value, Refusal> {
    // Upholds (nothing by credential).
    if made_for_party.issuer != party {
        let issuer = &made_for_party.issuer;
        let read = read::case(core, issuer, case)?.ok_or_else(absent)?;
        let profile = core.governing(&case.kind).ok_or_else(absent)?;
        let own = made(core, issuer, &profile, &read, name).map_err(|_| absent())?;
        if own.document != made_for_party.document {
            return Err(absent());
        }
    }
    sign(core, made_for_party)
}

fn sign(core: &Core, made: &Made) -> Result<Value, Refusal> {
    let key = core.hosted.get(&made.issuer).ok_or_else(absent)?.current();
    // A key that is revoked signs nothing any more, whatever time the proof would bear.
    core.network()
        .keys
        .key(&key.verification_method, Some(core.clock.now_ms()))
        .map_err(|e| {
            Refusal::one(
                RefusalKind::Conflict,
                Fault::whole(
                    e.code(),
                    format!("the office's key signs nothing any more: {e}"),
                    format!("la llave de la autoridad ya no firma nada: {e}"),
                ),
            )
        })?;
    Signer::new(Arc::clone(&core.canonicalizer))
        .sign(&made.document, &key, made.logged_ms)
        .map_err(|problem| {
            signer_away(&problem).unwrap_or_else(|| {
                Refusal::one(RefusalKind::Conflict, crate::verify::fault(&problem))
            })
        })
}

/// Roles of a party at an instant, by the trust list.
fn roles(core: &Core, party: &str, at_ms: i64) -> Vec<String> {
    let network = core.network();
    let Some(entry) = network.directory.parties.get(party) else {
        return Vec::new();
    };
    entry
        .roles
        .iter()
        .filter(|r| r.from_ms <= at_ms && r.until_ms.is_none_or(|u| at_ms < u))
        .map(|r| r.role.clone())
        .collect()
}

fn absent() -> Refusal {
    Refusal::one(
        RefusalKind::NotFound,
        Fault::whole(
            "not-found",
            "there is nothing here that you may see",
            "no hay aquí nada que usted pueda ver",
        ),
    )
}
