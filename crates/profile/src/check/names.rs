//! Names that nothing bears: kinds, record types, posts, seats, codes, states, members of schemas.

use std::collections::BTreeSet;

use crate::finding::nearest;
use crate::model::{Column, Pass, TypedPath, Until};
use crate::pointer::Path;
use crate::schema;

use crate::load_model::about_of;

use super::life::track_states;
use super::{Checker, is_built_in};

impl Checker<'_> {
    pub(super) fn names(&mut self) {
        self.kinds();
        self.records();
        self.life_names();
        self.clock_names();
        self.others();
    }

    pub(super) fn kind(&mut self, place: &str, kind: &str) {
        if !kind.is_empty() && !self.model.kinds.contains_key(kind) {
            let help = nearest(kind, self.model.kinds.keys().map(String::as_str)).map_or_else(
                || "add it under `kinds`".to_owned(),
                |k| format!("did you mean `{k}`?"),
            );
            self.error(
                place,
                "unknown-kind",
                format!("there is no kind `{kind}`"),
                help,
            );
        }
    }

    pub(super) fn record_type(&mut self, place: &str, ty: &str) {
        if !ty.is_empty() && !self.model.records.contains_key(ty) {
            self.unknown_type(place, ty);
        }
    }

    pub(super) fn role(&mut self, place: &str, role: &str) {
        let model = self.model;
        if let Some(post) = role.strip_prefix("post.") {
            if !model.posts.contains_key(post) {
                self.error(
                    place,
                    "unknown-post",
                    format!("there is no post `{post}`"),
                    "add it under `posts`",
                );
            }
            return;
        }
        if let Some(seat) = role.strip_prefix("seat.") {
            if seat != crate::seats::OWNER_SEAT
                && !model.kinds.values().any(|k| k.seats.contains_key(seat))
            {
                self.error(
                    place,
                    "unknown-seat",
                    format!("no kind has a seat `{seat}`"),
                    "add it under the kind's `seats`",
                );
            }
            return;
        }
        // Roles are of the trust list; where the profile declares its own list, a word outside it and the lists of those it uses
        // is a slip. What a used profile says is not judged by the list of this one.
        let own = model.members.last();
        let known: Vec<&String> = model.members.iter().flat_map(|m| &m.roles).collect();
        if own.is_none_or(|m| m.roles.is_empty()) || model.profile_of(place) != Some(&model.id) {
            return;
        }
        if ![crate::builtin::ANY, "seats"].contains(&role) && !known.iter().any(|k| *k == role) {
            let help = nearest(role, known.iter().map(|k| k.as_str())).map_or_else(
                || "add it under `roles`".to_owned(),
                |k| format!("did you mean `{k}`?"),
            );
            self.error(
                place,
                "unknown-role",
                format!("`{role}` is not one of the profile's roles"),
                help,
            );
        }
    }

    pub(super) fn typed(&mut self, place: &str, typed: &TypedPath) {
        self.record_type(place, &typed.record_type);
        self.member(place, &typed.record_type, &typed.path);
    }

    /// A path into a type's subject must name a member of its schema.
    pub(super) fn member(&mut self, place: &str, record_type: &str, path: &Path) {
        let Some(root) = self.model.schemas.get(record_type) else {
            return;
        };
        let Some(inside) = path.under("credentialSubject") else {
            let envelope = [
                "issuer",
                "occurred",
                "id",
                "standing",
                "onBehalfOf",
                "about",
                "relatedResource",
            ];
            if let Some(Some(first)) = path.steps().next()
                && !envelope.contains(&first)
            {
                self.error(
                    place,
                    "unknown-member",
                    format!("`{path}` is no member of a record"),
                    "what a record says stands under /credentialSubject/",
                );
            }
            return;
        };
        if schema::member(root, inside.steps().map(|s| s.map(str::to_owned))).is_none() {
            let names: Vec<String> = root
                .get("properties")
                .and_then(|p| p.as_object())
                .into_iter()
                .flatten()
                .map(|(n, _)| n.clone())
                .collect();
            let help = path
                .last_name()
                .and_then(|l| nearest(l, names.iter().map(String::as_str)))
                .map_or_else(
                    || format!("its schema has: {}", names.join(", ")),
                    |k| format!("did you mean `{k}`?"),
                );
            self.error(
                place,
                "unknown-member",
                format!("{record_type} has no member `{path}`"),
                help,
            );
        }
    }

    /// Whether a member holds personal data, or stands inside something that does.
    pub(super) fn is_personal(&self, record_type: &str, path: &Path) -> bool {
        let found = self.model.schemas.get(record_type).and_then(|root| {
            let inside = path.under("credentialSubject")?;
            let mut steps = Vec::new();
            // Personal is also what stands inside something personal.
            for step in inside.steps().map(|s| s.map(str::to_owned)) {
                steps.push(step);
                let s = schema::member(root, steps.clone().into_iter())?;
                if s.get("x-personal") == Some(&serde_json::Value::Bool(true)) {
                    return Some(());
                }
            }
            None
        });
        found.is_some()
    }

    fn personal(&mut self, place: &str, record_type: &str, path: &Path, what: &str) {
        if self.is_personal(record_type, path) {
            self.error(
                place,
                "personal-in-key",
                format!("{what} of {record_type} reads `{path}`, which holds personal data"),
                "keys and search names stay when a record is erased; use a number that names no person",
            );
        }
    }

    fn kinds(&mut self) {
        let model = self.model;
        for (name, kind) in &model.kinds {
            let place = format!("kinds.{name}");
            for role in &kind.owner.roles {
                self.role(&place, role);
            }
            if !model.life_cycle.contains_key(name) {
                self.warn(
                    &place,
                    "no-life-cycle",
                    format!("kind {name} has no life cycle, so its cases have no state"),
                    "add it under `life-cycle`, or leave it as an index",
                );
            }
            if let Some(holds) = &kind.owner.holds {
                let named = kind.key.iter().any(|p| p.last_name() == Some(holds));
                if !named && kind.key.len() > 1 {
                    self.error(
                        &place,
                        "namespace-not-in-key",
                        format!("the key of {name} has no component `{holds}`, so it cannot be told who may open a case"),
                        format!("let a pointer of `key` end in `{holds}`, or make the key one number that starts with it"),
                    );
                }
            }
            for (part, p) in &kind.parts {
                let place = format!("kinds.{name}.parts.{part}");
                self.kind(&place, &p.kind);
                self.record_type(&place, &p.from);
                self.member(&place, &p.from, &p.at);
            }
            for (seat, paths) in &kind.seats {
                for t in paths {
                    self.typed(&format!("kinds.{name}.seats.{seat}"), t);
                }
            }
            for t in kind.title.iter().chain(&kind.reference).chain(&kind.client) {
                self.typed(&place, t);
            }
            if let Some(pass) = &kind.pass {
                self.pass(&format!("{place}.pass"), pass);
            }
        }
        for (name, post) in &model.posts {
            for t in &post.at {
                self.typed(&format!("posts.{name}"), t);
            }
            for r in &post.roles {
                self.role(&format!("posts.{name}"), r);
            }
        }
    }

    /// Whoever has the link sees a pass: nobody's name, card or licence may stand on it.
    fn pass(&mut self, place: &str, pass: &Pass) {
        for role in &pass.by {
            self.role(place, role);
        }
        let model = self.model;
        for expr in super::expressions::pass_expressions(pass) {
            let word = |c: char| !(c.is_alphanumeric() || c == '_' || c == '.');
            for chain in expr.text().split(word) {
                let mut steps = chain
                    .strip_prefix("records.")
                    .unwrap_or_default()
                    .split('.');
                let (Some(ty), Some("subject")) = (steps.next(), steps.next()) else {
                    continue;
                };
                let Some(root) = model.schemas.get(ty) else {
                    continue;
                };
                // A list's members stand behind it: `equipment.map(e, e.plate)` is written after the dot of a function.
                let path: String = steps.map(|s| format!("/{s}")).collect();
                let whole = path.is_empty() && any_personal(root);
                let inside = Path::parse(&format!("/credentialSubject{path}")).is_ok_and(|p| {
                    let steps = p.under("credentialSubject");
                    let steps: Vec<_> = steps
                        .iter()
                        .flat_map(Path::steps)
                        .map(|s| s.map(str::to_owned))
                        .collect();
                    let member = schema::member(root, steps.into_iter());
                    self.is_personal(ty, &p) || member.is_some_and(any_personal)
                });
                if whole || inside {
                    self.error(
                        place,
                        "personal-in-pass",
                        format!("the pass reads `{chain}`, which holds personal data"),
                        "whoever has the link sees it: name a member that is of no person",
                    );
                }
            }
        }
    }

    fn records(&mut self) {
        let model = self.model;
        for (name, r) in &model.records {
            let place = format!("records.{name}");
            if r.issued_by.is_empty() && !is_built_in(name) {
                self.error(
                    &place,
                    "nobody-issues",
                    format!("nobody may issue {name}"),
                    "add `issued-by: [role]`",
                );
            }
            for role in r
                .issued_by
                .iter()
                .chain(&r.replaceable_by)
                .chain(r.audience.iter().flat_map(|a| &a.to))
            {
                self.role(&place, role);
            }
            if about_of(model, name).is_empty() && !is_built_in(name) && r.follows.is_empty() {
                self.error(
                    &place,
                    "about-nothing",
                    format!("{name} is about no kind of case"),
                    "add `about: { kind: /credentialSubject/… }`",
                );
            }
            for (kind, path) in &r.about {
                self.kind(&place, kind);
                if path.last_name() != Some("credentialSubject") {
                    self.member(&place, name, path);
                }
                self.personal(&place, name, path, "`about`");
                if path
                    .under("credentialSubject")
                    .is_some_and(|p| p.is_empty())
                {
                    for key in model.kinds.get(kind).into_iter().flat_map(|k| &k.key) {
                        self.member(&place, name, key);
                        self.personal(&place, name, key, "the key");
                    }
                }
            }
            for f in &r.follows {
                self.record_type(&place, f);
            }
            for s in r
                .accepts
                .iter()
                .filter(|s| !["report", "compiled"].contains(&s.as_str()))
            {
                self.error(
                    &place,
                    "unknown-word",
                    format!("`{s}` is no standing"),
                    "accepts: report, compiled",
                );
            }
            for path in r.search.values().flatten() {
                self.member(&place, name, path);
                self.personal(&place, name, path, "a search name");
            }
            for path in &r.brief {
                self.member(&place, name, path);
            }
            if r.secret_office && !r.audience.is_empty() {
                self.error(
                    &place,
                    "secret-with-audience",
                    format!("{name} is secret and yet has an audience"),
                    "what is secret stays in its office: take `audience` out",
                );
            }
            let mut views = BTreeSet::new();
            for a in r.audience.iter().filter(|a| !a.view.is_empty()) {
                if !views.insert(&a.view_name) {
                    self.error(
                        &place,
                        "view-twice",
                        format!("two views of {name} are called `{}`", a.view_name),
                        "name one of them with `as:`",
                    );
                }
                for path in &a.view {
                    self.member(&place, name, path);
                }
                self.view(&place, name, &a.view_name, &a.view);
            }
            if !["document", "event", "decision"].contains(&r.face.as_str()) {
                self.error(
                    &place,
                    "unknown-word",
                    format!("`{}` is no face", r.face),
                    "face: document, event or decision",
                );
            }
            if !["", "mx", "us", "both"].contains(&r.side.as_str()) {
                self.error(
                    &place,
                    "unknown-word",
                    format!("`{}` is no side", r.side),
                    "side: mx, us or both",
                );
            }
        }
        for (ty, roles) in &model.affirmed_by {
            self.record_type(&format!("records.{ty}"), ty);
            for r in roles {
                self.role(&format!("records.{ty}"), r);
            }
        }
    }

    fn life_names(&mut self) {
        let model = self.model;
        for (kind, life) in &model.life_cycle {
            let at = format!("life-cycle.{kind}");
            self.kind(&at, kind);
            for (name, track) in &life.tracks {
                if let Some(k) = &track.keeper {
                    self.role(&at, k);
                }
                for (i, m) in track.moves.iter().enumerate() {
                    let place = format!("{at}.tracks.{name}.moves.{i}");
                    self.record_type(&place, &m.on);
                    if model.records.contains_key(&m.on) && !about_of(model, &m.on).contains(kind) {
                        self.error(
                            &place,
                            "move-elsewhere",
                            format!("{} is not about a {kind}, so it never moves one", m.on),
                            "add the kind to its `about`",
                        );
                    }
                    if model
                        .records
                        .get(&m.on)
                        .is_some_and(|r| r.secret_office && !r.inside)
                    {
                        self.error(
                            &place,
                            "secret-moves",
                            format!("{} is secret, so it may move nothing that others see", m.on),
                            "take the move out",
                        );
                    }
                }
            }
            for (name, b) in &life.balances {
                for t in b.inn.iter().chain(&b.out) {
                    self.typed(&format!("{at}.balance.{name}"), t);
                }
            }
            if let Some(h) = &life.holds {
                let place = format!("{at}.holds");
                for t in h.opens.iter().chain(&h.closes) {
                    self.record_type(&place, t);
                }
                for c in &h.closes {
                    let follows = model
                        .records
                        .get(c)
                        .map(|r| r.follows.clone())
                        .unwrap_or_default();
                    if !h.opens.iter().any(|o| follows.contains(o)) {
                        self.error(
                            &place,
                            "close-follows-nothing",
                            format!("{c} closes a hold but does not follow one"),
                            format!("write `{c}: {{ follows: {} }}`", h.opens.join(", ")),
                        );
                    }
                }
            }
        }
    }

    fn clock_names(&mut self) {
        let model = self.model;
        for (name, c) in &model.clocks {
            let place = format!("clocks.{name}");
            // A post's bare name is taken too.
            if let Some(zone) = c.zone.as_ref().filter(|z| !model.posts.contains_key(*z)) {
                self.zone(&place, zone);
            }
            self.kind(&place, &c.kind);
            self.record_type(&place, &c.from.record_type);
            if !c.from.path.is_empty() {
                self.member(&place, &c.from.record_type, &c.from.path);
            }
            if let Until::Records(types) = &c.until {
                for t in types {
                    self.record_type(&place, t);
                }
            }
            for t in c.extend.iter().chain(c.sign.values()) {
                self.record_type(&place, t);
            }
            for r in c.sign.keys() {
                self.role(&place, r);
            }
            if let Some(calendar) = c
                .calendar
                .as_ref()
                .filter(|c| !model.calendars.contains_key(*c))
            {
                self.error(
                    &place,
                    "unknown-calendar",
                    format!("there is no calendar `{calendar}`"),
                    format!("add calendars/{calendar}.csv, one day that does not count a line"),
                );
            }
            if c.count == "business-days" && c.calendar.is_none() {
                self.warn(
                    &place,
                    "no-calendar",
                    format!("clock {name} counts business days without a calendar"),
                    "add `calendar:`, else only weekends are left out",
                );
            }
        }
    }

    fn others(&mut self) {
        let model = self.model;
        for rule in &model.rules {
            for on in &rule.on {
                self.record_type(&format!("rules.{}", rule.code), on);
                if let Ok(path) = Path::parse(&rule.pointer)
                    && path
                        .under("credentialSubject")
                        .is_some_and(|p| !p.is_empty())
                {
                    self.member(&format!("rules.{}", rule.code), on, &path);
                }
            }
        }
        for (name, t) in &model.tables {
            let place = format!("tables.{name}");
            self.kind(&place, &t.row_per);
            for column in t.columns.values() {
                match column {
                    Column::At(typed) => self.typed(&place, typed),
                    Column::Entered { track, state } => {
                        self.state(&place, &t.row_per, track.as_deref(), state)
                    }
                    Column::Is(_) => {}
                }
            }
        }
        for (name, b) in &model.boards {
            let place = format!("boards.{name}");
            self.kind(&place, &b.rows);
            for clock in b.columns.iter().filter_map(|c| c.until.as_ref()) {
                let of_rows = model.clocks.get(clock).is_some_and(|c| c.kind == b.rows);
                if !of_rows {
                    self.error(
                        &place,
                        "unknown-clock",
                        format!("kind {} has no clock `{clock}`", b.rows),
                        "name a clock of the kind that the board shows",
                    );
                }
            }
            for state in b.columns.iter().flat_map(|c| &c.states) {
                self.state(&place, &b.rows, None, state);
            }
            let strips = b.columns.iter().filter(|c| c.show == "strip");
            for column in strips.filter(|c| !c.places.is_empty()) {
                if !b.fields.contains_key(&column.by) {
                    self.error(
                        &place,
                        "unknown-member",
                        format!(
                            "column {} stands by `{}`, which is no field of the board",
                            column.id, column.by
                        ),
                        "add it under `fields`, or name another with `by:`",
                    );
                }
            }
            for need in &b.needs {
                if let Some(role) = &need.holder {
                    self.role(&place, role);
                }
                if let Some(act) = need
                    .act
                    .as_ref()
                    .filter(|a| !model.acts.iter().any(|x| x.id == **a))
                {
                    self.error(
                        &place,
                        "unknown-act",
                        format!("need {} offers act `{act}`, which is not there", need.id),
                        "add it under `acts`",
                    );
                }
            }
        }
        for need in model.needs.values().flatten() {
            if let Some(role) = &need.holder {
                self.role(&format!("needs.{}", need.id), role);
            }
            let found = |act: &String| model.acts.iter().any(|x| x.id == *act);
            if let Some(act) = need.act.as_ref().filter(|a| !found(a)) {
                self.error(
                    &format!("needs.{}", need.id),
                    "unknown-act",
                    format!("need {} offers act `{act}`, which is not there", need.id),
                    "add it under `acts`",
                );
            }
        }
        for a in &model.acts {
            let place = format!("acts.{}", a.id);
            self.kind(&place, &a.kind);
            self.record_type(&place, &a.issue);
            for member in a.with.keys().chain(a.take.keys()) {
                if let Ok(path) = Path::parse(&format!(
                    "/credentialSubject/{}",
                    crate::pointer::escape(crate::acts::optional(member).0)
                )) {
                    self.member(&place, &a.issue, &path);
                }
            }
            // A question may stand inside a group: its slashes are steps.
            if let Some(Ok(path)) = a.ask.as_ref().map(|m| Path::parse(&crate::acts::asked(m))) {
                self.member(&place, &a.issue, &path);
            }
            for typed in &a.offer {
                self.typed(&place, typed);
            }
            if !a.offer.is_empty() && a.ask.is_none() {
                self.error(
                    &place,
                    "act-offers-nothing",
                    format!("act {} offers answers and asks nothing", a.id),
                    "add `ask:`, or take out `offer`",
                );
            }
            if model.records.contains_key(&a.issue)
                && !a.kind.is_empty()
                && !about_of(model, &a.issue).contains(&a.kind)
            {
                self.error(
                    &place,
                    "act-elsewhere",
                    format!("{} is not about a {}", a.issue, a.kind),
                    "an act stands on a case that its record is about",
                );
            }
        }
    }

    pub(super) fn state(&mut self, place: &str, kind: &str, track: Option<&str>, state: &str) {
        let Some(life) = self.model.life_cycle.get(kind) else {
            return;
        };
        let states = match track {
            Some(t) if !life.tracks.contains_key(t) => {
                self.error(
                    place,
                    "unknown-track",
                    format!("kind {kind} has no track `{t}`"),
                    format!(
                        "its tracks: {}",
                        life.tracks.keys().cloned().collect::<Vec<_>>().join(", ")
                    ),
                );
                return;
            }
            Some(t) => track_states(life, t),
            None => life.show.iter().map(|s| s.state.clone()).collect(),
        };
        if !states.iter().any(|s| s == state) {
            let help = nearest(state, states.iter().map(String::as_str)).map_or_else(
                || format!("states: {}", states.join(", ")),
                |k| format!("did you mean `{k}`?"),
            );
            self.error(
                place,
                "unknown-state",
                format!("`{state}` is no state of {}", track.unwrap_or(kind)),
                help,
            );
        }
    }
}

/// Whether a schema marks something inside it as personal data.
fn any_personal(schema: &serde_json::Value) -> bool {
    schema.get("x-personal") == Some(&serde_json::Value::Bool(true))
        || schema
            .get("properties")
            .and_then(serde_json::Value::as_object)
            .is_some_and(|members| members.values().any(any_personal))
        || schema.get("items").is_some_and(any_personal)
}
