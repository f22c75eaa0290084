//! Whose a word is, among profiles that stand on each other: a kind's life cycle belongs to the profile that defines the kind.

use std::collections::BTreeSet;

use crate::load_model::named_types;

use super::Checker;

impl Checker<'_> {
    pub(super) fn ownership(&mut self) {
        let model = self.model;
        for rule in &model.rules {
            let place = format!("rules.{}", rule.code);
            for on in &rule.on {
                let other = model.type_of.get(on);
                if let Some(other) = other.filter(|p| model.profile_of(&place) != Some(p.as_str()))
                {
                    self.error(
                        &place,
                        "not-your-own",
                        format!("{on} is of {other}, which alone says what must be true of it"),
                        "judge a record type of your own, or let an automation answer to it",
                    );
                }
            }
        }
        for (kind, life) in &model.life_cycle {
            let Some(own) = model.kind_of.get(kind) else {
                continue;
            };
            for ty in named_types(life) {
                let Some(other) = model.type_of.get(&ty).filter(|p| *p != own) else {
                    continue;
                };
                if !model.accepts(own, &ty) {
                    self.error(
                        &format!("life-cycle.{kind}"),
                        "not-accepted",
                        format!("{ty} is of {other}, and {own} does not accept it"),
                        format!("write `accepts: {{ {other}: [{ty}] }}` at the top of {own}"),
                    );
                }
            }
        }
        let installed: BTreeSet<&str> = model.members.iter().map(|m| m.id.as_str()).collect();
        for member in &model.members {
            for (other, types) in &member.accepts {
                for ty in types {
                    if installed.contains(other.as_str()) && model.type_of.get(ty) != Some(other) {
                        self.error(
                            &format!("accepts.{other}"),
                            "accepts-unknown-type",
                            format!("{other} has no record type `{ty}`"),
                            "take it out, or mend its name",
                        );
                    }
                }
            }
        }
    }

    /// Whether the profile in whose folder `place` stands accepts a type that is not installed.
    pub(super) fn accepted(&self, place: &str, record_type: &str) -> bool {
        let mut key = place;
        loop {
            if let Some(profile) = self.model.profile_of(key) {
                return self.model.accepts(profile, record_type);
            }
            match key.rsplit_once('.') {
                Some((up, _)) => key = up,
                None => return false,
            }
        }
    }
}
