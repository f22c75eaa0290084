//! From a package to drafts.

use std::collections::HashSet;

use jiff::civil::Date;

use super::codes::{self, MEASURES, STATUSES};
use super::{DOCUMENT_CHARS_MAX, PROJECTS_MAX, Reading, milestones, text};
use crate::ReadError;
use crate::country;
use crate::decimal;
use crate::draft::{Builder, Draft, Places, Severity};
use crate::json::{Member, Node, Value};
use crate::kinds::DocumentKind;
use crate::projects::{CURRENCIES, noon, project_id};

/// What records hold of names and of reasons.
pub(super) const NAME_CHARS_MAX: usize = 200;
const PLACE_CHARS_MAX: usize = 120;
const SOURCE_CHARS_MAX: usize = 600;
const REASON_CHARS_MAX: usize = 1_000;

/// What all records of a file have in common, and the draft that they go into.
pub(super) struct Reader<'a> {
    pub(super) out: Builder,
    /// The day on which the file says it, and the member that tells it.
    stated_on: Option<(Date, Member<'a>)>,
    /// Where the file is published.
    uri: Option<Member<'a>>,
    own_prefix: Option<&'a str>,
}

/// One project on its way into records.
pub(super) struct Project<'a> {
    pub(super) member: Member<'a>,
    /// Its id here, and the member that says it; none where the id does not fit.
    id: Option<(String, Member<'a>)>,
    /// Its pointer, as the source of its records.
    source: String,
}

pub(super) fn read(root: &Node, reading: &Reading) -> Result<Draft, ReadError> {
    let root = Member::root(root);
    let projects = root.child("projects");
    let alone = projects.is_none() && root.child("id").is_some();
    let items = match &projects {
        Some(projects) if matches!(projects.node.value, Value::List(_)) => projects.items(),
        None if alone => vec![Member {
            node: root.node,
            path: String::new(),
        }],
        _ => {
            return Err(ReadError::new(
                "oc4ids-form",
                "this is neither a package with a list of projects nor a project with an id",
                "no es un paquete con una lista de proyectos ni un proyecto con id",
            )
            .at(root.place()));
        }
    };
    if items.len() > PROJECTS_MAX {
        return Err(ReadError::new(
            "oc4ids-too-many-projects",
            format!("more than {PROJECTS_MAX} projects"),
            format!("más de {PROJECTS_MAX} proyectos"),
        )
        .at(root.place()));
    }
    let day_name = if alone { "updated" } else { "publishedDate" };
    let mut reader = Reader {
        out: Builder::new(DocumentKind::Oc4ids, Places::default()),
        stated_on: None,
        uri: None,
        own_prefix: reading
            .own_prefix
            .as_deref()
            .filter(|prefix| !prefix.is_empty()),
    };
    reader.stated_on = root
        .child(day_name)
        .and_then(|member| Some((reader.day(&member)?, member)));
    if !alone {
        reader.package(&root);
    }
    reader.uri = root.child("uri").filter(|_| !alone).filter(|uri| {
        uri.text()
            .is_some_and(|text| text.chars().count() <= SOURCE_CHARS_MAX)
    });
    let mut seen = HashSet::new();
    for member in items {
        reader.project(member, &mut seen);
    }
    Ok(reader.out.finish())
}

impl<'a> Reader<'a> {
    /// What the schema of a package requires.
    fn package(&mut self, root: &Member<'a>) {
        for name in ["uri", "publisher", "publishedDate", "version"] {
            if root.child(name).is_none() {
                self.absent(root, name);
            }
        }
        if let Some(version) = root.child("version")
            && version.text() != Some("0.9")
        {
            self.tell(
                Severity::Warning,
                "version-other",
                &version,
                "is not 0.9, the version that is read here",
                "no es 0.9, la versión que se lee aquí",
            );
        }
        if root
            .child("projects")
            .is_some_and(|projects| projects.items().is_empty())
        {
            self.absent(root, "projects");
        }
    }

    fn project(&mut self, member: Member<'a>, seen: &mut HashSet<String>) {
        if !member.is_object() {
            self.tell(
                Severity::Error,
                "member-form",
                &member,
                "should be an object",
                "debería ser un objeto",
            );
            return;
        }
        let id = self.id(&member, seen);
        let source = match member.path.as_str() {
            "" => "/".to_owned(),
            path => path.to_owned(),
        };
        let project = Project { member, id, source };
        self.document(&project);
        self.stated(&project);
        self.whole_dates(&project);
        milestones::read(self, &project);
        self.costs(&project);
        for (name, planned) in [("metrics", false), ("forecasts", true)] {
            self.progress(&project, name, planned);
        }
        self.parties(&project);
    }

