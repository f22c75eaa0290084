//! Admission at the issuer's home: every fault at once, each with a code, a pointer, English and Spanish.
//!
//! Only here may a fault keep a record out. For delivered records the fold shows the same faults as *disputed*.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use crate::builtin::{ANY, MANDATE};
use crate::case::{CaseRecord, CaseRef, CaseState, Directory, Problem};
use crate::functions::instant_ms;
use crate::keys::{self, record_type};
use crate::load::Profile;
use crate::model::{RecordType, Severity};
use crate::rules::{DocumentScope, Identifiers, RecordsOf, Unchecked, code_valid, day_of};
use crate::schema;
use crate::seats;

/// How far in the future `occurred` may lie: clocks of offices differ by seconds, not by more.
pub const FUTURE_MS_MAX: i64 = 5 * 60_000;
/// Most entries of `follows` or `saw` that are looked at.
const LINKS_MAX: usize = 10_000;

/// What admission reads beside the document.
pub struct AdmitContext<'a> {
    /// The trust list.
    pub directory: &'a Directory,
    /// Now, ms since 1970.
    pub now_ms: i64,
    /// The stamp the record would get, ms since 1970: roles are judged by it.
    pub logged_ms: i64,
    /// States of the cases it is about (and of those it follows), as far as in hand.
    pub cases: &'a BTreeMap<CaseRef, CaseState>,
    /// Records of a case in hand.
    pub records: RecordsOf<'a>,
    /// Check digits.
    pub identifiers: &'a dyn Identifiers,
    /// What the profile's links found ([`crate::links::look`]); without it a rule that asks for them is unknown.
    pub linked: Option<&'a crate::links::Linked>,
    /// Mandates that the issuer gave and was given; none: not looked up, and a rule that asks for them is unknown.
    pub mandates: Option<&'a [CaseRecord]>,
}

/// What admission found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judgement {
    /// Faults, by pointer.
    pub problems: Vec<Problem>,
    /// Rules that cannot be checked yet.
    pub unchecked: Vec<Unchecked>,
}

impl Judgement {
    /// Whether a fault keeps the record out.
    pub fn refused(&self) -> bool {
        self.problems.iter().any(|p| p.severity == Severity::Refuse)
    }
}

/// All faults of a document that is about to be logged; empty where it may be.
pub fn admit(profile: &Profile, document: &Value, ctx: &AdmitContext<'_>) -> Vec<Problem> {
    judge(profile, document, ctx).problems
}

/// All faults, and the rules that cannot be checked yet.
pub fn judge(profile: &Profile, document: &Value, ctx: &AdmitContext<'_>) -> Judgement {
    let mut out = Admission {
        profile,
        document,
        ctx,
        problems: Vec::new(),
        index: OnceCell::new(),
    };
    let Some((name, ty)) = out.known_type() else {
        return Judgement {
            problems: out.problems,
            unchecked: Vec::new(),
        };
    };
    let issuer = out.issuer();
    let about = out.about(ty);
    out.subject(&name);
    out.envelope(&name, ty);
    if let Some(issuer) = &issuer {
        out.issued_by(ty, issuer, &about, &name);
        out.namespace(ty, issuer, &about);
        out.replaces(ty, issuer, &about, &name);
    }
    out.follows(&name, ty, &about);
    let scope = DocumentScope::new(
        profile,
        document,
        None,
        ctx.logged_ms,
        &about,
        ctx.cases,
        ctx.records,
        ctx.identifiers,
    )
    .with_linked(ctx.linked)
    .with_directory(ctx.directory)
    .with_mandates(ctx.mandates);
    // A withdrawal takes back and states nothing: it must be possible also where what it repeats would be refused by now.
    let (failed, unchecked) = if out.withdraws() {
        (Vec::new(), Vec::new())
    } else {
        scope.judge()
    };
    out.problems.extend(failed);
    out.problems
        .sort_by(|a, b| (&a.pointer, &a.code).cmp(&(&b.pointer, &b.code)));
    out.problems.dedup();
    Judgement {
        problems: out.problems,
        unchecked,
    }
}

