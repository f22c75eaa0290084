//! The living words of a board's rows, asked anew as the board is shown.
//!
//! Cost: nothing for a board without such words. Else one look-up for each *different* thing that links look for (a hauler with two
//! hundred trucks on the board is looked up once), and a case is opened only where a row's answer needs its state or documents.

use std::cell::{OnceCell, RefCell};

use garita_exchange::linked::Finder;
use garita_exchange::problem::Refusal;
use garita_exchange::read::case_record_of;
use garita_profile::Profile;
use garita_profile::board::BoardRow;
use garita_profile::board_live::{InHand, LiveBoard, Looking};
use garita_profile::case::{CaseRecord, CaseState};
use garita_profile::clocks;
use garita_store::CaseView;

use super::ask::{Ask, held};

/// What asks a board's rows anew.
pub(super) struct Anew<'a> {
    ask: &'a Ask,
    profile: &'a Profile,
    words: LiveBoard<'a>,
    finder: Finder<'a>,
    roles: Vec<&'a str>,
}

impl<'a> Anew<'a> {
    /// None where the board has no living word.
    pub(super) fn of(ask: &'a Ask, profile: &'a Profile, board: &str) -> Option<Anew<'a>> {
        Some(Anew {
            ask,
            profile,
            words: LiveBoard::of(profile, board)?,
            finder: finder(ask),
            roles: ask.roles(),
        })
    }

    /// Asks a row anew; whether it is on the board.
    pub(super) fn row(&self, row: &mut BoardRow, view: &CaseView) -> Result<bool, Refusal> {
        let looks_for = row.live.as_ref().map(|l| l.looks_for.clone());
        let linked = self
            .finder
            .look_up(self.profile, &looks_for.unwrap_or_default())?;
        let case = Lazy {
            anew: self,
            view,
            state: OnceCell::new(),
            records: OnceCell::new(),
            failed: RefCell::new(None),
        };
        let looking = Looking {
            directory: self.ask.directory(),
            as_of_ms: self.ask.now_ms,
            roles: &self.roles,
        };
        let on = self.words.ask(row, &case, Some(&linked), looking);
        case.failed.into_inner().map_or(Ok(on), Err)
    }
}

/// What looks links up for the page's reader.
pub(super) fn finder(ask: &Ask) -> Finder<'_> {
    let app = &ask.app;
    Finder::new(app.core(), app.standings(), &ask.network, ask.party())
}

/// A case opened as far as it is asked for.
struct Lazy<'a> {
    anew: &'a Anew<'a>,
    view: &'a CaseView,
    state: OnceCell<Option<CaseState>>,
    records: OnceCell<Vec<CaseRecord>>,
    failed: RefCell<Option<Refusal>>,
}

impl InHand for Lazy<'_> {
    fn state(&self) -> Option<&CaseState> {
        let read = || {
            let mut state: CaseState = serde_json::from_str(&self.view.state).ok()?;
            let model = self.anew.profile.model();
            clocks::retime(model, &mut state.clocks, self.anew.ask.now_ms);
            Some(state)
        };
        self.state.get_or_init(read).as_ref()
    }

    fn records(&self) -> &[CaseRecord] {
        self.records.get_or_init(|| {
            let ask = self.anew.ask;
            let reader = &ask.app.core().reader;
            let records = reader.case_records(ask.party(), &self.view.kind, &self.view.key);
            held(records).map_or_else(
                |refusal| {
                    self.failed.replace(Some(refusal));
                    Vec::new()
                },
                |records| records.iter().filter_map(case_record_of).collect(),
            )
        })
    }
}