    /// The project's id here: theirs, without the prefix that is our own.
    fn id(
        &mut self,
        member: &Member<'a>,
        seen: &mut HashSet<String>,
    ) -> Option<(String, Member<'a>)> {
        let Some(told) = member.child("id") else {
            self.absent(member, "id");
            return None;
        };
        let Some(text) = told.text() else {
            self.tell(
                Severity::Error,
                "member-form",
                &told,
                "should be a text",
                "debería ser un texto",
            );
            return None;
        };
        if !seen.insert(text.to_lowercase()) {
            self.tell(
                Severity::Error,
                "project-repeated",
                &told,
                "is the id of another project of this file",
                "es el id de otro proyecto de este archivo",
            );
        }
        let own = self
            .own_prefix
            .and_then(|prefix| text.strip_prefix(prefix)?.strip_prefix('-'));
        let id = own.unwrap_or(text);
        if !project_id(id) {
            self.tell(
                Severity::Error,
                "project-id-form",
                &told,
                "should be 3 to 80 small letters, digits and hyphens to be the id of a project here",
                "debería tener de 3 a 80 letras minúsculas, dígitos y guiones para ser el id de un proyecto aquí",
            );
            return None;
        }
        Some((id.to_owned(), told))
    }

    /// Opens a record of a project with what all of them have.
    pub(super) fn record(&mut self, project: &Project<'a>, record_type: &str) -> usize {
        let record = self.out.record(record_type);
        self.out.compiled(record, &project.source);
        match &project.id {
            Some((id, member)) => self.set(record, "/project", id.as_str(), member),
            None => self.out.missing(
                record,
                "/project",
                "the id of the project",
                "el id del proyecto",
            ),
        }
        if let Some((day, member)) = &self.stated_on {
            let (day, at) = (*day, member.keep(&mut self.out));
            self.out.set(record, "/statedOn", day.to_string(), &at);
            if let Some(noon) = noon(day) {
                self.out.occurred(record, noon, &at);
            }
        } else {
            self.out.missing(
                record,
                "/statedOn",
                "the day on which it was stated",
                "el día en que se declaró",
            );
        }
        match &self.uri {
            Some(uri) => {
                let (text, at) = (uri.text().unwrap_or_default(), uri.keep(&mut self.out));
                self.out.set(record, "/sources/0", text, &at);
            }
            None => self.out.missing(
                record,
                "/sources",
                "where the file is published",
                "dónde está publicado el archivo",
            ),
        }
        record
    }

    /// The project as it stands, so that it goes out again whole.
    fn document(&mut self, project: &Project<'a>) {
        let whole = text::canonical(project.member.node);
        let count = whole.chars().count();
        if count > DOCUMENT_CHARS_MAX {
            self.tell(
                Severity::Warning,
                "document-not-kept",
                &project.member,
                &format!("has {count} characters, more than the {DOCUMENT_CHARS_MAX} of a record: it is not kept whole, and what has no record of its own is lost"),
                &format!("tiene {count} caracteres, más de los {DOCUMENT_CHARS_MAX} de un registro: no se conserva completo, y se pierde lo que no tiene registro propio"),
            );
            return;
        }
        let record = self.record(project, "ProjectDocument");
        let at = match project.member.child("id") {
            Some(id) => id.keep(&mut self.out),
            None => project.member.keep(&mut self.out),
        };
        self.out.set(record, "/documentForm", "oc4ids-0.9", &at);
        self.out.set(record, "/documentText", whole, &at);
    }