struct Admission<'a> {
    profile: &'a Profile,
    document: &'a Value,
    ctx: &'a AdmitContext<'a>,
    problems: Vec<Problem>,
    index: OnceCell<HashMap<String, CaseRecord>>,
}

impl<'a> Admission<'a> {
    fn fault(&mut self, code: &str, pointer: &str, en: impl Into<String>, es: impl Into<String>) {
        self.problems.push(Problem {
            code: code.to_owned(),
            pointer: pointer.to_owned(),
            severity: Severity::Refuse,
            en: en.into(),
            es: es.into(),
        });
    }

    fn withdraws(&self) -> bool {
        let kind = self.document.pointer("/replaces/kind");
        kind.and_then(Value::as_str) == Some("withdraws")
    }

    fn known_type(&mut self) -> Option<(String, &'a RecordType)> {
        let Some(name) = record_type(self.document) else {
            self.fault(
                "type-missing",
                "/type",
                "the record says not of which type it is",
                "el registro no dice de qué tipo es",
            );
            return None;
        };
        let Some(ty) = self.profile.model().records.get(name) else {
            self.fault(
                "type-unknown",
                "/type",
                format!("`{name}` is not a record type of {}", self.profile.id()),
                format!(
                    "`{name}` no es un tipo de registro de {}",
                    self.profile.id()
                ),
            );
            return None;
        };
        Some((name.to_owned(), ty))
    }

    fn issuer(&mut self) -> Option<String> {
        let issuer = self
            .document
            .pointer("/issuer/id")
            .or_else(|| self.document.get("issuer"))
            .and_then(Value::as_str);
        if issuer.is_none() {
            self.fault(
                "issuer-missing",
                "/issuer",
                "the record says not who issues it",
                "el registro no dice quién lo emite",
            );
        }
        issuer.map(str::to_owned)
    }

    /// The cases of the envelope, compared with what the profile reads from the subject.
    fn about(&mut self, ty: &RecordType) -> Vec<CaseRef> {
        // A mandate is between two parties and about no case.
        let mandate = keys::record_type(self.document) == Some(MANDATE);
        let said = match keys::envelope_about(self.document) {
            Some(said) => said,
            None if mandate && self.document.get("about").is_none() => Vec::new(),
            None => {
                self.fault(
                    "about-missing",
                    "/about",
                    "the record must name the cases it is about, each with kind and key",
                    "el registro debe nombrar los expedientes de que trata, cada uno con tipo y clave",
                );
                Vec::new()
            }
        };
        for (i, case) in said.iter().enumerate().take(100) {
            if !self.profile.model().kinds.contains_key(&case.kind) {
                self.fault(
                    "about-kind-unknown",
                    &format!("/about/{i}/kind"),
                    format!(
                        "`{}` is not a kind of case of {}",
                        case.kind,
                        self.profile.id()
                    ),
                    format!(
                        "`{}` no es un tipo de expediente de {}",
                        case.kind,
                        self.profile.id()
                    ),
                );
            }
        }
        let by_following = ty.about.is_empty() && !ty.follows.is_empty();
        match keys::about(self.profile, self.document) {
            Err(problem) => self.problems.push(problem),
            // What follows is about what it follows: checked with `follows`. The engine's own types name their cases freely.
            Ok(_) if by_following || ty.about.is_empty() => {}
            Ok(read) if read != said => {
                let list = |cases: &[CaseRef]| {
                    let all: Vec<String> = cases.iter().take(6).map(CaseRef::to_string).collect();
                    if all.is_empty() {
                        "-".to_owned()
                    } else {
                        all.join(", ")
                    }
                };
                self.fault(
                    "about-mismatch",
                    "/about",
                    format!(
                        "the record's fields name {}, its envelope {}",
                        list(&read),
                        list(&said)
                    ),
                    format!(
                        "los campos del registro nombran {}, su sobre {}",
                        list(&read),
                        list(&said)
                    ),
                );
            }
            Ok(_) => {}
        }
        if said.is_empty() && !mandate && keys::envelope_about(self.document).is_some() {
            self.fault(
                "about-missing",
                "/about",
                "the record is about no case",
                "el registro no trata de ningún expediente",
            );
        }
        said
    }

