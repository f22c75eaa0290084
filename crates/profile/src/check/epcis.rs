//! What is told as an EPCIS event: types, members and words must be there.

use crate::epcis::{
    ACTIONS, BIZ_STEPS, DISPOSITIONS, EVENT_TYPES, EpcisLine, Numbered, TRANSACTION_TYPES,
};
use crate::finding::nearest;
use crate::load_model::about_of;

use super::Checker;

impl Checker<'_> {
    pub(super) fn epcis(&mut self) {
        let model = self.model;
        for (index, line) in model.epcis.iter().enumerate() {
            let place = format!("epcis.{index}");
            if line.on.is_empty() {
                self.error(
                    &place,
                    "word-missing",
                    "a line of `epcis` needs `on`",
                    "name the record types that it tells: `on: [TYPE]`",
                );
            }
            self.epcis_word(&place, "type", &line.event_type, EVENT_TYPES, false);
            self.epcis_word(&place, "action", &line.action, ACTIONS, false);
            if let Some(step) = &line.step {
                self.epcis_word(&place, "step", step, BIZ_STEPS, true);
            }
            if let Some(disposition) = &line.disposition {
                self.epcis_word(&place, "disposition", disposition, DISPOSITIONS, true);
            }
            for (kind, _) in &line.transactions {
                self.epcis_word(&place, "transactions", kind, TRANSACTION_TYPES, true);
            }
            for kind in line
                .objects
                .iter()
                .chain(&line.parent)
                .chain(line.children.iter().map(|(kind, _)| kind))
            {
                self.kind(&place, kind);
            }
            for on in &line.on {
                self.record_type(&place, on);
                self.epcis_paths(&place, on, line);
            }
            self.epcis_objects(&place, line);
        }
    }

    fn epcis_paths(&mut self, place: &str, on: &str, line: &EpcisLine) {
        let numbers: Vec<&Numbered> = line
            .read_point
            .iter()
            .chain(&line.biz_location)
            .chain(line.transactions.iter().map(|(_, number)| number))
            .collect();
        for number in &numbers {
            if !number.uri.contains(':') {
                self.error(
                    place,
                    "epcis-uri",
                    format!("`{}` is no beginning of a URI", number.uri),
                    "as in https://w3id.org/garita/place/",
                );
            }
        }
        let children = line.children.iter().flat_map(|(_, at)| at);
        let paths: Vec<_> = numbers
            .iter()
            .flat_map(|number| &number.at)
            .chain(children)
            .chain(line.only.iter().map(|(path, _)| path))
            .collect();
        // A path need not be in every type of a line: it is one of several places where a number may stand.
        for path in paths {
            if line.on.len() == 1 {
                self.member(place, on, path);
            }
        }
        if self.model.records.get(on).is_some_and(|r| r.secret_office) {
            self.error(
                place,
                "secret-moves",
                format!("{on} is secret, so it is told to nobody as an event either"),
                "leave it out",
            );
        }
    }

    fn epcis_objects(&mut self, place: &str, line: &EpcisLine) {
        let model = self.model;
        if line.event_type == "AggregationEvent"
            && (line.parent.is_none() || line.children.is_none())
        {
            self.error(
                place,
                "word-missing",
                "an AggregationEvent needs `parent` and `children`",
                "say which case holds which others",
            );
        }
        if line.event_type == "TransactionEvent" && line.transactions.is_empty() {
            self.error(
                place,
                "word-missing",
                "a TransactionEvent needs `transactions`",
                "say which documents it ties its objects to",
            );
        }
        for on in line.on.iter().filter(|on| model.records.contains_key(*on)) {
            let about = about_of(model, on);
            for kind in line.objects.iter().chain(&line.parent) {
                if model.kinds.contains_key(kind) && !about.contains(kind) {
                    self.error(
                        place,
                        "epcis-not-about",
                        format!("no {on} is about a {kind}"),
                        "name a kind that its records are about",
                    );
                }
            }
        }
    }

    fn epcis_word(&mut self, place: &str, what: &str, word: &str, known: &[&str], own: bool) {
        if known.contains(&word) || (own && word.contains(':')) {
            return;
        }
        let help = nearest(word, known.iter().copied()).map_or_else(
            || format!("the standard has: {}", known.join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        self.error(
            place,
            "epcis-word",
            format!("`{word}` is no word of CBV 2.0 for `{what}`"),
            help,
        );
    }
}