    fn stated(&mut self, project: &Project<'a>) {
        let of = &project.member;
        let record = self.record(project, "ProjectStated");
        match of
            .child("title")
            .and_then(|title| Some((self.words(&title, NAME_CHARS_MAX)?, title)))
        {
            Some((text, title)) => {
                self.set(record, "/nameEn", text, &title);
                self.set(record, "/nameEs", text, &title);
                self.tell(
                    Severity::Note,
                    "title-in-one-language",
                    &title,
                    "is given in one language and stands for both names",
                    "está en un solo idioma y vale para ambos nombres",
                );
            }
            None => {
                for name in ["/nameEn", "/nameEs"] {
                    self.out
                        .missing(record, name, "the project's name", "el nombre del proyecto");
                }
            }
        }
        self.side_and_place(of, record);
        match of.child("status") {
            Some(status) => match STATUSES.iter().find(|code| status.text() == Some(code)) {
                Some(code) => self.set(record, "/phase", *code, &status),
                None => {
                    let all = STATUSES.join(", ");
                    self.tell(
                        Severity::Error,
                        "status-unknown",
                        &status,
                        &format!("should be one of {all}"),
                        &format!("debería ser uno de {all}"),
                    );
                    self.out.missing(record, "/phase", "the phase", "la fase");
                }
            },
            None => self.out.missing(record, "/phase", "the phase", "la fase"),
        }
        self.class(of, record);
        if let Some(kind) = of.child("type")
            && let Some(text) = self.words(&kind, NAME_CHARS_MAX)
        {
            self.set(record, "/projectType", text, &kind);
        }
        if let Some(money) = self.money(of.down(&["budget", "amount"])) {
            self.set(
                record,
                "/budgetAmount",
                money.amount.as_str(),
                &money.amount_at,
            );
            self.set(
                record,
                "/budgetCurrency",
                money.currency,
                &money.currency_at,
            );
            if let Some(approved) = of.down(&["budget", "approvalDate"])
                && let Some(day) = self.day(&approved)
                && (1950..=2200).contains(&day.year())
            {
                self.set(record, "/budgetYear", day.year(), &approved);
            }
        }
        let done = of.down(&["completion", "endDate"]);
        let done_day = done.as_ref().and_then(|member| self.day(member));
        let end = of.down(&["period", "endDate"]);
        let end_day = end.as_ref().and_then(|member| self.day(member));
        if let (Some(end), Some(day)) = (&end, end_day)
            && done_day != Some(day)
        {
            self.set(record, "/currentTarget", day.to_string(), end);
        }
        if let (Some(done), Some(day)) = (&done, done_day) {
            self.set(record, "/actualCompletion", day.to_string(), done);
        }
        self.sponsors(of, record);
    }

    /// `side` from the countries of its places, `port` from the first of them.
    fn side_and_place(&mut self, of: &Member<'a>, record: usize) {
        let places = of
            .child("locations")
            .map(|list| list.items())
            .unwrap_or_default();
        let mut side: Option<(&'static str, Member<'a>)> = None;
        for place in &places {
            let Some(country) = place.down(&["address", "countryName"]) else {
                continue;
            };
            let found = side_of(country.text().unwrap_or_default());
            side = match (found, side) {
                (Some(found), Some((known, at))) if found != known => Some(("binational", at)),
                (Some(_), Some(known)) => Some(known),
                (Some(found), None) => Some((found, country)),
                (None, known) => known,
            };
        }
        match side {
            Some((side, at)) => self.set(record, "/side", side, &at),
            None => self.out.missing(
                record,
                "/side",
                "the side: us, mx or binational",
                "el lado: us, mx o binational",
            ),
        }
        let first = places.first().and_then(|place| place.child("description"));
        match first.and_then(|first| Some((self.words(&first, PLACE_CHARS_MAX)?, first))) {
            Some((text, first)) => self.set(record, "/port", text, &first),
            None => self
                .out
                .missing(record, "/port", "the port or place", "el puerto o lugar"),
        }
    }

    fn class(&mut self, of: &Member<'a>, record: usize) {
        let Some(sector) = of.child("sector") else {
            self.out.missing(
                record,
                "/projectClass",
                "the class of the project",
                "la clase del proyecto",
            );
            return;
        };
        let codes: Vec<&str> = sector.items().iter().filter_map(Member::text).collect();
        match codes::class_of(&codes) {
            Ok(Some(class)) => self.set(record, "/projectClass", class, &sector),
            Ok(None) => {
                self.set(record, "/projectClass", "other", &sector);
                self.tell(
                    Severity::Note,
                    "sector-unclassed",
                    &sector,
                    "says none of the classes and is filed as other",
                    "no dice ninguna de las clases y se registra como otro",
                );
            }
            Err(()) => {
                self.out.missing(
                    record,
                    "/projectClass",
                    "the class: the sectors say several",
                    "la clase: los sectores dicen varias",
                );
            }
        }
    }