    fn subject(&mut self, name: &str) {
        let Some(subject) = self
            .document
            .get("credentialSubject")
            .filter(|s| s.is_object())
        else {
            self.fault(
                "subject-missing",
                "/credentialSubject",
                "the record has no `credentialSubject`",
                "el registro no tiene `credentialSubject`",
            );
            return;
        };
        self.problems
            .extend(self.profile.schemas().faults(name, subject));
        if let Some(schema) = self.profile.model().schemas.get(name) {
            let occurred = self
                .document
                .get("occurred")
                .and_then(Value::as_str)
                .and_then(instant_ms);
            let day = day_of(occurred.unwrap_or(self.ctx.logged_ms));
            let mut found = Vec::new();
            coded(
                schema,
                schema,
                subject,
                "/credentialSubject".to_owned(),
                0,
                &mut found,
            );
            for (pointer, list, value) in found {
                if !code_valid(self.profile.model(), &list, &value, day) {
                    let once = code_valid(self.profile.model(), &list, &value, None);
                    if once {
                        self.fault(
                            "code-not-valid",
                            &pointer,
                            format!("`{value}` of list {list} is not valid on that day"),
                            format!("`{value}` de la lista {list} no está vigente ese día"),
                        );
                    } else {
                        self.fault(
                            "code-unknown",
                            &pointer,
                            format!("`{value}` is not in list {list}"),
                            format!("`{value}` no está en la lista {list}"),
                        );
                    }
                }
            }
        }
    }

    fn envelope(&mut self, name: &str, ty: &RecordType) {
        if self.document.get("view").is_some() {
            self.fault(
                "view-not-admitted",
                "/view",
                "a reduced record is derived by its home, not filed",
                "un registro reducido lo deriva su sede, no se presenta",
            );
        }
        match self.document.get("profile").and_then(Value::as_str) {
            Some(digest) if !self.made_under(name, digest) => self.fault(
                "profile-other",
                "/profile",
                "the record was made under another version of the program",
                "el registro se hizo con otra versión del programa",
            ),
            Some(_) | None => {}
        }
        match self
            .document
            .get("occurred")
            .and_then(Value::as_str)
            .map(instant_ms)
        {
            None => self.fault(
                "occurred-missing",
                "/occurred",
                "the record says not when it happened",
                "el registro no dice cuándo ocurrió",
            ),
            Some(None) => self.fault(
                "occurred-format",
                "/occurred",
                "`occurred` must be an instant with its zone, as 2026-11-24T15:10:00.000Z",
                "`occurred` debe ser un instante con su zona, como 2026-11-24T15:10:00.000Z",
            ),
            Some(Some(ms)) if ms > self.ctx.logged_ms.saturating_add(FUTURE_MS_MAX) => self.fault(
                "occurred-in-the-future",
                "/occurred",
                "the record says it happened later than now",
                "el registro dice que ocurrió después de ahora",
            ),
            Some(Some(_)) => {}
        }
        let standing = self.standing();
        match standing.as_str() {
            "act" => {}
            "report" | "compiled" => {
                if !ty.accepts.contains(&standing) {
                    self.fault(
                        "standing-not-accepted",
                        "/standing",
                        format!("{name} is taken only from the office itself, not as `{standing}`"),
                        format!(
                            "{name} se acepta solo de la propia autoridad, no como `{standing}`"
                        ),
                    );
                }
                if self.document.get("source").is_none() {
                    self.fault(
                        "source-missing",
                        "/source",
                        "what relays another's act must say from which file and place",
                        "lo que transmite un acto ajeno debe decir de qué archivo y lugar",
                    );
                }
            }
            _ => self.fault(
                "standing-unknown",
                "/standing",
                format!("`{standing}` is not act, report or compiled"),
                format!("`{standing}` no es act, report ni compiled"),
            ),
        }
        if ty.decisive && self.document.get("saw").is_none() {
            self.problems.push(Problem {
                code: "saw-missing".to_owned(),
                pointer: "/saw".to_owned(),
                severity: Severity::Warn,
                en: "a decisive act should say what its office had seen".to_owned(),
                es: "un acto decisivo debe decir lo que su autoridad había visto".to_owned(),
            });
        }
    }

