//! Who gets what of a record type: audiences widened and narrowed.

use std::collections::{BTreeMap, BTreeSet};

use super::element::listed;
use super::{Change, Side, Sight};
use crate::model::RecordType;

/// What one recipient gets.
#[derive(PartialEq, Clone)]
enum Gets {
    Whole,
    View(BTreeSet<String>),
}

/// Tells, for each record type of both versions, whom it goes to and what of it.
pub(super) fn compare(old: &Side, new: &Side, out: &mut Vec<Change>) {
    for (name, ty) in &new.model().records {
        let place = format!("records.{name}");
        let Some(was) = old.model().records.get(name) else {
            continue;
        };
        if !new.owns(&place) || !old.owns(&place) {
            continue;
        }
        if ty.audience.is_empty() && was.audience.is_empty() {
            // Both go by default to signatories and seats: who these are is told once, where they changed.
            continue;
        }
        let (before, after) = (gets(old, was), gets(new, ty));
        let all: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for to in all {
            one(name, to, before.get(to), after.get(to), out);
        }
        names(name, was, ty, out);
    }
}

fn one(name: &str, to: &str, old: Option<&Gets>, new: Option<&Gets>, out: &mut Vec<Change>) {
    let mut tell = |what: &str, sees: Sight, en: String, es: String| {
        out.push(Change {
            code: format!("audience-{what}"),
            at: format!("records.{name}"),
            core: true,
            sees: Some(sees),
            en: format!("Record type `{name}`: {en}."),
            es: format!("Tipo de registro `{name}`: {es}."),
        });
    };
    match (old, new) {
        (None, Some(Gets::Whole)) => tell(
            "added",
            Sight::Wider,
            format!("`{to}` now gets it, the whole record"),
            format!("`{to}` ahora lo recibe, el registro entero"),
        ),
        (None, Some(Gets::View(view))) => tell(
            "added",
            Sight::Wider,
            format!("`{to}` now gets it, of it only {}", listed(view)),
            format!("`{to}` ahora lo recibe, de él solo {}", listed(view)),
        ),
        (Some(_), None) => tell(
            "removed",
            Sight::Narrower,
            format!("`{to}` no longer gets it"),
            format!("`{to}` ya no lo recibe"),
        ),
        (Some(Gets::View(_)), Some(Gets::Whole)) => tell(
            "whole",
            Sight::Wider,
            format!("`{to}` now gets the whole record, no longer a view"),
            format!("`{to}` ahora recibe el registro entero, ya no una vista"),
        ),
        (Some(Gets::Whole), Some(Gets::View(view))) => tell(
            "view",
            Sight::Narrower,
            format!(
                "`{to}` now gets of it only {}, no longer the whole record",
                listed(view)
            ),
            format!(
                "`{to}` ahora recibe de él solo {}, ya no el registro entero",
                listed(view)
            ),
        ),
        (Some(Gets::View(a)), Some(Gets::View(b))) => {
            let (more, less) = (listed(b.difference(a)), listed(a.difference(b)));
            if !more.is_empty() {
                tell(
                    "view-widened",
                    Sight::Wider,
                    format!("`{to}` now sees also {more}"),
                    format!("`{to}` ahora ve también {more}"),
                );
            }
            if !less.is_empty() {
                tell(
                    "view-narrowed",
                    Sight::Narrower,
                    format!("`{to}` no longer sees {less}"),
                    format!("`{to}` ya no ve {less}"),
                );
            }
        }
        (Some(Gets::Whole), Some(Gets::Whole)) | (None, None) => {}
    }
}

/// What each recipient gets by all lines that name it.
fn gets(side: &Side, ty: &RecordType) -> BTreeMap<String, Gets> {
    let mut out: BTreeMap<String, Gets> = BTreeMap::new();
    if ty.audience.is_empty() {
        let model = side.model();
        for to in model
            .charter
            .signatories
            .iter()
            .map(String::as_str)
            .chain(["seats"])
        {
            out.insert(to.to_owned(), Gets::Whole);
        }
    }
    for line in &ty.audience {
        for to in &line.to {
            let now = if line.view.is_empty() {
                Gets::Whole
            } else {
                Gets::View(line.view.iter().map(ToString::to_string).collect())
            };
            let both = match (out.remove(to), now) {
                (None, now) => now,
                (Some(Gets::View(mut a)), Gets::View(b)) => {
                    a.extend(b);
                    Gets::View(a)
                }
                (Some(_), _) => Gets::Whole,
            };
            out.insert(to.clone(), both);
        }
    }
    out
}

/// Views called otherwise: the same to whoever reads, another leaf in the log.
fn names(name: &str, old: &RecordType, new: &RecordType, out: &mut Vec<Change>) {
    let called = |ty: &RecordType| -> BTreeSet<String> {
        let views = ty.audience.iter().filter(|l| !l.view.is_empty());
        views.map(|l| l.view_name.clone()).collect()
    };
    let (before, after) = (called(old), called(new));
    let (gone, come) = (
        listed(before.difference(&after)),
        listed(after.difference(&before)),
    );
    if !gone.is_empty() && !come.is_empty() {
        out.push(Change {
            code: "view-renamed".to_owned(),
            at: format!("records.{name}"),
            core: true,
            sees: None,
            en: format!("Record type `{name}`: views {gone} are now called {come}."),
            es: format!("Tipo de registro `{name}`: las vistas {gone} se llaman ahora {come}."),
        });
    }
}