    fn sponsors(&mut self, of: &Member<'a>, record: usize) {
        let mut names: Vec<Member<'a>> =
            of.down(&["publicAuthority", "name"]).into_iter().collect();
        if names.is_empty() {
            let parties = of
                .child("parties")
                .map(|list| list.items())
                .unwrap_or_default();
            let is_authority = |party: &&Member<'a>| roles(party).contains(&"publicAuthority");
            names.extend(
                parties
                    .iter()
                    .filter(is_authority)
                    .filter_map(|party| party.child("name")),
            );
        }
        let mut count = 0;
        for name in names.iter().take(30) {
            if let Some(text) = self.words(name, NAME_CHARS_MAX) {
                self.set(record, &format!("/sponsors/{count}"), text, name);
                count += 1;
            }
        }
        if count == 0 {
            self.out.missing(
                record,
                "/sponsors",
                "who is responsible",
                "quién es responsable",
            );
        }
    }

    /// Planned and actual end of the whole.
    fn whole_dates(&mut self, project: &Project<'a>) {
        let of = &project.member;
        let end = of.down(&["period", "endDate"]);
        let done = of.down(&["completion", "endDate"]);
        // Their form is told where the project is stated.
        let end_day = end.as_ref().and_then(|member| plain_day(member));
        let done_day = done.as_ref().and_then(|member| plain_day(member));
        if let (Some(end), Some(day)) = (&end, end_day) {
            if done_day == Some(day) {
                self.tell(
                    Severity::Note,
                    "target-overwritten",
                    end,
                    "equals the day of completion: what was planned before may be overwritten, and no target is stated from it",
                    "es igual al día de término: lo previsto antes pudo sobrescribirse, y no se declara ninguna meta con ello",
                );
            } else {
                self.date(project, None, "target", day, end);
            }
        }
        if let (Some(done), Some(day)) = (&done, done_day) {
            if let Some((stated, _)) = &self.stated_on
                && day > *stated
            {
                let stated = *stated;
                self.tell(
                    Severity::Error,
                    "actual-after-statement",
                    done,
                    &format!("lies after {stated}, the day on which it was stated as a fact"),
                    &format!("es posterior a {stated}, el día en que se declaró como hecho"),
                );
                return;
            }
            let record = self.date(project, None, "actual", day, done);
            if let Some(why) = of.down(&["completion", "endDateDetails"])
                && let Some(text) = self.words(&why, REASON_CHARS_MAX)
            {
                self.set(record, "/reasonText", text, &why);
            }
        }
    }

