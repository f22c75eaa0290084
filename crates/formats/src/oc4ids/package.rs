//! Projects out as a package of the standard.

use std::collections::{BTreeMap, HashSet};

use super::codes::{self, MEASURES, STATUSES};
use super::milestones::PREFIX;
use super::project_out::{DateOut, MilestoneOut, ProjectFacts, ProjectOut};
use super::text::{list, members, number, object, of_json, pretty, text};
use super::{EXTENSION, text as tree};
use crate::ReadError;
use crate::decimal;
use crate::feeds::is_web_address;
use crate::json::{self, Node, Value};
use crate::projects::CoarseDate;

/// The version that is written.
const VERSION: &str = "0.9";

/// What a package says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackageHead {
    /// The package's address.
    pub uri: String,
    /// When it is published, RFC 3339; of data on demand, the time of its last change.
    pub published_date: String,
    /// Version of the standard; the one that is written here where empty.
    pub version: String,
    /// Who publishes it.
    pub publisher: Publisher,
    /// Address of the licence.
    pub license: Option<String>,
    /// Address of a guide for users.
    pub publication_policy: Option<String>,
    /// What stands before a project's id, without a hyphen behind it: `oc4ids-bu3kcz`. The standard asks for a registered one.
    pub prefix: String,
    /// Further members, by name, as JSON text.
    pub other: BTreeMap<String, String>,
}

/// Who publishes a package.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Publisher {
    /// Name.
    pub name: String,
    /// Scheme of its number.
    pub scheme: Option<String>,
    /// Its number.
    pub uid: Option<String>,
    /// Its address.
    pub uri: Option<String>,
}

/// What a package says of itself, read for writing it again; the prefix is left empty.
///
/// # Errors
/// When the bytes are no bounded JSON.
pub fn read_head(bytes: &[u8]) -> Result<PackageHead, ReadError> {
    let root = json::parse(bytes)?;
    let mut head = PackageHead::default();
    for (name, node) in root.members() {
        let told = match &node.value {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        };
        match (name.as_str(), told) {
            ("uri", Some(text)) => head.uri = text,
            ("publishedDate", Some(text)) => head.published_date = text,
            ("version", Some(text)) => head.version = text,
            ("license", Some(text)) => head.license = Some(text),
            ("publicationPolicy", Some(text)) => head.publication_policy = Some(text),
            ("publisher", _) => {
                let told = |name: &str| node.get(name).and_then(Node::scalar).map(str::to_owned);
                head.publisher = Publisher {
                    name: told("name").unwrap_or_default(),
                    scheme: told("scheme"),
                    uid: told("uid"),
                    uri: told("uri"),
                };
            }
            ("projects", _) => {}
            (name, _) => {
                head.other.insert(name.to_owned(), tree::canonical(node));
            }
        }
    }
    Ok(head)
}

/// Writes a package of projects.
///
/// A project that has a document starts from it, so that what came in goes out again member by member; what was stated later is said over
/// it. What the standard has no field for stands under [`EXTENSION`].
pub fn package(head: &PackageHead, projects: &[ProjectOut]) -> String {
    let mut root = vec![
        ("uri".to_owned(), text(&head.uri)),
        ("publishedDate".to_owned(), text(&head.published_date)),
        (
            "version".to_owned(),
            text(if head.version.is_empty() {
                VERSION
            } else {
                &head.version
            }),
        ),
    ];
    let publisher = &head.publisher;
    let mut told = vec![("name".to_owned(), text(&publisher.name))];
    for (name, value) in [
        ("scheme", &publisher.scheme),
        ("uid", &publisher.uid),
        ("uri", &publisher.uri),
    ] {
        told.extend(value.as_ref().map(|value| (name.to_owned(), text(value))));
    }
    root.push(("publisher".to_owned(), members(told)));
    for (name, value) in [
        ("license", &head.license),
        ("publicationPolicy", &head.publication_policy),
    ] {
        root.extend(value.as_ref().map(|value| (name.to_owned(), text(value))));
    }
    for (name, value) in &head.other {
        if let Ok(node) = json::parse(value.as_bytes()) {
            root.push((name.clone(), node));
        }
    }
    let projects = projects
        .iter()
        .map(|project| write(head, project))
        .collect();
    root.push(("projects".to_owned(), list(projects)));
    pretty(&members(root))
}

/// A project that is being written.
struct Writing {
    members: Vec<(String, Node)>,
}

