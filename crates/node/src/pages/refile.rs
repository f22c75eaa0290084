//! Filing another like the last: a form filled in from a record that the party made before, without what must be new each time.
//!
//! What must be new, a schema says of its members with `x-fresh: true`: keys, dates, seals, numbers of documents. Nothing else is known
//! here of any program.

use garita_exchange::problem::Refusal;
use garita_store::{HeldRecord, Order, RecordQuery};
use serde_json::Value;

use super::ask::{Ask, held};
use crate::api::records::{digest_of, id_of};

/// How deep marks are looked for in a schema: as deep as forms go.
const DEPTH_MAX: usize = 8;
/// Own records that are looked through for answers given before: some weeks of a dispatcher's.
const RECENT: usize = 60;
/// Answers offered: a thumb's reach on a phone.
pub(super) const OFFERED_MAX: usize = 8;

/// What a form is filled in from.
pub(super) struct Source {
    /// Its digest, for its page.
    pub(super) digest: String,
    /// When it was logged, ms since 1970.
    pub(super) logged_ms: i64,
    /// Its subject without what must be new.
    pub(super) subject: Value,
}

/// The record of a digest, of this type and the party's own; none where it is no such record.
pub(super) fn of(
    ask: &Ask,
    record_type: &str,
    schema: &Value,
    digest: &str,
) -> Result<Option<Source>, Refusal> {
    let found = held(ask.app.core().reader.record(ask.party(), &id_of(digest)))?;
    Ok(found
        .filter(|h| h.record.record_type == record_type && h.record.issuer == ask.party())
        .and_then(|h| source(schema, &h)))
}

/// The last record of a type that the party made.
pub(super) fn last(ask: &Ask, record_type: &str) -> Result<Option<HeldRecord>, Refusal> {
    Ok(recent(ask, record_type, 1)?.into_iter().next())
}

/// The party's own records of a type, the newest first.
fn recent(ask: &Ask, record_type: &str, limit: usize) -> Result<Vec<HeldRecord>, Refusal> {
    let query = RecordQuery {
        record_type: Some(record_type.to_owned()),
        issuer: Some(ask.party().to_owned()),
        order: Order::NewestFirst,
        limit,
        ..RecordQuery::default()
    };
    Ok(held(ask.app.core().reader.records(ask.party(), &query))?.items)
}

/// The party's own documents of some types, the newest first: (type, document).
pub(super) fn documents(ask: &Ask, types: &[String]) -> Result<Vec<(String, Value)>, Refusal> {
    let mut found: Vec<(u64, String, Value)> = Vec::new();
    for record_type in types {
        for held in recent(ask, record_type, RECENT)? {
            if held.erased_ms.is_none()
                && let Ok(document) = serde_json::from_slice(&held.record.document)
            {
                found.push((held.number, record_type.clone(), document));
            }
        }
    }
    found.sort_by_key(|(number, _, _)| std::cmp::Reverse(*number));
    Ok(found.into_iter().map(|(_, ty, d)| (ty, d)).collect())
}

/// A source out of a held record.
pub(super) fn source(schema: &Value, held: &HeldRecord) -> Option<Source> {
    let document: Value = serde_json::from_slice(&held.record.document).ok()?;
    let mut subject = document.get("credentialSubject")?.clone();
    freshen(schema, schema, &mut subject, 0);
    Some(Source {
        digest: digest_of(&held.record.id).to_owned(),
        logged_ms: held.record.logged_ms,
        subject,
    })
}

/// Takes out what must be new; rows and groups that this leaves empty go with it.
fn freshen(root: &Value, schema: &Value, value: &mut Value, depth: usize) {
    if depth > DEPTH_MAX {
        return;
    }
    let schema = resolve(root, schema);
    match value {
        Value::Object(members) => {
            let properties = schema.get("properties");
            members.retain(|name, member| {
                let Some(said) = properties.and_then(|p| p.get(name)) else {
                    return false;
                };
                let fresh = |s: &Value| s.get("x-fresh") == Some(&Value::Bool(true));
                if fresh(said) || fresh(resolve(root, said)) {
                    return false;
                }
                freshen(root, said, member, depth + 1);
                !is_empty(member)
            });
        }
        Value::Array(rows) => {
            if let Some(items) = schema.get("items") {
                for row in rows.iter_mut() {
                    freshen(root, items, row, depth + 1);
                }
            }
            rows.retain(|row| !is_empty(row));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.is_empty(),
        Value::Array(rows) => rows.is_empty(),
        Value::Null => true,
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn resolve<'v>(root: &'v Value, schema: &'v Value) -> &'v Value {
    schema
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|r| root.pointer(r.strip_prefix('#')?))
        .unwrap_or(schema)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_must_be_new_is_left_out_wherever_it_stands() {
        let schema = json!({
            "properties": {
                "trip": {"type": "string", "x-fresh": true},
                "plate": {"type": "string"},
                "window": {"properties": {"from": {"x-fresh": true}}},
                "goods": {"items": {"$ref": "#/$defs/line"}},
                "seals": {"x-fresh": true, "items": {"type": "string"}}
            },
            "$defs": {"line": {"properties": {"scn": {"x-fresh": true}, "text": {}}}}
        });
        let mut subject = json!({
            "trip": "T1", "plate": "47AK2F", "window": {"from": "2026"}, "seals": ["1"],
            "goods": [{"scn": "A", "text": "harness"}, {"scn": "B"}], "unknown": 1
        });
        freshen(&schema, &schema, &mut subject, 0);
        assert_eq!(
            subject,
            json!({"plate": "47AK2F", "goods": [{"text": "harness"}]})
        );
    }
}