    /// A `DateStated`.
    pub(super) fn date(
        &mut self,
        project: &Project<'a>,
        milestone: Option<(&str, &Member<'a>)>,
        kind: &str,
        day: Date,
        at: &Member<'a>,
    ) -> usize {
        let record = self.record(project, "DateStated");
        if let Some((milestone, member)) = milestone {
            self.set(record, "/milestone", milestone, member);
        }
        self.set(record, "/dateKind", kind, at);
        self.set(record, "/date", day.to_string(), at);
        record
    }

    fn costs(&mut self, project: &Project<'a>) {
        for (path, kind) in [
            (["budget", "amount"], "appropriation"),
            (["completion", "finalValue"], "final"),
        ] {
            // A budget is told of where the project is stated.
            let quiet = kind == "appropriation";
            let value = project.member.down(&path);
            let money = match quiet {
                true => value.and_then(|value| Money::of(&value).ok().flatten()),
                false => self.money(value),
            };
            let Some(money) = money else { continue };
            let record = self.record(project, "CostStated");
            self.set(record, "/amount", money.amount.as_str(), &money.amount_at);
            self.set(record, "/currency", money.currency, &money.currency_at);
            self.set(record, "/costKind", kind, &money.amount_at);
        }
    }

    fn progress(&mut self, project: &Project<'a>, name: &str, planned: bool) {
        let metrics = project
            .member
            .child(name)
            .map(|list| list.items())
            .unwrap_or_default();
        for metric in metrics {
            let id = metric.child("id");
            let measure = MEASURES
                .iter()
                .find(|(theirs, _)| id.as_ref().and_then(Member::text) == Some(*theirs));
            let (Some(id), Some((_, measure))) = (id, measure) else {
                continue;
            };
            let observations = metric
                .child("observations")
                .map(|list| list.items())
                .unwrap_or_default();
            for observation in observations {
                self.observation(project, (&id, measure), &observation, planned);
            }
        }
    }

    fn observation(
        &mut self,
        project: &Project<'a>,
        (id, measure): (&Member<'a>, &str),
        observation: &Member<'a>,
        planned: bool,
    ) {
        let Some(told) = observation.child("measure") else {
            return;
        };
        let unit = observation
            .down(&["unit", "name"])
            .and_then(|name| name.text().map(str::to_lowercase));
        let unit_id = observation
            .down(&["unit", "id"])
            .and_then(|id| id.text().map(str::to_owned));
        let is_percent =
            matches!(unit.as_deref(), Some("percent" | "%")) || unit_id.as_deref() == Some("P1");
        let percent = told
            .text()
            .and_then(decimal::parse)
            .filter(|value| *value <= 100 * decimal::ONE);
        let Some(percent) = percent.filter(|_| is_percent) else {
            self.tell(
                Severity::Warning,
                "percent-form",
                &told,
                "is no percentage from 0 to 100 in the unit percent, and is left in the document",
                "no es un porcentaje de 0 a 100 en la unidad percent, y queda en el documento",
            );
            return;
        };
        let day = ["endDate", "startDate"]
            .iter()
            .find_map(|name| observation.down(&["period", name]));
        let record = self.record(project, "ProgressStated");
        self.set(record, "/progressMeasure", measure, id);
        self.set(record, "/percent", decimal::json(percent), &told);
        if planned {
            self.set(record, "/planned", true, &told);
        }
        let Some(day_at) = day else {
            self.tell(
                Severity::Note,
                "observation-undated",
                &told,
                "has no day of its own and is stated as of the day of the file",
                "no tiene día propio y se declara al día del archivo",
            );
            return;
        };
        if let Some(day) = self.day(&day_at) {
            self.set(record, "/statedOn", day.to_string(), &day_at);
            // What is foreseen for a later day is said on the day of the file.
            let is_past = self
                .stated_on
                .as_ref()
                .is_none_or(|(stated, _)| day <= *stated);
            if let (true, Some(noon)) = (is_past, noon(day)) {
                let at = day_at.keep(&mut self.out);
                self.out.occurred(record, noon, &at);
            }
        }
    }

    fn parties(&mut self, project: &Project<'a>) {
        let parties = project
            .member
            .child("parties")
            .map(|list| list.items())
            .unwrap_or_default();
        for party in parties {
            let Some(name) = party.child("name") else {
                continue;
            };
            let Some(text) = self.words(&name, NAME_CHARS_MAX) else {
                continue;
            };
            let country = party.down(&["address", "countryName"]);
            let side = country
                .as_ref()
                .and_then(|country| side_of(country.text().unwrap_or_default()));
            let mut told = HashSet::new();
            for role in party
                .child("roles")
                .map(|list| list.items())
                .unwrap_or_default()
            {
                let Some(ours) = role
                    .text()
                    .and_then(codes::role_in)
                    .filter(|role| told.insert(*role))
                else {
                    continue;
                };
                let record = self.record(project, "PartyNamed");
                self.set(record, "/partyName", text, &name);
                self.set(record, "/partyRole", ours, &role);
                if let (Some(side), Some(country)) = (side, &country) {
                    self.set(record, "/partySide", side, country);
                }
            }
        }
    }

    /// An amount that a record holds; told where it does not.
    fn money(&mut self, value: Option<Member<'a>>) -> Option<Money<'a>> {
        let value = value?;
        match Money::of(&value) {
            Ok(money) => money,
            Err((at, true)) => {
                self.tell(
                    Severity::Note,
                    "currency-not-held",
                    &at,
                    "is neither USD nor MXN: the amount stays in the document",
                    "no es USD ni MXN: el monto queda en el documento",
                );
                None
            }
            Err((at, false)) => {
                self.tell(
                    Severity::Error,
                    "amount-form",
                    &at,
                    "should be a number above zero with at most 15 digits and 2 decimals",
                    "debería ser un número mayor que cero con hasta 15 dígitos y 2 decimales",
                );
                None
            }
        }
    }

    /// A text within what a record holds; told where it is no text or longer.
    pub(super) fn words(&mut self, member: &Member<'a>, chars_max: usize) -> Option<&'a str> {
        let text = match &member.node.value {
            Value::Text(text) if !text.trim().is_empty() => text.trim(),
            _ => {
                self.tell(
                    Severity::Error,
                    "member-form",
                    member,
                    "should be a text",
                    "debería ser un texto",
                );
                return None;
            }
        };
        if text.chars().count() > chars_max {
            self.tell(
                Severity::Warning,
                "text-too-long",
                member,
                &format!("has more than {chars_max} characters and stays in the document"),
                &format!("tiene más de {chars_max} caracteres y queda en el documento"),
            );
            return None;
        }
        Some(text)
    }

    /// The day of a date-time; told where it is none.
    pub(super) fn day(&mut self, member: &Member<'a>) -> Option<Date> {
        let day = plain_day(member);
        if day.is_none() {
            self.tell(
                Severity::Error,
                "date-form",
                member,
                "should be a date and time from 1900 to 2200 like 2018-12-10T00:00:00Z",
                "debería ser una fecha con hora de 1900 a 2200 como 2018-12-10T00:00:00Z",
            );
        }
        day
    }

    pub(super) fn set(
        &mut self,
        record: usize,
        to: &str,
        value: impl Into<serde_json::Value>,
        from: &Member<'a>,
    ) {
        let at = from.keep(&mut self.out);
        self.out.set(record, to, value, &at);
    }

    pub(super) fn tell(
        &mut self,
        severity: Severity,
        code: &'static str,
        member: &Member<'a>,
        en: &str,
        es: &str,
    ) {
        let at = member.keep(&mut self.out);
        let name = member.path.rsplit('/').next().unwrap_or("");
        self.out.fault(
            severity,
            code,
            &at,
            format!("`{name}` {en}"),
            format!("`{name}` {es}"),
        );
    }

    fn absent(&mut self, holder: &Member<'a>, name: &str) {
        holder.keep(&mut self.out);
        self.out.fault(
            Severity::Error,
            "member-missing",
            &format!("{}/{name}", holder.path),
            format!("`{name}` is missing"),
            format!("falta `{name}`"),
        );
    }
}

/// An amount with the members that say it.
struct Money<'a> {
    amount: String,
    amount_at: Member<'a>,
    currency: &'static str,
    currency_at: Member<'a>,
}

impl<'a> Money<'a> {
    /// Of a value of the standard; `None` where a part is absent, an error with what is wrong and whether it is the currency.
    fn of(value: &Member<'a>) -> Result<Option<Money<'a>>, (Member<'a>, bool)> {
        let (Some(amount_at), Some(currency_at)) = (value.child("amount"), value.child("currency"))
        else {
            return Ok(None);
        };
        let Some(currency) = CURRENCIES
            .iter()
            .find(|known| currency_at.text() == Some(known))
        else {
            return Err((currency_at, true));
        };
        let number = match &amount_at.node.value {
            Value::Number(number) => decimal::parse(number).filter(|value| *value > 0),
            _ => None,
        };
        let amount = number.map(decimal::text);
        let fits = |text: &String| text.split_once('.').is_none_or(|(_, part)| part.len() <= 2);
        match amount.filter(fits) {
            Some(amount) => Ok(Some(Money {
                amount,
                amount_at,
                currency,
                currency_at,
            })),
            None => Err((amount_at, false)),
        }
    }
}

fn roles<'a>(party: &Member<'a>) -> Vec<&'a str> {
    let roles = party
        .child("roles")
        .map(|list| list.items())
        .unwrap_or_default();
    roles.iter().filter_map(Member::text).collect()
}

fn plain_day(member: &Member<'_>) -> Option<Date> {
    let text = member.text()?;
    let (date, rest) = text.split_at_checked(10)?;
    let day: Date = (rest.is_empty() || rest.starts_with('T'))
        .then(|| date.parse().ok())
        .flatten()?;
    (1900..=2200).contains(&day.year()).then_some(day)
}

/// The side of a country by its name or letters.
fn side_of(country: &str) -> Option<&'static str> {
    let code = country::two_letters(country).or_else(|| country::by_name(country));
    match (code, country) {
        (Some("US"), _) | (_, "United States" | "USA") => Some("us"),
        (Some("MX"), _) | (_, "Mexico" | "México" | "MEX") => Some("mx"),
        _ => None,
    }
}