    /// Whether `digest` is the core of the profile that defines the type (for a built-in one, of a kind it is about).
    fn made_under(&self, name: &str, digest: &str) -> bool {
        let about = keys::envelope_about(self.document).unwrap_or_default();
        let kinds = about.iter().map(|c| c.kind.as_str());
        self.profile
            .program_for(name, kinds)
            .is_some_and(|p| p.core_digest == digest)
    }

    fn standing(&self) -> String {
        self.document
            .get("standing")
            .and_then(Value::as_str)
            .unwrap_or("act")
            .to_owned()
    }

    fn issued_by(&mut self, ty: &RecordType, issuer: &str, about: &[CaseRef], name: &str) {
        let actor = match self.mandate(issuer, about, name) {
            Some(grantor) => grantor,
            None => issuer.to_owned(),
        };
        // Who relays states no act: any party of the trust list may, where the type accepts it. Who compiles has a role of the type: what
        // everybody is shown is not anybody's to fill.
        let relayed = self.standing() == "report";
        let allowed = if relayed {
            self.ctx
                .directory
                .parties
                .get(&actor)
                .is_some_and(|p| !p.roles.is_empty())
        } else {
            ty.issued_by
                .iter()
                .any(|role| self.has_role(role, &actor, about))
        };
        if !allowed {
            let wanted = if relayed {
                "-".to_owned()
            } else {
                ty.issued_by.join(", ")
            };
            let has: Vec<String> = self
                .ctx
                .directory
                .parties
                .get(&actor)
                .map(|p| p.roles.iter().map(|r| r.role.clone()).collect())
                .unwrap_or_default();
            let has = if has.is_empty() {
                "-".to_owned()
            } else {
                has.join(", ")
            };
            self.fault(
                "issuer-role",
                "/issuer",
                format!("{name} is issued by {wanted}; this issuer is {has} on the trust list"),
                format!("{name} lo emite {wanted}; este emisor figura como {has} en la lista de confianza"),
            );
        }
    }

    fn has_role(&self, role: &str, did: &str, about: &[CaseRef]) -> bool {
        if role == ANY {
            return self.ctx.directory.parties.contains_key(did);
        }
        let in_cases = |f: &dyn Fn(&CaseState) -> bool| {
            about.iter().filter_map(|c| self.ctx.cases.get(c)).any(f)
        };
        let named = |list: Option<&Vec<String>>| list.is_some_and(|d| d.iter().any(|x| x == did));
        if let Some(post) = role.strip_prefix("post.") {
            return in_cases(&|s| named(s.posts.get(post)));
        }
        if let Some(seat) = role.strip_prefix("seat.") {
            return in_cases(&|s| named(s.seats.get(seat)));
        }
        self.ctx.directory.has_role(did, role, self.ctx.logged_ms)
    }

    /// The party for whom `issuer` speaks, where a mandate in hand lets it; faults where one is named and does not.
    fn mandate(&mut self, issuer: &str, about: &[CaseRef], name: &str) -> Option<String> {
        let id = self
            .document
            .get("onBehalfOf")?
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let found = self.lookup(&id, about);
        let Some(found) = found.filter(|r| r.record_type == "Mandate") else {
            self.fault(
                "mandate-unknown",
                "/onBehalfOf",
                "the mandate is not in hand",
                "el mandato no se encuentra",
            );
            return None;
        };
        let subject = |m: &str| {
            found
                .document
                .pointer(&format!("/credentialSubject/{m}"))
                .and_then(Value::as_str)
                .map(str::to_owned)
        };
        let until = subject("until").and_then(|u| instant_ms(&u));
        let scope = found
            .document
            .pointer("/credentialSubject/scope")
            .and_then(Value::as_array);
        let in_scope = scope.is_none_or(|s| s.iter().any(|t| t.as_str() == Some(name)));
        let ended = until.is_some_and(|u| self.ctx.logged_ms >= u);
        // A mandate is its grantor's own word, else anybody could make himself an agent.
        let own = subject("grantor").as_deref() == Some(found.issuer.as_str());
        if subject("agent").as_deref() != Some(issuer) || !own || !in_scope || ended {
            self.fault(
                "mandate-does-not-cover",
                "/onBehalfOf",
                "the mandate does not let this issuer file this record now",
                "el mandato no permite a este emisor presentar ahora este registro",
            );
            return None;
        }
        Some(found.issuer)
    }

