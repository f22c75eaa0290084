//! When a program changes, so do the rows of its tables: they are computed anew for every case, a few at a time, while the node works.
//!
//! What a table's rows were computed by is kept beside them. It is written last: where the node stops before, the next start begins
//! again, and rows that are as they should be are passed over by the store.

use std::collections::BTreeMap;
use std::sync::Arc;

use garita_profile::case::CaseRef;
use garita_store::{CaseQuery, PAGE_MAX};

use crate::core::Core;
use crate::problem::Refusal;
use crate::program::Programs;
use crate::sequence::store_refusal;

/// Cases in one transaction: some tens of milliseconds in which nobody else is written.
const CASES: usize = 64;
/// Under this name the store has, as JSON, by which programs each table's rows were computed.
const MADE_BY: &str = "tables";
/// Raised when this engine computes rows in another way than before.
const ENGINE: u32 = 1;

/// Brings the tables to the programs in force; how many cases were computed anew.
///
/// # Errors
/// When the store is away. The next call begins again.
pub(crate) async fn run(core: &Core) -> Result<u64, Refusal> {
    let now = made_by(&core.programs);
    let held: BTreeMap<String, String> = core
        .reader
        .meta(MADE_BY)
        .map_err(|e| store_refusal(&e))?
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default();
    if held == now {
        return Ok(0);
    }
    let mut kinds: Vec<String> = core
        .programs
        .iter()
        .flat_map(|profile| &profile.model().tables)
        .filter(|(name, _)| held.get(*name) != now.get(*name))
        .map(|(_, table)| table.row_per.clone())
        .collect();
    kinds.sort();
    kinds.dedup();
    let mut cases = 0;
    for party in core.hosted.keys() {
        let party: Arc<str> = Arc::from(party.as_str());
        for kind in &kinds {
            cases += of_kind(core, &party, kind).await?;
        }
    }
    let bytes = serde_json::to_vec(&now).unwrap_or_default();
    core.sequencer
        .change(move |commit| commit.meta.push((MADE_BY.to_owned(), Some(bytes))))
        .await?;
    if cases > 0 {
        tracing::info!(cases, "tables computed anew: their programs changed");
    }
    Ok(cases)
}

async fn of_kind(core: &Core, party: &Arc<str>, kind: &str) -> Result<u64, Refusal> {
    let mut cases = 0;
    let mut query = CaseQuery {
        limit: PAGE_MAX,
        ..CaseQuery::default()
    };
    loop {
        // A case that changes meanwhile goes to the front of this list; its change has written its rows.
        let page = core
            .reader
            .cases(party, kind, &query)
            .map_err(|e| store_refusal(&e))?;
        for some in page.items.chunks(CASES) {
            let some: Vec<CaseRef> = some
                .iter()
                .map(|view| CaseRef {
                    kind: view.kind.clone(),
                    key: view.key.clone(),
                })
                .collect();
            cases += some.len() as u64;
            core.sequencer.retable(Arc::clone(party), some).await?;
        }
        query.cursor = page.next;
        if query.cursor.is_none() {
            return Ok(cases);
        }
    }
}

/// By what each table's rows are computed: the cores of the program that declares it and of the one that defines its kind.
fn made_by(programs: &Programs) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    for profile in programs.iter() {
        let model = profile.model();
        for (name, table) in &model.tables {
            let declared = model
                .profile_of(&format!("tables.{name}"))
                .and_then(|id| profile.program(id));
            let cores: Vec<&str> = [declared, profile.program_of_kind(&table.row_per)]
                .into_iter()
                .flatten()
                .map(|program| program.core_digest.as_str())
                .collect();
            out.insert(name.clone(), format!("{ENGINE} {}", cores.join(" ")));
        }
    }
    out
}
