//! Rules over a document and the cases it is about, and the functions they have beside CEL.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::case::{CaseRecord, CaseRef, CaseState, Directory, Problem};
use crate::expr::{EvalError, STEPS_MAX, Scope, Shape, Tri, Val};
use crate::functions::{self, instant_ms};
use crate::keys::record_type;
use crate::links::Linked;
use crate::load::Profile;
use crate::model::{Model, Rule};
use crate::pointer::Path;

/// Check digits and forms of numbers, by name (`scn`, `vin`, `rfc`). What they are is known elsewhere.
pub trait Identifiers {
    /// Whether `value` is a well-formed `name`; none where no such name is known.
    fn check(&self, name: &str, value: &str) -> Option<bool>;
}

/// Knows no number.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoIdentifiers;

impl Identifiers for NoIdentifiers {
    fn check(&self, _name: &str, _value: &str) -> Option<bool> {
        None
    }
}

/// The records of a case in hand, as the fold takes them.
pub type RecordsOf<'a> = &'a dyn Fn(&CaseRef) -> Arc<Vec<CaseRecord>>;

/// A rule that cannot be checked yet, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unchecked {
    /// The rule's code.
    pub code: String,
    /// What is lacking, in words.
    pub why: String,
}

/// What a rule sees.
pub struct DocumentScope<'a> {
    /// The profile.
    pub profile: &'a Profile,
    /// The document.
    pub document: &'a Value,
    /// The view's name, where the document is a reduced record: what is absent is unknown.
    pub view: Option<&'a str>,
    /// Logged, or the instant of judging, ms since 1970.
    pub logged_ms: i64,
    /// The cases it is about.
    pub about: &'a [CaseRef],
    /// Their states, as far as they are in hand.
    pub cases: &'a BTreeMap<CaseRef, CaseState>,
    /// Their records.
    pub records: RecordsOf<'a>,
    /// Check digits.
    pub identifiers: &'a dyn Identifiers,
    linked: Option<&'a Linked>,
    directory: Option<&'a Directory>,
    mandates: Option<&'a [CaseRecord]>,
    subject: OnceCell<Val>,
}