impl Writing {
    fn get(&self, name: &str) -> Option<&Node> {
        self.members
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, node)| node)
    }

    fn set(&mut self, name: &str, node: Node) {
        set(&mut self.members, name, node);
    }

    /// Sets a member that the document does not have.
    fn fill(&mut self, name: &str, node: Node) {
        if self.get(name).is_none() {
            self.set(name, node);
        }
    }

    /// Sets a member of an object below.
    fn set_in(&mut self, holder: &str, name: &str, node: Node) {
        let mut below = self
            .get(holder)
            .map(|node| node.members().to_vec())
            .unwrap_or_default();
        set(&mut below, name, node);
        self.set(holder, members(below));
    }

    /// The items of a list, to be added to.
    fn items(&self, name: &str) -> Vec<Node> {
        self.get(name)
            .map(|node| node.items().to_vec())
            .unwrap_or_default()
    }
}

fn set(members: &mut Vec<(String, Node)>, name: &str, node: Node) {
    match members.iter_mut().find(|(known, _)| known == name) {
        Some((_, member)) => *member = node,
        None => members.push((name.to_owned(), node)),
    }
}

fn write(head: &PackageHead, project: &ProjectOut) -> Node {
    let document = project.document.as_ref();
    let since = document.map_or("", |document| document.stated_on.as_str());
    let read = document.and_then(|document| json::parse(document.text.as_bytes()).ok());
    let mut out = Writing {
        members: read.map(|node| node.members().to_vec()).unwrap_or_default(),
    };
    let id = match head.prefix.is_empty() {
        true => project.project.clone(),
        false => format!("{}-{}", head.prefix, project.project),
    };
    out.fill("id", text(&id));
    let said = since_then(project, since);
    if let Some(facts) = &said.facts {
        write_facts(&mut out, facts);
    }
    let stated_on = said
        .facts
        .as_ref()
        .map_or("", |facts| facts.stated.stated_on.as_str());
    if let Some(phase) = said
        .phases
        .last()
        .filter(|phase| phase.stated.stated_on.as_str() >= stated_on)
    {
        write_phase(&mut out, &phase.phase);
    }
    write_whole_dates(&mut out, &said);
    write_costs(&mut out, &said);
    write_milestones(&mut out, &said);
    write_progress(&mut out, project);
    write_parties(&mut out, project);
    write_documents(&mut out, project);
    let days = said.dates.iter().map(|date| date.stated.stated_on.as_str());
    let newest = days.chain([stated_on]).max();
    if let Some(moment) = newest.and_then(first_moment) {
        out.set("updated", text(&moment));
    }
    if let Some(extension) = extension(project) {
        out.set(EXTENSION, extension);
    }
    members(out.members)
}

/// What was stated on that day or later, in the order of the days: the last of a kind is the newest.
fn since_then(project: &ProjectOut, day: &str) -> ProjectOut {
    let mut said = project.clone();
    said.facts = said
        .facts
        .filter(|facts| facts.stated.stated_on.as_str() >= day);
    said.dates
        .retain(|part| part.stated.stated_on.as_str() >= day);
    said.dates
        .sort_by(|one, other| one.stated.stated_on.cmp(&other.stated.stated_on));
    said.costs
        .retain(|part| part.stated.stated_on.as_str() >= day);
    said.costs
        .sort_by(|one, other| one.stated.stated_on.cmp(&other.stated.stated_on));
    said.phases
        .retain(|part| part.stated.stated_on.as_str() >= day);
    said.phases
        .sort_by(|one, other| one.stated.stated_on.cmp(&other.stated.stated_on));
    said
}

fn write_facts(out: &mut Writing, facts: &ProjectFacts) {
    if !facts.name_en.is_empty() {
        out.set("title", text(&facts.name_en));
        out.fill("language", text("en"));
    }
    if let Some(words) = facts
        .project_type
        .as_deref()
        .filter(|words| !words.is_empty())
    {
        out.fill("description", text(words));
        if let Some(code) = codes::type_of(words) {
            out.fill("type", text(code));
        }
    }
    write_phase(out, &facts.phase);
    let sectors = codes::sectors_of(&facts.project_class);
    if !sectors.is_empty() {
        out.fill(
            "sector",
            list(sectors.iter().map(|code| text(code)).collect()),
        );
    }
    let places = places(facts);
    if !places.is_empty() {
        out.fill("locations", list(places));
    }
    // A date of the standard is a day: the last one that a coarse date may mean. How coarse it is stands in the extension.
    if let Some(moment) = facts.current_target.as_deref().and_then(last_moment) {
        out.set_in("period", "endDate", text(&moment));
    }
    let actual = facts.actual_completion.as_deref();
    if let Some(moment) = actual.and_then(|date| past_moment(date, &facts.stated.stated_on)) {
        out.set_in("completion", "endDate", text(&moment));
    }
    if let (Some(amount), Some(currency)) = (&facts.budget_amount, &facts.budget_currency)
        && let Some(value) = value(amount, currency)
    {
        out.set_in("budget", "amount", value);
    }
}

