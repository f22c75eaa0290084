//! Status lists, fetched from where a credential says that its issuer keeps them, and judged like any credential before they count.

use std::cell::OnceCell;

use garita_canon::json;
use garita_credential::Code;
use garita_credential::judge::{Checks, Judge, StatusLists};
use garita_credential::status::{Given, StatusList};

use super::Errand;

/// Lists of one document: those for revocation and suspension of two credentials. Of a further one it is told that it was not given.
const LISTS_MAX: usize = 4;
/// Largest list: a million entries that do not compress are less.
const LIST_BYTES_MAX: usize = 512 << 10;

/// The lists that were asked for while a document was judged.
pub(super) struct FetchedLists<'a, 'o> {
    judge: Judge<'a>,
    errand: &'a Errand<'o>,
    /// In order of asking, so that a borrowed list stays where it is while another is fetched.
    asked: [OnceCell<Asked>; LISTS_MAX],
}

struct Asked {
    url: String,
    /// None where nothing came back.
    list: Option<Result<StatusList, Code>>,
}

impl<'a, 'o> FetchedLists<'a, 'o> {
    /// `judge`: by what lists themselves are judged.
    pub(super) fn new(judge: Judge<'a>, errand: &'a Errand<'o>) -> Self {
        let checks = Checks {
            // How old a list may be is judged with the credential.
            dates: false,
            ..Checks::ALL
        };
        Self {
            judge: Judge { checks, ..judge },
            errand,
            asked: Default::default(),
        }
    }

    fn fetch(&self, url: &str) -> Option<Result<StatusList, Code>> {
        let fetched = self.errand.outside.targets.get(url, LIST_BYTES_MAX);
        let bytes = self.errand.ask(url, fetched)??;
        let document = match json::parse(&bytes, &json::Limits::default()) {
            Ok(document) => document,
            Err(_) => return Some(Err(Code::StatusListMalformed)),
        };
        Some(match self.judge.credential(&document).first() {
            Some(problem) => Err(problem.code),
            None => StatusList::read(&document)
                .map_err(|found| found.first().map_or(Code::StatusListMalformed, |p| p.code)),
        })
    }
}

impl StatusLists for FetchedLists<'_, '_> {
    fn given(&self, url: &str) -> Given<'_> {
        for place in &self.asked {
            let asked = place.get_or_init(|| Asked {
                url: url.to_owned(),
                list: self.fetch(url),
            });
            if asked.url != url {
                continue;
            }
            return match &asked.list {
                Some(Ok(list)) => Given::List {
                    list,
                    fetched_ms: self.judge.now_ms,
                },
                Some(Err(code)) => Given::Refused(*code),
                None => Given::Nothing,
            };
        }
        Given::Nothing
    }
}