impl<'a> DocumentScope<'a> {
    /// A scope over `document`.
    #[expect(
        clippy::too_many_arguments,
        reason = "each is one thing a rule may read; a struct of them is this one"
    )]
    pub fn new(
        profile: &'a Profile,
        document: &'a Value,
        view: Option<&'a str>,
        logged_ms: i64,
        about: &'a [CaseRef],
        cases: &'a BTreeMap<CaseRef, CaseState>,
        records: RecordsOf<'a>,
        identifiers: &'a dyn Identifiers,
    ) -> Self {
        DocumentScope {
            profile,
            document,
            view,
            logged_ms,
            about,
            cases,
            records,
            identifiers,
            linked: None,
            directory: None,
            mandates: None,
            subject: OnceCell::new(),
        }
    }

    /// With what the profile's links found; without it they are unknown.
    #[must_use]
    pub fn with_linked(mut self, linked: Option<&'a Linked>) -> Self {
        self.linked = linked;
        self
    }

    /// With the trust list, by which `issuer_has` is told; without it that is unknown.
    #[must_use]
    pub fn with_directory(mut self, directory: &'a Directory) -> Self {
        self.directory = Some(directory);
        self
    }

    /// With the mandates that the document's issuer gave and was given; without them it is unknown who acts for whom.
    #[must_use]
    pub fn with_mandates(mut self, mandates: Option<&'a [CaseRecord]>) -> Self {
        self.mandates = mandates;
        self
    }

    /// Whether a party's mandate to the document's issuer covers the document: the grantor's own word, not taken back, in time and scope.
    fn mandated(&self, grantor: &str) -> Val {
        let Some(mandates) = self.mandates else {
            return Val::unknown("mandates are not looked up here");
        };
        let Some(Val::Str(agent)) = self.var("issuer") else {
            return Val::unknown("no issuer");
        };
        let at = match self.var("occurred") {
            Some(Val::Int(ms)) => ms,
            _ => self.logged_ms,
        };
        let ty = record_type(self.document).unwrap_or_default();
        Val::Bool(mandate_in_force(mandates, grantor, &agent, at).is_some_and(|m| covers(m, ty)))
    }

    /// Judges all rules of the document's type: those that fail, and those that cannot be checked yet.
    pub fn judge(&self) -> (Vec<Problem>, Vec<Unchecked>) {
        let (mut problems, mut unchecked) = (Vec::new(), Vec::new());
        let Some(ty) = record_type(self.document) else {
            return (problems, unchecked);
        };
        for rule in self
            .profile
            .model()
            .rules
            .iter()
            .filter(|r| r.on.iter().any(|o| o == ty))
        {
            let mut cannot = |why: String| {
                unchecked.push(Unchecked {
                    code: rule.code.clone(),
                    why,
                })
            };
            match rule.when.as_ref().map(|w| w.eval(self, STEPS_MAX)) {
                None | Some(Tri::Known(Val::Bool(true))) => {}
                Some(Tri::Known(_)) => continue,
                Some(Tri::Unknown(why)) => {
                    cannot(why);
                    continue;
                }
                Some(Tri::Error(e)) => {
                    cannot(e.to_string());
                    continue;
                }
            }
            match rule.must.eval(self, STEPS_MAX) {
                Tri::Known(Val::Bool(true)) => {}
                Tri::Known(Val::Bool(false)) => problems.push(self.problem(rule)),
                Tri::Known(other) => cannot(format!(
                    "the rule gives {}, not true or false",
                    other.kind()
                )),
                Tri::Unknown(why) => cannot(why),
                Tri::Error(e) => cannot(e.to_string()),
            }
        }
        (problems, unchecked)
    }

    fn problem(&self, rule: &Rule) -> Problem {
        let values: BTreeMap<String, String> = rule
            .values
            .iter()
            .map(|(name, e)| {
                (
                    name.clone(),
                    e.eval(self, STEPS_MAX)
                        .known()
                        .map_or_else(|| "?".to_owned(), Val::to_string),
                )
            })
            .collect();
        let say = |lang: &str, none: &str| {
            self.profile
                .message(lang, &rule.message, &values)
                .unwrap_or_else(|| format!("{none} `{}`", rule.code))
        };
        // A rule that points with a wildcard points at what it found first.
        let pointer = Path::parse(&rule.pointer)
            .ok()
            .filter(Path::is_many)
            .and_then(|p| p.values(self.document).into_iter().next().map(|(at, _)| at))
            .unwrap_or_else(|| rule.pointer.replace("/*", ""));
        Problem {
            code: rule.code.clone(),
            pointer,
            severity: rule.severity,
            en: say("en", "this does not keep the rule"),
            es: say("es", "esto no cumple la regla"),
        }
    }

    fn case_val(&self, case: &CaseRef) -> Val {
        let mut members = vec![
            ("kind".to_owned(), Val::str(&case.kind)),
            ("key".to_owned(), Val::str(&case.key)),
        ];
        match self.cases.get(case) {
            Some(state) => members.extend(state_members(state)),
            None => members.push(("state".to_owned(), Val::unknown("the case is not in hand"))),
        }
        // A view: what is absent of a case not in hand is unknown even to `has`.
        if self.cases.contains_key(case) {
            Val::map(members)
        } else {
            Val::view(members)
        }
    }

    /// Records in force of a type over the cases, in fold order.
    fn in_force(&self, record_type: &str) -> Vec<CaseRecord> {
        let mut seen = BTreeSet::new();
        let mut found: Vec<(i64, CaseRecord)> = Vec::new();
        for case in self.about {
            let state = self.cases.get(case);
            for r in (self.records)(case)
                .iter()
                .filter(|r| r.record_type == record_type)
            {
                let effective = match state {
                    Some(s) => match s.records.iter().find(|x| x.id == r.id) {
                        Some(x) if x.in_force => x.effective_ms,
                        _ => continue,
                    },
                    None => r.occurred_ms,
                };
                if seen.insert(r.id.clone()) {
                    found.push((effective, r.clone()));
                }
            }
        }
        found.sort_by(|a, b| (a.0, &a.1.id).cmp(&(b.0, &b.1.id)));
        found.into_iter().map(|(_, r)| r).collect()
    }

    /// What a path text finds: in this document, or (`Type#/path`) in records in force of its cases. None: nothing found.
    fn find(&self, text: &str) -> Result<Option<Vec<Val>>, EvalError> {
        let bad = |e: crate::pointer::PathError| EvalError::Type(e.to_string());
        let values: Vec<Val> = match text.split_once('#') {
            Some((ty, path)) => {
                let path = Path::parse(path).map_err(bad)?;
                self.in_force(ty)
                    .iter()
                    .flat_map(|r| {
                        path.values(&r.document)
                            .into_iter()
                            .map(|(_, v)| Val::from_json(v))
                            .collect::<Vec<_>>()
                    })
                    .collect()
            }
            None => {
                let path = Path::parse(text).map_err(bad)?;
                path.values(self.document)
                    .into_iter()
                    .map(|(_, v)| Val::from_json(v))
                    .collect()
            }
        };
        Ok((!values.is_empty()).then_some(values))
    }

    /// A value, or what a path text finds summed up.
    fn number(&self, v: &Val) -> Result<Val, EvalError> {
        match v {
            Val::Path(s) => match self.find(s)? {
                Some(found) => functions::total(&found),
                None => Ok(nothing(s)),
            },
            Val::List(l) if !l.open => functions::total(&l.items),
            other => Ok(other.clone()),
        }
    }

    fn set(&self, v: &Val) -> Result<Option<BTreeSet<String>>, EvalError> {
        let found = match v {
            Val::Path(s) => self.find(s)?,
            Val::List(l) => (!l.open && !l.items.is_empty()).then(|| l.items.clone()),
            other => Some(vec![other.clone()]),
        };
        let Some(found) = found else { return Ok(None) };
        if found.iter().any(Val::is_unknown) {
            return Ok(None);
        }
        // Numbers compare by value: "12.50" and 12.5 are one weight, but "007" and "7" are two seals.
        Ok(Some(
            found
                .iter()
                .map(|v| match v {
                    Val::Str(s) if !s.contains('.') => s.to_string(),
                    v => v
                        .as_decimal()
                        .map_or_else(|| v.to_string(), |d| d.to_string()),
                })
                .collect(),
        ))
    }
}