/// The place, in each country of its side: the standard has no side, and whoever reads the package tells it from these.
fn places(facts: &ProjectFacts) -> Vec<Node> {
    let countries: &[&str] = match facts.side.as_str() {
        "us" => &["United States"],
        "mx" => &["Mexico"],
        "binational" => &["United States", "Mexico"],
        _ => &[],
    };
    let place = |id: usize, country: Option<&str>| {
        let mut told = vec![("id".to_owned(), text(&id.to_string()))];
        if !facts.port.is_empty() {
            told.push(("description".to_owned(), text(&facts.port)));
        }
        if let Some(country) = country {
            let address = object([("countryName", text(country))]);
            told.push(("address".to_owned(), address));
        }
        members(told)
    };
    match countries {
        [] if facts.port.is_empty() => Vec::new(),
        [] => vec![place(1, None)],
        all => (1..)
            .zip(all)
            .map(|(id, country)| place(id, Some(country)))
            .collect(),
    }
}

/// The phase, where the standard has it: works that stand still have none of its codes.
fn write_phase(out: &mut Writing, phase: &str) {
    if STATUSES.contains(&phase) {
        out.set("status", text(phase));
    }
}

/// Dates of the whole, the last of each kind.
fn write_whole_dates(out: &mut Writing, project: &ProjectOut) {
    // The newest word counts: a date that the project's own statement, being younger, says otherwise is said by that.
    let facts = project.facts.as_ref();
    let younger = |kind: &str, date: &DateOut| {
        let by_facts = facts.filter(|facts| facts.stated.stated_on > date.stated.stated_on);
        by_facts.is_some_and(|facts| match kind {
            "target" => facts.current_target.is_some(),
            "actual" => facts.actual_completion.is_some(),
            _ => false,
        })
    };
    let last = |kind: &str| {
        let of_kind = |date: &&DateOut| date.milestone.is_none() && date.date_kind == kind;
        let found = project.dates.iter().rev().find(of_kind);
        found.filter(|date| !younger(kind, date))
    };
    let moment = |date: &DateOut| date.date.as_deref().and_then(last_moment);
    let past = |date: &DateOut| past_moment(date.date.as_deref()?, &date.stated.stated_on);
    if let Some(moment) = last("target").and_then(moment) {
        out.set_in("period", "endDate", text(&moment));
    }
    let started = last("start-actual").and_then(past);
    if let Some(moment) = started.or_else(|| last("start-target").and_then(moment)) {
        out.set_in("period", "startDate", text(&moment));
    }
    if let Some(date) = last("actual") {
        if let Some(moment) = past(date) {
            out.set_in("completion", "endDate", text(&moment));
        }
        if let Some(why) = &date.reason_text {
            out.set_in("completion", "endDateDetails", text(why));
        }
    }
}

/// The final cost, and the allocation where no budget is stated. Other kinds have no field of their own and stand in the extension.
fn write_costs(out: &mut Writing, project: &ProjectOut) {
    let last = |kind: &str| {
        project
            .costs
            .iter()
            .rev()
            .find(|cost| cost.cost_kind == kind)
    };
    if let Some(cost) = last("final")
        && let Some(value) = value(&cost.amount, &cost.currency)
    {
        out.set_in("completion", "finalValue", value);
    }
    if let Some(cost) = last("appropriation")
        && out
            .get("budget")
            .and_then(|budget| budget.get("amount"))
            .is_none()
        && let Some(value) = value(&cost.amount, &cost.currency)
    {
        out.set_in("budget", "amount", value);
    }
}

