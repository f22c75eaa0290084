//! Retention: how long this node keeps what, by its operator's rules. Without a rule a record is kept for ever.
//!
//! A record's time begins anew with each record about one of its cases, so that no case loses its beginning while it goes on. Legal holds
//! keep it longer, and so does a peer that it has not reached yet.

use std::sync::Arc;

use garita_profile::builtin::{BUILT_IN, ERASED};
use garita_store::Kept;
use serde::{Deserialize, Serialize};

use crate::core::Core;
use crate::erase::{self, Order};
use crate::problem::Refusal;
use crate::sequence::store_refusal;
use crate::submit::blocking;

const DAY_MS: i64 = 24 * 3_600_000;
/// Records read at once.
const PAGE: usize = 500;
/// Records told one by one; the rest are counted.
const TOLD_MAX: usize = 1_000;

/// What is kept how long. Where several rules are of a record, the longest counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RetentionRule {
    /// Of this record type; of any where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record_type: Option<String>,
    /// About a case of this kind; of any where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Days after the last record about any of its cases.
    pub days: u32,
}

/// A record whose time is over, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Over {
    /// Its id.
    pub id: String,
    /// Its type.
    pub record_type: String,
    /// The days that it was kept.
    pub days: u32,
    /// Code of what kept it all the same; none where it was erased, or would be.
    pub kept: Option<String>,
}

/// What a run did, or would do.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// Records whose time is over, at most a thousand of them.
    pub items: Vec<Over>,
    /// How many were erased, or would be.
    pub erased: u64,
    /// How many are kept though their time is over.
    pub kept: u64,
}

impl Account {
    fn add(&mut self, over: Over) {
        if over.kept.is_some() {
            self.kept += 1;
        } else {
            self.erased += 1;
        }
        if self.items.len() < TOLD_MAX {
            self.items.push(over);
        }
    }
}

/// Erases what is over by the rules, or only says what would be.
///
/// # Errors
/// When the store is away or the node too busy; what was erased before that stays erased.
pub async fn run(
    core: &Arc<Core>,
    rules: &[RetentionRule],
    dry_run: bool,
) -> Result<Account, Refusal> {
    let mut account = Account::default();
    let Some(shortest) = rules.iter().map(|rule| rule.days).min() else {
        return Ok(account);
    };
    let now_ms = core.clock.now_ms();
    let before_ms = now_ms.saturating_sub(i64::from(shortest).saturating_mul(DAY_MS));
    let mut after = 0;
    loop {
        let reader = core.reader.clone();
        let page = blocking(move || {
            reader
                .node_kept(after, before_ms, ERASED, PAGE)
                .map_err(|e| store_refusal(&e))
        })
        .await?;
        let Some(last) = page.last() else {
            return Ok(account);
        };
        after = last.number;
        let mut over: Vec<(Kept, u32)> = page
            .into_iter()
            .filter_map(|kept| Some((days_over(rules, &kept, now_ms)?, kept)))
            .map(|(days, kept)| (kept, days))
            .collect();
        // Those of one period go together: their notices say the same.
        over.sort_by_key(|(kept, days)| (*days, kept.number));
        for some in over.chunk_by(|a, b| a.1 == b.1) {
            for orderly in some.chunks(erase::RECORDS_MAX) {
                orders(core, orderly, dry_run, &mut account).await?;
            }
        }
    }
}

/// The days after which a record is over by now; none where it is not, or no rule is of it.
fn days_over(rules: &[RetentionRule], kept: &Kept, now_ms: i64) -> Option<u32> {
    if BUILT_IN.contains(&kept.record_type.as_str()) {
        return None;
    }
    let of = |rule: &&RetentionRule| {
        rule.record_type
            .as_ref()
            .is_none_or(|wanted| *wanted == kept.record_type)
            && rule
                .kind
                .as_ref()
                .is_none_or(|wanted| kept.cases.iter().any(|(kind, _, _)| kind == wanted))
    };
    let days = rules.iter().filter(of).map(|rule| rule.days).max()?;
    let newest = kept.cases.iter().map(|(_, _, newest)| *newest).max();
    let since = newest.unwrap_or(kept.logged_ms).max(kept.logged_ms);
    (since.saturating_add(i64::from(days).saturating_mul(DAY_MS)) <= now_ms).then_some(days)
}