/// A case's state as members of an object: `state`, `since`, `holds`, each track by name.
pub(crate) fn state_members(state: &CaseState) -> Vec<(String, Val)> {
    let mut members: Vec<(String, Val)> = state
        .tracks
        .iter()
        .map(|(n, t)| (n.clone(), Val::str(&t.state)))
        .collect();
    let shown = state
        .state
        .as_ref()
        .map_or_else(|| Val::unknown("the state cannot be told"), Val::str);
    members.push(("state".to_owned(), shown));
    members.push(("since".to_owned(), Val::Int(state.since_ms)));
    members.push(("opened".to_owned(), Val::Bool(state.opening.is_some())));
    members.push(("holds".to_owned(), holds_val(state)));
    members
}

/// `holds`: `{ open: [{ record, office, kind, since, endsWith }] }`.
fn holds_val(state: &CaseState) -> Val {
    let open = state.holds.iter().map(crate::fold_show::hold_val).collect();
    Val::map([("open".to_owned(), Val::list(open))])
}

impl DocumentScope<'_> {
    /// What the document's view discloses of the subject; nothing can be told of one that another version of the program reduced.
    fn disclosed(&self) -> Shape {
        let mut shape = Shape::default();
        let text = |name: &str| self.document.get(name).and_then(Value::as_str);
        let programs = self.profile.programs();
        let of_another = |core: &str| programs.iter().all(|p| p.core_digest != core);
        if text("profile").is_some_and(of_another) {
            return shape;
        }
        let types = self.document.get("type").and_then(Value::as_array);
        let ty = types
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .find_map(|name| self.profile.model().records.get(name));
        let view = self.view.unwrap_or_default();
        for line in ty.iter().flat_map(|ty| &ty.audience) {
            if line.view_name == view {
                for path in &line.view {
                    if let Some(inside) = path.under("credentialSubject") {
                        shape.disclose(inside.steps());
                    }
                }
            }
        }
        shape
    }
}

fn nothing(path: &str) -> Val {
    Val::unknown(format!("nothing is at `{path}` yet"))
}