fn write_milestones(out: &mut Writing, project: &ProjectOut) {
    let mut items = out.items("milestones");
    let before = items.clone();
    let is_it = |item: &Node, id: &str| {
        let theirs = item.get("id").and_then(Node::scalar).unwrap_or_default();
        theirs == id || id.strip_prefix(PREFIX) == Some(theirs)
    };
    for milestone in &project.milestones {
        let id = milestone.milestone.as_str();
        match items.iter_mut().find(|item| is_it(item, id)) {
            Some(item) => {
                let mut told = item.members().to_vec();
                set(&mut told, "title", text(&milestone.name_en));
                *item = members(told);
            }
            None => items.push(milestone_node(milestone)),
        }
    }
    for item in &mut items {
        let theirs = item
            .get("id")
            .and_then(Node::scalar)
            .unwrap_or_default()
            .to_owned();
        let of = |kind: &str| {
            let dates = project
                .dates
                .iter()
                .rev()
                .filter(|date| date.date_kind == kind);
            dates
                .filter(|date| {
                    let told = date.milestone.as_deref().unwrap_or_default();
                    told == theirs || told.strip_prefix(PREFIX) == Some(theirs.as_str())
                })
                .find_map(|date| match kind {
                    "actual" => past_moment(date.date.as_deref()?, &date.stated.stated_on),
                    _ => last_moment(date.date.as_deref()?),
                })
        };
        let (due, met) = (of("target"), of("actual"));
        if due.is_none() && met.is_none() {
            continue;
        }
        let mut told = item.members().to_vec();
        if let Some(due) = &due {
            set(&mut told, "dueDate", text(due));
        }
        if let Some(met) = &met {
            set(&mut told, "dateMet", text(met));
        }
        let is_met = met.is_some() || item.get("dateMet").is_some();
        set(
            &mut told,
            "status",
            text(if is_met { "met" } else { "scheduled" }),
        );
        *item = members(told);
    }
    if items != before {
        out.set("milestones", list(items));
    }
}

fn milestone_node(milestone: &MilestoneOut) -> Node {
    let (of_type, code) = codes::milestone_out(&milestone.milestone_kind);
    let mut told = vec![
        ("id".to_owned(), text(&milestone.milestone)),
        ("title".to_owned(), text(&milestone.name_en)),
        ("type".to_owned(), text(of_type)),
    ];
    told.extend(code.map(|code| ("code".to_owned(), text(code))));
    members(told)
}

fn write_progress(out: &mut Writing, project: &ProjectOut) {
    for (name, planned) in [("metrics", false), ("forecasts", true)] {
        let mut metrics = out.items(name);
        let mut changed = false;
        for (id, measure) in MEASURES {
            let of_measure = project.progress.iter().filter(|progress| {
                progress.progress_measure == *measure
                    && progress.planned == planned
                    && progress.milestone.is_none()
            });
            let mut made = Vec::new();
            for (index, progress) in of_measure.enumerate() {
                let (Some(percent), Some(moment)) =
                    (&progress.percent, first_moment(&progress.stated.stated_on))
                else {
                    continue;
                };
                made.push(object([
                    (
                        "id",
                        text(&format!("{}-{}", progress.stated.stated_on, index + 1)),
                    ),
                    ("measure", text(&percent.to_string())),
                    (
                        "unit",
                        object([
                            ("name", text("percent")),
                            ("scheme", text("UNCEFACT")),
                            ("id", text("P1")),
                        ]),
                    ),
                    (
                        "period",
                        object([("startDate", text(&moment)), ("endDate", text(&moment))]),
                    ),
                ]));
            }
            if made.is_empty() {
                continue;
            }
            changed = true;
            let known = metrics
                .iter_mut()
                .find(|metric| metric.get("id").and_then(Node::scalar) == Some(id));
            match known {
                Some(metric) => {
                    let mut told = metric.members().to_vec();
                    let mut observations = metric
                        .get("observations")
                        .map(|node| node.items().to_vec())
                        .unwrap_or_default();
                    observations.extend(made);
                    set(&mut told, "observations", list(observations));
                    *metric = members(told);
                }
                None => metrics.push(object([("id", text(id)), ("observations", list(made))])),
            }
        }
        if changed {
            out.set(name, list(metrics));
        }
    }
}

