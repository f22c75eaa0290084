//! What a party may see: cases folded at an instant, records, who has them. Every read goes through the party.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use garita_profile::Profile;
use garita_profile::builtin::MANDATE;
use garita_profile::case::{CaseRecord, CaseRef, CaseState};
use garita_profile::fold::{self, PART_DEPTH_MAX};
use garita_profile::knowledge::Knowledge;
use garita_profile::model::Rule;
use garita_store::{Act, HeldRecord, Holder, LogEntry, PAGE_MAX, Reader, RecordQuery, StoreError};
use serde_json::Value;

use crate::core::Core;
use crate::envelope::Envelope;
use crate::problem::Refusal;
use crate::sequence::{Sequenced, store_refusal};
use crate::stamp::{Leaf, LeafAct, Stamp};

/// What rules take what is left of an erased record for.
const ERASED_VIEW: &str = "erased";

/// Some cases as a party sees them.
#[derive(Debug, Default)]
pub struct Reads {
    /// States by case.
    pub states: BTreeMap<CaseRef, CaseState>,
    /// Their records.
    pub records: BTreeMap<CaseRef, Arc<Vec<CaseRecord>>>,
}

/// One case as a party sees it.
#[derive(Debug)]
pub struct CaseRead {
    /// Its state at the asked instant.
    pub state: Arc<CaseState>,
    /// Its records.
    pub records: Vec<HeldRecord>,
    /// The same as the engine takes them.
    pub case_records: Vec<CaseRecord>,
    /// States of its parts.
    pub parts: BTreeMap<CaseRef, Arc<CaseState>>,
}

/// Whether a rule asks by whose mandate a record was made.
pub(crate) fn asks_for_mandates(rule: &Rule) -> bool {
    let mut expressions = rule.when.iter().chain([&rule.must]);
    expressions.any(|e| e.text().contains("mandated("))
}

/// Mandates that a party gave and was given, those taken back and their withdrawals too.
///
/// # Errors
/// When the store does not answer.
pub fn mandates(reader: &Reader, party: &str) -> Result<Vec<CaseRecord>, StoreError> {
    let query = RecordQuery {
        record_type: Some(MANDATE.to_owned()),
        limit: PAGE_MAX,
        ..RecordQuery::default()
    };
    let page = reader.records(party, &query)?;
    Ok(page.items.iter().filter_map(case_record_of).collect())
}

/// A held record as the engine takes it; none where its bytes cannot be read.
pub fn case_record_of(held: &HeldRecord) -> Option<CaseRecord> {
    let document: Value = serde_json::from_slice(&held.record.document).ok()?;
    let envelope = if held.erased_ms.is_some() {
        Envelope::read_residue(&document, &held.record.view).ok()?
    } else {
        Envelope::read_as(&document, &held.record.view).ok()?
    };
    Some(envelope.case_record(
        Arc::new(document),
        held.record.logged_ms,
        held.record.disputed.clone(),
    ))
}

/// The records with those that were erased as views: what is absent of one is unknown to a rule, not missing. None where none was erased.
fn erased_as_views(held: &[HeldRecord], records: &[CaseRecord]) -> Option<Vec<CaseRecord>> {
    let erased: BTreeSet<&str> = held
        .iter()
        .filter(|held| held.erased_ms.is_some())
        .map(|held| held.record.id.as_str())
        .collect();
    (!erased.is_empty()).then(|| {
        let mut records = records.to_vec();
        for record in &mut records {
            if erased.contains(record.id.as_str()) {
                record.view.get_or_insert_with(|| ERASED_VIEW.to_owned());
            }
        }
        records
    })
}

/// The core that a case follows: that of the record logged first, of those in hand that are made under the program which defines its kind.
/// Other programs speak of the case too.
pub fn core_followed(kind: &str, profile: &Profile, records: &[CaseRecord]) -> Option<String> {
    let program = profile.program_of_kind(kind)?;
    let own = |record: &&CaseRecord| {
        let of = profile.program_for(&record.record_type, [kind]);
        of.is_some_and(|p| p.id == program.id)
    };
    let first = records
        .iter()
        .filter(own)
        .min_by_key(|r| (r.logged_ms, &r.id))?;
    Some(first.document.get("profile")?.as_str()?.to_owned())
}

/// A case with its records, folded as of now; none where the party has nothing of it.
///
/// # Errors
/// When the store is away.
pub fn case(core: &Core, party: &str, case: &CaseRef) -> Result<Option<CaseRead>, Refusal> {
    let held = core
        .reader
        .case_records(party, &case.kind, &case.key)
        .map_err(|e| store_refusal(&e))?;
    if held.is_empty() {
        return Ok(None);
    }
    let case_records: Vec<CaseRecord> = held.iter().filter_map(case_record_of).collect();
    let mut parts = BTreeMap::new();
    let now_ms = core.clock.now_ms();
    let Some(state) = folded(core, party, case, &case_records, &mut parts, 0, now_ms)? else {
        return Ok(None);
    };
    let mut state = CaseState::clone(&state);
    // Rules over the case as it stands are told where somebody looks; the fold on the sequencer's thread leaves them out.
    if let Some(profile) = core.governing(&case.kind) {
        let own = profile
            .model()
            .rules
            .iter()
            .any(asks_for_mandates)
            .then(|| mandates(&core.reader, party))
            .transpose()
            .map_err(|e| store_refusal(&e))?;
        let judged = erased_as_views(&held, &case_records);
        state.findings = garita_profile::rules::findings(
            &profile,
            &state,
            judged.as_deref().unwrap_or(&case_records),
            &core.network().directory,
            &crate::FieldChecks,
            own.as_ref().map(|mandates| (party, mandates.as_slice())),
        );
    }
    Ok(Some(CaseRead {
        state: Arc::new(state),
        records: held,
        case_records,
        parts,
    }))
}