/// Erases some records of one period: together, or, where one of them may not go, each by itself.
async fn orders(
    core: &Core,
    some: &[(Kept, u32)],
    dry_run: bool,
    account: &mut Account,
) -> Result<(), Refusal> {
    let Some((_, days)) = some.first() else {
        return Ok(());
    };
    let order = |records: Vec<String>| Order {
        records,
        reason: format!(
            "kept {days} days, as this node's rules say / conservado {days} días, según las reglas de este nodo"
        ),
        by: "retention".to_owned(),
        dry_run,
    };
    let told = |kept: &Kept, by: Option<String>| Over {
        id: kept.id.clone(),
        record_type: kept.record_type.clone(),
        days: *days,
        kept: by,
    };
    let all = some.iter().map(|(kept, _)| kept.id.clone()).collect();
    match erase::erase(core, order(all)).await {
        Ok(_) => {
            for (kept, _) in some {
                account.add(told(kept, None));
            }
            return Ok(());
        }
        Err(refusal) if !is_of_records(&refusal) => return Err(refusal),
        Err(_) => {}
    }
    for (kept, _) in some {
        match erase::erase(core, order(vec![kept.id.clone()])).await {
            Ok(_) => account.add(told(kept, None)),
            Err(refusal) if !is_of_records(&refusal) => return Err(refusal),
            Err(refusal) => account.add(told(kept, Some(refusal.code().to_owned()))),
        }
    }
    Ok(())
}

/// Whether a refusal speaks of the records, not of the node.
fn is_of_records(refusal: &Refusal) -> bool {
    refusal.kind == crate::problem::RefusalKind::Conflict
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(record_type: Option<&str>, kind: Option<&str>, days: u32) -> RetentionRule {
        RetentionRule {
            record_type: record_type.map(str::to_owned),
            kind: kind.map(str::to_owned),
            days,
        }
    }

    fn kept(record_type: &str, logged_days: i64, cases: &[(&str, i64)]) -> Kept {
        Kept {
            number: 1,
            id: "ni:///sha-256;x".to_owned(),
            record_type: record_type.to_owned(),
            logged_ms: logged_days * DAY_MS,
            cases: cases
                .iter()
                .map(|(kind, newest)| ((*kind).to_owned(), "k".to_owned(), newest * DAY_MS))
                .collect(),
        }
    }

    #[test]
    fn the_longest_rule_counts_and_a_case_that_goes_on_keeps_its_beginning() {
        let rules = [
            rule(None, None, 30),
            rule(Some("Photo"), None, 10),
            rule(None, Some("inquiry"), 3_650),
        ];
        let now = |days: i64| days * DAY_MS;
        for (what, at_days, over) in [
            (kept("Photo", 0, &[("journey", 0)]), 29, None),
            (kept("Photo", 0, &[("journey", 0)]), 30, Some(30)),
            (kept("Photo", 0, &[("journey", 25)]), 54, None),
            (kept("Photo", 0, &[("journey", 25)]), 55, Some(30)),
            (
                kept("Photo", 0, &[("journey", 0), ("inquiry", 0)]),
                3_649,
                None,
            ),
            (kept("Photo", 0, &[]), 30, Some(30)),
            (kept("Mandate", 0, &[]), 30_000, None),
        ] {
            assert_eq!(days_over(&rules, &what, now(at_days)), over, "{what:?}");
        }
        let photos = [rule(Some("Photo"), None, 10)];
        assert_eq!(days_over(&photos, &kept("Seal", 0, &[]), now(100)), None);
    }
}