impl Scope for DocumentScope<'_> {
    fn var(&self, name: &str) -> Option<Val> {
        Some(match name {
            "subject" => self
                .subject
                .get_or_init(|| match self.document.get("credentialSubject") {
                    None => Val::unknown("no subject"),
                    Some(s) if self.view.is_some() => Val::reduced(s, &self.disclosed()),
                    Some(s) => Val::from_json(s),
                })
                .clone(),
            "issuer" => match self
                .document
                .pointer("/issuer/id")
                .or_else(|| self.document.get("issuer"))
            {
                Some(Value::String(s)) => Val::str(s),
                _ => Val::unknown("no issuer"),
            },
            "occurred" => self
                .document
                .get("occurred")
                .and_then(Value::as_str)
                .and_then(instant_ms)
                .map_or_else(|| Val::unknown("no instant"), Val::Int),
            "logged" => Val::Int(self.logged_ms),
            "standing" => Val::str(
                self.document
                    .get("standing")
                    .and_then(Value::as_str)
                    .unwrap_or("act"),
            ),
            "type" => Val::str(record_type(self.document)?),
            "linked" => self.linked.map_or_else(
                || Val::unknown("links are not looked up here"),
                |l| l.value(self.profile.model()),
            ),
            "cases" => Val::list(self.about.iter().map(|c| self.case_val(c)).collect()),
            // The one case of a kind: `case.trip.state`. Of many bills, ask `cases`.
            "case" => {
                let mut by_kind: BTreeMap<String, Val> = BTreeMap::new();
                for case in self.about {
                    let value = if by_kind.contains_key(&case.kind) {
                        Val::unknown(format!(
                            "the record is about several cases of kind {}",
                            case.kind
                        ))
                    } else {
                        self.case_val(case)
                    };
                    by_kind.insert(case.kind.clone(), value);
                }
                Val::map(by_kind)
            }
            _ => return None,
        })
    }

    fn call(&self, name: &str, args: &[Val]) -> Option<Result<Val, EvalError>> {
        if !FUNCTIONS.contains(&name) {
            return None;
        }
        if let Some(unknown) = args.iter().find(|a| a.is_unknown()) {
            return Some(Ok(unknown.clone()));
        }
        Some(self.function(name, args))
    }
}

/// Whether the record's issuer had a role by the trust list when it was logged: in rules, automations and moves.
pub(crate) const ISSUER_HAS: &str = "issuer_has";

/// Names of the functions that a document's rules have beside the general ones.
pub(crate) const FUNCTIONS: &[&str] = &[
    "sum",
    "value",
    "values",
    "count",
    "has",
    "same",
    "within",
    "check",
    "code",
    "business_days",
    "add_business_days",
    "is_business_day",
    "latest",
    "mandated",
    "records",
    ISSUER_HAS,
];