/// Parties with their roles; sponsors are the standard's public authority, which is who develops the asset.
fn write_parties(out: &mut Writing, project: &ProjectOut) {
    let sponsors = project.facts.iter().flat_map(|facts| &facts.sponsors);
    let named = project
        .parties
        .iter()
        .filter(|party| party.milestone.is_none());
    let all = sponsors
        .map(|name| (name.as_str(), "sponsor"))
        .chain(named.map(|party| (party.party_name.as_str(), party.party_role.as_str())));
    let mut parties = out.items("parties");
    let before = parties.clone();
    for (name, role) in all {
        let role = codes::role_out(role);
        if name.is_empty() || role.is_empty() {
            continue;
        }
        let known = parties
            .iter_mut()
            .find(|party| party.get("name").and_then(Node::scalar) == Some(name));
        match known {
            Some(party) => {
                let mut roles = party
                    .get("roles")
                    .map(|node| node.items().to_vec())
                    .unwrap_or_default();
                if roles.iter().all(|known| known.scalar() != Some(role)) {
                    roles.push(text(role));
                    let mut told = party.members().to_vec();
                    set(&mut told, "roles", list(roles));
                    *party = members(told);
                }
            }
            None => parties.push(object([
                ("name", text(name)),
                ("id", text(&format!("party-{}", parties.len() + 1))),
                ("roles", list(vec![text(role)])),
            ])),
        }
    }
    if parties != before {
        out.set("parties", list(parties));
    }
}

/// Every source that a statement names, once.
fn write_documents(out: &mut Writing, project: &ProjectOut) {
    let facts = project.facts.iter().map(|facts| &facts.stated);
    let all = facts
        .chain(project.dates.iter().map(|part| &part.stated))
        .chain(project.costs.iter().map(|part| &part.stated))
        .chain(project.progress.iter().map(|part| &part.stated))
        .chain(project.phases.iter().map(|part| &part.stated));
    let mut documents = out.items("documents");
    let mut seen: HashSet<String> = documents
        .iter()
        .filter_map(|document| {
            document
                .get("url")
                .or_else(|| document.get("title"))?
                .scalar()
                .map(str::to_owned)
        })
        .collect();
    let before = documents.len();
    let mut count = 0;
    for source in all.flat_map(|stated| &stated.sources) {
        if source.is_empty() || !seen.insert(source.clone()) {
            continue;
        }
        count += 1;
        let name = if is_web_address(source) {
            "url"
        } else {
            "title"
        };
        documents.push(object([
            ("id", text(&format!("source-{count}"))),
            (name, text(source)),
        ]));
    }
    if documents.len() > before {
        out.set("documents", list(documents));
    }
}

/// What the standard has no field for: every statement with its day, its source, how coarse its date is, its reason and its kind.
fn extension(project: &ProjectOut) -> Option<Node> {
    let mut told = serde_json::Map::new();
    let mut put = |name: &str, value: Result<serde_json::Value, serde_json::Error>| {
        let value = value.unwrap_or_default();
        let empty = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
        if !empty {
            told.insert(name.to_owned(), value);
        }
    };
    put("stated", serde_json::to_value(&project.facts));
    put("dates", serde_json::to_value(&project.dates));
    put("costs", serde_json::to_value(&project.costs));
    put("progress", serde_json::to_value(&project.progress));
    put("phases", serde_json::to_value(&project.phases));
    put("milestones", serde_json::to_value(&project.milestones));
    put("parties", serde_json::to_value(&project.parties));
    put("risks", serde_json::to_value(&project.risks));
    put("questions", serde_json::to_value(&project.questions));
    if told.is_empty() {
        return None;
    }
    told.insert("project".to_owned(), project.project.clone().into());
    Some(of_json(&told.into()))
}

/// An amount of money; nothing where a text is no number, which would break the document.
fn value(amount: &str, currency: &str) -> Option<Node> {
    let amount = decimal::text(decimal::parse(amount)?);
    Some(object([
        ("amount", number(&amount)),
        ("currency", text(currency)),
    ]))
}

/// The last day that a stated date may mean.
fn last_moment(date: &str) -> Option<String> {
    let date: CoarseDate = date.parse().ok()?;
    Some(format!("{}T00:00:00Z", date.last()))
}

/// The last day that a date of something which happened may mean: never after the day on which it was stated.
fn past_moment(date: &str, stated_on: &str) -> Option<String> {
    let date: CoarseDate = date.parse().ok()?;
    let stated: Option<CoarseDate> = stated_on.parse().ok();
    let last = stated.map_or(date.last(), |stated| date.last().min(stated.last()));
    Some(format!("{}T00:00:00Z", last.max(date.first())))
}

/// A day.
fn first_moment(day: &str) -> Option<String> {
    let date: CoarseDate = day.parse().ok()?;
    Some(format!("{}T00:00:00Z", date.first()))
}