/// States and records of some cases.
///
/// # Errors
/// When the store is away.
pub fn cases_for(core: &Core, party: &str, cases: &[CaseRef]) -> Result<Reads, Refusal> {
    let mut reads = Reads::default();
    for case_ref in cases {
        if let Some(read) = case(core, party, case_ref)? {
            reads
                .states
                .insert(case_ref.clone(), CaseState::clone(&read.state));
            reads
                .records
                .insert(case_ref.clone(), Arc::new(read.case_records));
        }
    }
    Ok(reads)
}

/// Heads of some cases as a party has them: what a decisive act names as seen. What is secret to an office is none of them: the act goes to
/// others, who would learn from an id that they do not hold that there is something.
///
/// # Errors
/// When the store is away.
pub fn heads(core: &Core, party: &str, cases: &[CaseRef]) -> Result<Vec<String>, Refusal> {
    let mut records: Vec<CaseRecord> = Vec::new();
    for case in cases {
        let held = core
            .reader
            .case_records(party, &case.kind, &case.key)
            .map_err(|e| store_refusal(&e))?;
        let open = |record: &CaseRecord| !core.programs.is_kept_back(&record.record_type);
        for record in held.iter().filter_map(case_record_of).filter(open) {
            if !records.iter().any(|r| r.id == record.id) {
                records.push(record);
            }
        }
    }
    let mut ids = garita_profile::order::heads(&records);
    ids.truncate(crate::envelope::SAW_MAX);
    Ok(ids)
}

/// Who else has a record, by the peers' own receipts; nothing where the party itself may not read it.
///
/// # Errors
/// When the store is away.
pub fn holders(core: &Core, party: &str, id: &str) -> Result<Vec<Holder>, Refusal> {
    if core
        .reader
        .record(party, id)
        .map_err(|e| store_refusal(&e))?
        .is_none()
    {
        return Ok(Vec::new());
    }
    core.reader.node_holders(id).map_err(|e| store_refusal(&e))
}

/// The first answer of a held record, for its receipt; none where the party has no such record.
///
/// # Errors
/// When the store is away.
pub fn sequenced(core: &Core, party: &str, id: &str) -> Result<Option<Sequenced>, Refusal> {
    let held = core
        .reader
        .record(party, id)
        .map_err(|e| store_refusal(&e))?;
    let Some(held) = held else {
        return Ok(None);
    };
    let entry = core
        .reader
        .log_entry(held.record.local_index)
        .map_err(|e| store_refusal(&e))?;
    let (Some(entry), Ok(stamp)) = (entry, serde_json::from_slice::<Stamp>(&held.record.stamp))
    else {
        return Ok(None);
    };
    Ok(Some(Sequenced {
        salt: entry.salt.unwrap_or_default(),
        index: entry.index.get(),
        leaf: leaf_of(entry),
        stamp,
        checkpoint: String::new(),
        size: 0,
        repeated: true,
    }))
}

/// What the leaf of a log's entry commits to.
pub(crate) fn leaf_of(entry: LogEntry) -> Leaf {
    Leaf {
        id: entry.id,
        view: entry.view,
        act: match entry.act {
            Act::Issued => LeafAct::Issued,
            Act::Received => LeafAct::Received,
            Act::Read => LeafAct::Read,
        },
        party: entry.party,
        logged: entry.logged_ms,
        audience: entry.audience,
    }
}

/// Folds records of a case as of an instant, with its parts as they are here; none where no program governs it.
pub(crate) fn folded(
    core: &Core,
    party: &str,
    case: &CaseRef,
    records: &[CaseRecord],
    parts: &mut BTreeMap<CaseRef, Arc<CaseState>>,
    depth: usize,
    as_of_ms: i64,
) -> Result<Option<Arc<CaseState>>, Refusal> {
    let network = core.network();
    let now_ms = as_of_ms;
    let Some(profile) = core.programs.governing(&case.kind, &network, now_ms) else {
        return Ok(None);
    };
    let knowledge = Knowledge::of(&network.directory, party, now_ms);
    let mine = RefCell::new(BTreeMap::new());
    let failed: RefCell<Option<Refusal>> = RefCell::new(None);
    let deeper = RefCell::new(&mut *parts);
    let part = |part: &CaseRef| {
        if depth >= PART_DEPTH_MAX {
            return None;
        }
        let state = part_state(
            core,
            party,
            part,
            &mut deeper.borrow_mut(),
            depth + 1,
            now_ms,
        )
        .unwrap_or_else(|refusal| {
            failed.borrow_mut().get_or_insert(refusal);
            None
        })?;
        mine.borrow_mut().insert(part.clone(), Arc::clone(&state));
        Some(state)
    };
    let state = fold::fold(
        profile.model(),
        case,
        records,
        &network.directory,
        &part,
        &knowledge,
        now_ms,
    );
    if let Some(refusal) = failed.into_inner() {
        return Err(refusal);
    }
    let mine = mine.into_inner();
    parts.extend(mine);
    Ok(Some(Arc::new(state)))
}

fn part_state(
    core: &Core,
    party: &str,
    part: &CaseRef,
    parts: &mut BTreeMap<CaseRef, Arc<CaseState>>,
    depth: usize,
    as_of_ms: i64,
) -> Result<Option<Arc<CaseState>>, Refusal> {
    let held = core
        .reader
        .case_records(party, &part.kind, &part.key)
        .map_err(|e| store_refusal(&e))?;
    if held.is_empty() {
        return Ok(None);
    }
    let records: Vec<CaseRecord> = held.iter().filter_map(case_record_of).collect();
    folded(core, party, part, &records, parts, depth, as_of_ms)
}