impl DocumentScope<'_> {
    fn function(&self, name: &str, args: &[Val]) -> Result<Val, EvalError> {
        let wrong = || {
            EvalError::Type(format!(
                "`{name}` has other arguments; see docs/profiles.md, Functions"
            ))
        };
        match (name, args) {
            ("sum", [v]) => self.number(v),
            ("value", [Val::Path(p)]) => Ok(self
                .find(p)?
                .and_then(|f| f.into_iter().next())
                .unwrap_or_else(|| nothing(p))),
            ("values", [Val::Path(p)]) => Ok(Val::list(self.find(p)?.unwrap_or_default())),
            ("count", [Val::Path(p)]) => {
                let n = self.find(p)?.map_or(0, |f| f.len());
                Ok(if self.view.is_some() && n == 0 {
                    nothing(p)
                } else {
                    Val::Int(i64::try_from(n).unwrap_or(i64::MAX))
                })
            }
            ("has", [Val::Path(p)]) => Ok(match self.find(p)? {
                Some(_) => Val::Bool(true),
                // Nothing in hand of another record may still come.
                None if self.view.is_some() || p.contains('#') => nothing(p),
                None => Val::Bool(false),
            }),
            ("same", [a, b]) => Ok(match (self.set(a)?, self.set(b)?) {
                (Some(a), Some(b)) => Val::Bool(a == b),
                _ => Val::unknown("one of the two is not there yet"),
            }),
            ("within", [a, b, tolerance]) => {
                functions::within(&self.number(a)?, &self.number(b)?, tolerance)
            }
            ("check", [Val::Str(id), value]) => {
                let values = match value {
                    Val::Path(p) => match self.find(p)? {
                        Some(found) => found,
                        None => return Ok(nothing(p)),
                    },
                    Val::List(l) => l.items.clone(),
                    other => vec![other.clone()],
                };
                for v in &values {
                    match self.identifiers.check(id, &v.to_string()) {
                        Some(true) => {}
                        Some(false) => return Ok(Val::Bool(false)),
                        None => return Err(EvalError::Name(format!("check('{id}', …)"))),
                    }
                }
                Ok(Val::Bool(true))
            }
            ("code", [Val::Str(list), value]) => {
                let model = self.profile.model();
                if !model.codelists.contains_key(&**list) {
                    return Err(EvalError::Name(format!("code('{list}', …)")));
                }
                Ok(Val::Bool(code_valid(
                    model,
                    list,
                    &value.to_string(),
                    self.day(),
                )))
            }
            ("business_days", [from, to]) => self.business_days(from, to, None),
            ("business_days", [from, to, Val::Str(calendar)]) => {
                self.business_days(from, to, Some(calendar))
            }
            ("add_business_days", [day, Val::Int(n)]) => self.business_day(day, *n, None),
            ("add_business_days", [day, Val::Int(n), Val::Str(calendar)]) => {
                self.business_day(day, *n, Some(calendar))
            }
            ("is_business_day", [day]) => Ok(self.is_business_day(day, None)),
            ("is_business_day", [day, Val::Str(calendar)]) => {
                Ok(self.is_business_day(day, Some(calendar)))
            }
            ("mandated", [Val::Str(grantor)]) => Ok(self.mandated(grantor)),
            ("latest", [Val::Str(ty)]) => Ok(self.in_force(ty).last().map_or_else(
                || Val::unknown(format!("no {ty} is in hand yet")),
                subject_val,
            )),
            ("records", [Val::Str(ty)]) => Ok(Val::list(
                self.in_force(ty).iter().map(subject_val).collect(),
            )),
            (ISSUER_HAS, [Val::Str(role)]) => Ok(match (self.directory, self.var("issuer")) {
                (Some(list), Some(Val::Str(did))) => {
                    Val::Bool(list.has_role(&did, role, self.logged_ms))
                }
                _ => Val::unknown("the issuer's roles are not looked up here"),
            }),
            _ => Err(wrong()),
        }
    }

    /// The day on which codes must be valid: that of `occurred`, else of logging (UTC: lists change at midnight, rarely).
    fn day(&self) -> Option<Date> {
        let ms = self
            .document
            .get("occurred")
            .and_then(Value::as_str)
            .and_then(instant_ms)
            .unwrap_or(self.logged_ms);
        day_of(ms)
    }

    /// The business day that is `count` of them after (or before) a day.
    fn business_day(
        &self,
        day: &Val,
        count: i64,
        calendar: Option<&str>,
    ) -> Result<Val, EvalError> {
        let Some(day) = crate::days::day_of(day) else {
            return Ok(Val::unknown("not a day"));
        };
        let utc = TimeZone::UTC;
        let start = day
            .to_datetime(jiff::civil::Time::midnight())
            .to_zoned_datetime(utc.clone())
            .map_err(|_| EvalError::Range)?
            .timestamp()
            .as_millisecond();
        let model = self.profile.model();
        crate::calendar::add(model, start, count, "business-days", calendar, &utc)
            .and_then(day_of)
            .map(|d| Val::str(d.to_string()))
            .ok_or(EvalError::Range)
    }

    fn is_business_day(&self, day: &Val, calendar: Option<&str>) -> Val {
        crate::days::day_of(day).map_or_else(
            || Val::unknown("not a day"),
            |d| {
                let model = self.profile.model();
                Val::Bool(crate::calendar::is_business_day(model, calendar, d))
            },
        )
    }

    fn business_days(
        &self,
        from: &Val,
        to: &Val,
        calendar: Option<&str>,
    ) -> Result<Val, EvalError> {
        let model = self.profile.model();
        if let Some(c) = calendar.filter(|c| !model.calendars.contains_key(*c)) {
            return Err(EvalError::Name(format!("calendar `{c}`")));
        }
        let (Some(from), Some(to)) = (crate::days::day_of(from), crate::days::day_of(to)) else {
            return Ok(Val::unknown("not two days"));
        };
        let (early, late, sign) = if from <= to {
            (from, to, 1)
        } else {
            (to, from, -1)
        };
        let mut days = 0i64;
        let mut at = early;
        // Ten years of days is more than any clock of the law.
        for _ in 0..3_660 {
            if at >= late {
                return Ok(Val::Int(sign * days));
            }
            at = at.tomorrow().map_err(|_| EvalError::Range)?;
            days += i64::from(crate::calendar::is_business_day(model, calendar, at));
        }
        Err(EvalError::Range)
    }
}

