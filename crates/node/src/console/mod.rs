//! The console: pages for people, rendered on the server from view-models, whole without script and kept fresh by a few lines of it.
//!
//! This module is pure rendering. It knows no store, no exchange and no profile: whoever serves it fills the view-models with
//! words in the page's language and sends what `render_*` returns, under `Content-Security-Policy: default-src 'none';
//! style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`.
//!
//! Nothing of a program stands here: names of states, columns, record types, acts and members come in the view-models. The
//! console's own are the ten looks, the glyphs, the two lanes of the case page and the words of the frame (`lang`, a table a language).
//! Everything from outside is escaped; there are no inline styles or scripts.

mod address;
mod board;
mod case;
mod chart;
mod check;
mod elements;
mod form;
mod frame;
mod import;
mod lang;
mod lists;
mod live;
mod mandates;
mod measure;
mod moderate;
mod needy;
mod pages;
mod parts;
mod pass;
pub mod paths;
pub mod public;
pub(crate) mod qr;
mod schema;
mod send;
mod shift;
mod texts;
pub mod time;

#[cfg(test)]
mod tests;

pub use address::{Address, segment};
pub use board::{
    AtBooth, BoardPage, Choice, Column, Filter, Lane, Need, Row, Strip, Why, board_announcement,
    render_board, render_board_fragments,
};
pub use case::{
    CasePage, ClockLine, CredentialLine, Document, Event, Finding, Hold, Holder, PartRow,
    PartsTable, Side, Timeline, WaySegment, case_announcement, render_case, render_case_fragments,
};
pub use chart::{Band, Series, WaitChart};
pub use check::{CarryPage, CheckPage, CheckResult, render_carry, render_check};
pub use elements::{ElementGroup, ElementRow, ElementsPage, render_elements};
pub use form::{
    ChooseGroup, ChoosePage, ConfirmPage, Fault, Field, FieldKind, FormPage, FormSection,
    render_choose, render_confirm, render_form,
};
pub use frame::{Frame, Live, NavLink, NodeLine, PeerLine, Place, SignedIn, Theme};
pub use import::{
    FormatGoes, FormatPage, FormatRow, FormatsPage, ImportFault, ImportFile, ImportMember,
    ImportPage, ImportRecord, render_format, render_formats, render_import,
};
pub use lang::{Lang, grouped};
pub use lists::{
    CaseRow, CasesPage, Cell, ContactRow, ContactsPage, OutboxRow, PeersPage, Sort, TableHead,
    render_cases, render_contacts, render_peers, render_peers_fragments,
};
pub use live::{Fragment, Status, Swap};
pub use mandates::{MandateRow, MandatesPage, render_mandates};
pub use measure::{
    AutomationGroup, AutomationRow, AutomationsPage, ChartKind, IndicatorGroup, IndicatorPage,
    IndicatorRow, IndicatorsPage, MeasureChart, MeasureMark, MeasureRow, render_automations,
    render_indicator, render_indicators,
};
pub use moderate::{DecidedQuestion, ModeratePage, WaitingQuestion, render_moderate};
pub use needy::{NeedyPage, NeedyRow, render_needy};
pub use pages::{
    ApiPage, ApiRoute, ApiSection, AttachedFile, DemoRole, ErrorPage, LogEntry, LogPage, Receipt,
    RecordPage, SignInPage, Witnessed, render_api, render_error, render_log, render_record,
    render_sign_in,
};
pub use parts::{
    Act, Badge, Check, Fact, Glyph, Html, Link, Look, Mark, MarkKind, Notice, Noun, Post, Rich,
    Span, State, Step, Tone, slug,
};
pub use pass::{
    MadePass, PassPage, PassRow, PassesPage, render_pass, render_pass_gone, render_passes,
};
pub use schema::{FILE, FILE_DIGEST, Words, document_of, sections_of};
pub use send::{SendField, SendLine, SendPage, render_send};
pub use shift::{HandOverNote, ShiftList, ShiftNeeds, ShiftPage, ShiftRow, render_shift};

/// The style sheet, served at `paths::STYLE` as `text/css; charset=utf-8`.
pub const STYLE: &str = include_str!("../../assets/garita.css");
/// The script, served at `paths::SCRIPT` as `text/javascript; charset=utf-8`.
pub const SCRIPT: &str = include_str!("../../assets/live.js");
/// The script for forms, served at `paths::FORMS` as `text/javascript; charset=utf-8`.
pub const FORMS: &str = include_str!("../../assets/form.js");
/// The script that keeps the page of a pass fresh, served at `paths::PASS_SCRIPT` as `text/javascript; charset=utf-8`.
pub const PASS_SCRIPT: &str = include_str!("../../assets/pass.js");
/// The icon, served at `paths::ICON` as `image/svg+xml`.
pub const ICON: &str = include_str!("../../assets/garita.svg");

/// Templates write to a string and call nothing that fails, so an error is a defect of ours; the reader then gets a sentence, not a
/// torn page.
fn finish(template: &impl askama::Template) -> String {
    template.render().unwrap_or_else(|_| {
        "<p>This page could not be made. Esta página no se pudo generar.</p>".to_owned()
    })
}