    /// Who files first under a number must hold it; what others file before waits.
    fn namespace(&mut self, ty: &RecordType, issuer: &str, about: &[CaseRef]) {
        if self.standing() != "act" || ty.issued_by.iter().any(|r| r == ANY) {
            return;
        }
        let actor = self
            .document
            .get("onBehalfOf")
            .and_then(Value::as_str)
            .and_then(|id| self.lookup(id, about))
            .map_or_else(|| issuer.to_owned(), |m| m.issuer);
        let model = self.profile.model();
        for case in about.iter().take(keys::ABOUT_MAX) {
            let Some(kind) = model.kinds.get(&case.kind) else {
                continue;
            };
            let opened = self
                .ctx
                .cases
                .get(case)
                .is_some_and(|s| s.opening.is_some());
            let as_owner = kind.owner.roles.iter().any(|r| {
                let directory = self.ctx.directory;
                ty.issued_by.contains(r) && directory.has_role(&actor, r, self.ctx.logged_ms)
            });
            let holds = seats::may_open(kind, case, self.ctx.directory, &actor, self.ctx.logged_ms);
            let seated = self.ctx.cases.get(case).is_some_and(|s| {
                s.owner.as_deref() == Some(actor.as_str())
                    || s.seats.values().flatten().any(|d| *d == actor)
            });
            if as_owner && !holds && !(opened && seated) {
                let what = kind.owner.holds.clone().unwrap_or_default();
                self.fault(
                    "namespace-not-held",
                    "/about",
                    format!("{case} stands under a {what} number that this issuer does not hold by the trust list"),
                    format!("{case} está bajo un número {what} que este emisor no tiene según la lista de confianza"),
                );
            }
        }
    }

    fn replaces(&mut self, _ty: &RecordType, issuer: &str, about: &[CaseRef], name: &str) {
        let Some(replaces) = self.document.get("replaces") else {
            return;
        };
        let kind = replaces
            .get("kind")
            .and_then(Value::as_str)
            .unwrap_or_default();
        if !["corrects", "amends", "withdraws"].contains(&kind) {
            self.fault(
                "replaces-kind",
                "/replaces/kind",
                "a record corrects, amends or withdraws another",
                "un registro corrige, modifica o retira a otro (corrects, amends, withdraws)",
            );
        }
        let id = replaces
            .get("id")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let Some(target) = self.lookup(id, about) else {
            self.fault(
                "replaces-unknown",
                "/replaces/id",
                "the record that this one replaces is not in hand in its cases",
                "el registro que este sustituye no se encuentra en sus expedientes",
            );
            return;
        };
        if target.record_type != name {
            self.fault(
                "replaces-other-type",
                "/replaces/id",
                format!("a {name} replaces a {name}, not a {}", target.record_type),
                format!(
                    "un {name} sustituye a un {name}, no a un {}",
                    target.record_type
                ),
            );
        }
        let by = self
            .profile
            .model()
            .records
            .get(&target.record_type)
            .map(|t| t.replaceable_by.clone())
            .unwrap_or_default();
        if target.issuer != issuer && !by.iter().any(|role| self.has_role(role, issuer, about)) {
            self.fault(
                "replaces-not-allowed",
                "/replaces/id",
                "only who issued a record, or whom the program names, replaces it",
                "un registro lo sustituye solo quien lo emitió o quien el programa nombra",
            );
        }
        let gone = about
            .iter()
            .filter_map(|c| self.ctx.cases.get(c))
            .flat_map(|s| &s.records)
            .any(|r| r.id == id && r.why.as_deref() == Some("replaced"));
        if gone {
            self.fault(
                "replaces-replaced",
                "/replaces/id",
                "that record was replaced already; replace the newest one",
                "ese registro ya fue sustituido; sustituya el más reciente",
            );
        }
    }