fn subject_val(r: &CaseRecord) -> Val {
    let subject = r
        .document
        .get("credentialSubject")
        .cloned()
        .unwrap_or_default();
    if r.view.is_some() {
        Val::from_view(&subject)
    } else {
        Val::from_json(&subject)
    }
}

/// Whether a code stands in a list and is valid on a day.
pub fn code_valid(model: &Model, list: &str, code: &str, day: Option<Date>) -> bool {
    let day = day.map(|d| d.to_string()).unwrap_or_default();
    model.codelists.get(list).is_some_and(|codes| {
        codes.iter().any(|c| {
            c.code == code
                && (day.is_empty()
                    || ((c.valid_from.is_empty() || c.valid_from <= day)
                        && (c.valid_to.is_empty() || day <= c.valid_to)))
        })
    })
}

/// The UTC day of an instant.
pub(crate) fn day_of(ms: i64) -> Option<Date> {
    Timestamp::from_millisecond(ms)
        .ok()
        .map(|t| TimeZone::UTC.to_datetime(t).date())
}

/// The newest mandate of a grantor to an agent that holds at an instant: the grantor's own word, not taken back, not ended.
pub fn mandate_in_force<'m>(
    mandates: &'m [CaseRecord],
    grantor: &str,
    agent: &str,
    at_ms: i64,
) -> Option<&'m CaseRecord> {
    let text = |m: &'m CaseRecord, member: &str| {
        m.document
            .pointer(&format!("/credentialSubject/{member}"))
            .and_then(Value::as_str)
    };
    let replaced = |m: &CaseRecord| {
        let ids = mandates.iter().filter_map(|r| r.replaces.as_ref());
        ids.into_iter().any(|r| r.id == m.id)
    };
    let withdraws = |m: &CaseRecord| {
        let how = m.replaces.as_ref().map(|r| r.kind);
        how == Some(crate::case::ReplaceKind::Withdraws)
    };
    mandates
        .iter()
        .filter(|m| m.record_type == crate::builtin::MANDATE && m.issuer == grantor)
        .filter(|m| text(m, "grantor") == Some(grantor) && text(m, "agent") == Some(agent))
        .filter(|m| m.disputed.is_none() && !replaced(m) && !withdraws(m))
        .filter(|m| {
            let until = text(m, "until").and_then(instant_ms);
            until.is_none_or(|until| at_ms < until)
        })
        .max_by_key(|m| m.logged_ms)
}

/// Whether a mandate's scope names a record type; one without a scope covers all.
pub fn covers(mandate: &CaseRecord, record_type: &str) -> bool {
    mandate
        .document
        .pointer("/credentialSubject/scope")
        .and_then(Value::as_array)
        .is_none_or(|types| types.iter().any(|t| t.as_str() == Some(record_type)))
}

/// Rules of severity `dispute` or `warn` that fail over a case as it stands: each record in force is judged anew.
///
/// A record under a view is judged as far as it is disclosed; what is not there makes a rule unknown, never failed. `own` is the reader
/// with its mandates: of records of others it cannot know by whose mandate they were made.
pub fn findings(
    profile: &Profile,
    state: &CaseState,
    records: &[CaseRecord],
    directory: &Directory,
    identifiers: &dyn Identifiers,
    own: Option<(&str, &[CaseRecord])>,
) -> Vec<Problem> {
    let cases = BTreeMap::from([(state.case.clone(), state.clone())]);
    let about = [state.case.clone()];
    let all = Arc::new(records.to_vec());
    let of = |_: &CaseRef| all.clone();
    let in_force: BTreeSet<&str> = state
        .records
        .iter()
        .filter(|r| r.in_force)
        .map(|r| r.id.as_str())
        .collect();
    let mut out: Vec<Problem> = Vec::new();
    let mut seen = BTreeSet::new();
    for r in records.iter().filter(|r| in_force.contains(r.id.as_str())) {
        if !seen.insert((&r.id, &r.view)) {
            continue;
        }
        let scope = DocumentScope::new(
            profile,
            &r.document,
            r.view.as_deref(),
            r.logged_ms,
            &about,
            &cases,
            &of,
            identifiers,
        )
        .with_directory(directory)
        .with_mandates(own.filter(|(did, _)| *did == r.issuer).map(|(_, m)| m));
        for p in scope.judge().0 {
            if p.severity != crate::model::Severity::Refuse && !out.contains(&p) {
                out.push(p);
            }
        }
    }
    out
}
