//! Addresses of the console's own pages, in one place for its links and for whoever serves them.

/// The live board; also where sign-in leads.
pub const BOARD: &str = "/console";
/// What changed since a shift began.
pub const SHIFT: &str = "/console/shift";
/// Search and list of cases; a case is `CASES/KIND/KEY`.
pub const CASES: &str = "/console/cases";
/// What needs the party among its open cases.
pub const NEEDS: &str = "/console/needs";
/// The same as CSV.
pub const NEEDS_CSV: &str = "/console/needs.csv";
/// A record is `RECORDS/ID`.
pub const RECORDS: &str = "/console/records";
/// Peers and outboxes.
pub const PEERS: &str = "/console/peers";
/// Whom to call.
pub const CONTACTS: &str = "/console/contacts";
/// The log.
pub const LOG: &str = "/console/log";
/// The API, readable.
pub const INTERFACES: &str = "/console/interfaces";
/// Indicators by program; one is `INDICATORS/ID`.
pub const INDICATORS: &str = "/console/indicators";
/// The table of data elements.
pub const ELEMENTS: &str = "/console/elements";
/// The register of what offices sign by rule.
pub const AUTOMATIONS: &str = "/console/automations";
/// Where files are imported.
pub const IMPORT: &str = "/console/import";
/// What can be imported; one kind is `FORMATS/KIND`.
pub const FORMATS: &str = "/console/formats";
/// Where a credential that somebody shows is checked.
pub const CHECK: &str = "/console/check";
/// Mandates given and received.
pub const MANDATES: &str = "/console/mandates";
/// Sign in.
pub const SIGN_IN: &str = "/console/sign-in";
/// Sign out: POST.
pub const SIGN_OUT: &str = "/console/sign-out";
/// The stream of page fragments.
pub const LIVE: &str = "/console/live";
/// The style sheet.
pub const STYLE: &str = "/assets/garita.css";
/// The script that keeps pages fresh.
pub const SCRIPT: &str = "/assets/live.js";
/// The script that keeps what is typed while the node does not answer.
pub const FORMS: &str = "/assets/form.js";
/// The script that keeps the page of a pass fresh.
pub const PASS_SCRIPT: &str = "/assets/pass.js";
/// The page of a pass is `PASS/SECRET`: the one page beside sign-in that asks for no session.
pub const PASS: &str = "/p";
/// Public: projects; one is `PROJECTS/ID`.
pub const PROJECTS: &str = "/projects";
/// Public: plans; one is `PLANS/ID`.
pub const PLANS: &str = "/plans";
/// Public: the ranking.
pub const PRIORITIES: &str = "/priorities";
/// Public: wait times.
pub const WAITS: &str = "/wait-times";
/// Public: pairs of rates.
pub const BENEFITS: &str = "/benefits";
/// Public: questions to who must answer; one is `QUESTIONS/NUMBER`.
pub const QUESTIONS: &str = "/questions";
/// Public: a reader's question until the desk has decided is `ASKED/ID`.
pub const ASKED: &str = "/asked";
/// What readers ask, for the desk that publishes.
pub const READERS_ASK: &str = "/console/readers";
/// Public: what changed, event by event.
pub const CHANGES: &str = "/changes";
/// Public: how groups of projects stand.
pub const PORTFOLIO: &str = "/portfolio";
/// Public: ways to be told of changes; a subscription is `FOLLOW/ID`.
pub const FOLLOW: &str = "/follow";
/// Public: formulas and lists of codes.
pub const METHOD: &str = "/method";
/// Public: files, formats, feeds.
pub const OPEN_DATA: &str = "/open-data";
/// The icon.
pub const ICON: &str = "/assets/garita.svg";

/// Address of a case.
pub fn case(kind: &str, key: &str) -> String {
    format!(
        "{CASES}/{}/{}",
        super::address::segment(kind),
        super::address::segment(key)
    )
}

/// Address of a case's evidence bundle.
pub fn evidence(kind: &str, key: &str) -> String {
    format!(
        "/v1/cases/{}/{}/evidence",
        super::address::segment(kind),
        super::address::segment(key)
    )
}

/// Address of a credential of a case, to be printed.
pub fn carry(kind: &str, key: &str, name: &str) -> String {
    format!(
        "{}/credentials/{}",
        case(kind, key),
        super::address::segment(name)
    )
}

/// Address of a credential's file.
pub fn credential(kind: &str, key: &str, name: &str) -> String {
    format!(
        "/v1/cases/{}/{}/credentials/{}",
        super::address::segment(kind),
        super::address::segment(key),
        super::address::segment(name)
    )
}

/// Address of the page of a document that a case goes out as.
pub fn send(kind: &str, key: &str, name: &str) -> String {
    format!(
        "{}/documents/{}",
        case(kind, key),
        super::address::segment(name)
    )
}

/// Address of the document itself.
pub fn document(kind: &str, key: &str, name: &str) -> String {
    format!(
        "/v1/cases/{}/{}/documents/{}",
        super::address::segment(kind),
        super::address::segment(key),
        super::address::segment(name)
    )
}

/// Address of an indicator.
pub fn indicator(id: &str) -> String {
    format!("{INDICATORS}/{}", super::address::segment(id))
}

/// Address of a record.
pub fn record(id: &str) -> String {
    format!("{RECORDS}/{}", super::address::segment(id))
}

/// Address of a public project.
pub fn project(id: &str) -> String {
    format!("{PROJECTS}/{}", super::address::segment(id))
}

/// Address of its slip chart as a file.
pub fn project_svg(id: &str) -> String {
    format!("{}/slip.svg", project(id))
}

/// Address of a public question.
pub fn question(number: &str) -> String {
    format!("{QUESTIONS}/{}", super::address::segment(number))
}

/// Address of a public plan.
pub fn plan(id: &str) -> String {
    format!("{PLANS}/{}", super::address::segment(id))
}

/// Public: a record that is published, signed as it is.
pub fn public_record(id: &str) -> String {
    format!("/records/{}", super::address::segment(id))
}