    fn follows(&mut self, name: &str, ty: &RecordType, about: &[CaseRef]) {
        let ids: Vec<String> = self
            .document
            .get("follows")
            .and_then(Value::as_array)
            .map(|l| {
                l.iter()
                    .take(LINKS_MAX)
                    .filter_map(Value::as_str)
                    .map(str::to_owned)
                    .collect()
            })
            .unwrap_or_default();
        let mut followed = Vec::new();
        for (i, id) in ids.iter().enumerate() {
            match self.lookup(id, about) {
                Some(r) => followed.push((i, r)),
                None if !ty.follows.is_empty() => self.fault(
                    "follows-unknown",
                    &format!("/follows/{i}"),
                    "the record that this one follows is not in hand in its cases",
                    "el registro al que este sigue no se encuentra en sus expedientes",
                ),
                None => {}
            }
        }
        if !ty.follows.is_empty() {
            let wanted = ty.follows.join(", ");
            if ids.is_empty() {
                self.fault(
                    "follows-missing",
                    "/follows",
                    format!("a {name} must say which {wanted} it follows"),
                    format!("un {name} debe decir a qué {wanted} sigue"),
                );
            }
            for (i, r) in followed
                .iter()
                .filter(|(_, r)| !ty.follows.contains(&r.record_type))
            {
                self.fault(
                    "follows-other-type",
                    &format!("/follows/{i}"),
                    format!("a {name} follows {wanted}, not {}", r.record_type),
                    format!("un {name} sigue a {wanted}, no a {}", r.record_type),
                );
            }
            if ty.about.is_empty() && !followed.is_empty() {
                for case in about {
                    if !followed.iter().any(|(_, r)| r.about.contains(case)) {
                        self.fault(
                            "about-mismatch",
                            "/about",
                            format!("what this record follows is not about {case}"),
                            format!("lo que este registro sigue no trata de {case}"),
                        );
                    }
                }
            }
        }
        if name == crate::in_force::AFFIRMATION {
            let affirms = self
                .document
                .pointer("/credentialSubject/affirms")
                .and_then(Value::as_str);
            if affirms.is_some_and(|a| !ids.iter().any(|id| id == a)) {
                self.fault(
                    "affirms-not-followed",
                    "/follows",
                    "an affirmation follows the record that it affirms",
                    "una afirmación sigue al registro que afirma",
                );
            }
        }
    }

    /// A record of the cases by its id; the index is made once, or thousands of links over thousands of cases would be an attack.
    fn lookup(&self, id: &str, about: &[CaseRef]) -> Option<CaseRecord> {
        let index = self.index.get_or_init(|| {
            let mut index = HashMap::new();
            for case in about {
                for r in (self.ctx.records)(case).iter() {
                    index.entry(r.id.clone()).or_insert_with(|| r.clone());
                }
            }
            // A mandate is about no case; who acts by it, or takes it back, has it in hand all the same.
            for r in self.ctx.mandates.unwrap_or_default() {
                index.entry(r.id.clone()).or_insert_with(|| r.clone());
            }
            index
        });
        index.get(id).cloned()
    }
}

/// Members of a subject that a code list governs (`x-codes` in the schema): (pointer, list, value).
fn coded(
    root: &Value,
    now: &Value,
    value: &Value,
    at: String,
    depth: usize,
    out: &mut Vec<(String, String, String)>,
) {
    if depth > 32 || out.len() > 10_000 {
        return;
    }
    let now = schema::resolve(root, now);
    if let (Some(list), Some(code)) = (now.get("x-codes").and_then(Value::as_str), value.as_str()) {
        out.push((at.clone(), list.to_owned(), code.to_owned()));
    }
    match value {
        Value::Object(members) => {
            for (name, v) in members {
                if let Some(s) = now.get("properties").and_then(|p| p.get(name)) {
                    coded(
                        root,
                        s,
                        v,
                        format!("{at}/{}", crate::pointer::escape(name)),
                        depth + 1,
                        out,
                    );
                }
            }
        }
        Value::Array(items) => {
            if let Some(s) = now.get("items") {
                for (i, v) in items.iter().enumerate() {
                    coded(root, s, v, format!("{at}/{i}"), depth + 1, out);
                }
            }
        }
        _ => {}
    }
}
