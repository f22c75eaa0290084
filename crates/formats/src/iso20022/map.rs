//! From a message to draft records of the payments program.
//!
//! | message | becomes |
//! | --- | --- |
//! | pain.001 | a `PaymentOrder` for each transfer |
//! | pain.002, pacs.002 | a `BankStatus` for each transaction; where none is named, for each payment or for the file |
//! | pacs.002 with ACSC | a `Settlement` as a by-product |
//! | pacs.008 | a `BankStatus` ACSP: the payer's bank is executing; the message alone settles nothing |
//! | pacs.004 | a `PaymentReturned` for each transaction |
//! | camt.054 | a `CreditNotice` for each booked credit |
//! | pain.013 | nothing: no record type asks for payment |

mod credit;
mod order;
mod parts;
mod status;

pub(super) use parts::{ASSESSMENT_DOCUMENT, CLABE_SCHEME, DID_SCHEME};

use super::source::{Source, first, place};
use crate::draft::{Builder, Draft, Places, Severity};
use crate::kinds::DocumentKind;
use crate::xml::Element;

/// Makes the draft.
pub(super) fn draft(source: &Source<'_>, places: Places) -> Draft {
    let mut out = Out {
        builder: Builder::new(DocumentKind::Iso20022, places),
    };
    if let Some((document, definition)) = source.document
        && let Some(root) = first(document, definition.element)
    {
        match definition.identifier.get(..8) {
            Some("pain.001") => order::orders(root, &mut out),
            Some("pain.002" | "pacs.002") => status::statuses(root, &mut out),
            Some("pacs.008") => status::sent_on(root, &mut out),
            Some("pacs.004") => credit::returns(root, &mut out),
            Some("camt.054") => credit::notices(root, &mut out),
            _ => out.note(
                root,
                "no-record",
                "no record of the payments program says what this message says",
                "ningún registro del programa de pagos dice lo que dice este mensaje",
            ),
        }
    }
    out.builder.finish()
}

/// A draft in the making.
struct Out {
    builder: Builder,
}

impl Out {
    /// Sets a member to what an element says.
    fn set(&mut self, record: usize, member: &str, value: &str, element: &Element) {
        let place = place(element);
        // The place's path is the origin under which faults of this element were told.
        let origin = place.path.clone();
        self.builder.set_at(record, member, value, &origin, place);
    }

    /// Sets a member where there is an element with a text; tells whether there was.
    fn set_some(&mut self, record: usize, member: &str, element: Option<&Element>) -> bool {
        match element {
            Some(element) if !element.text.is_empty() => {
                self.set(record, member, &element.text, element);
                true
            }
            _ => false,
        }
    }

    fn missing(&mut self, record: usize, member: &str, en: &str, es: &str) {
        self.builder.missing(record, member, en, es);
    }

    fn tell(
        &mut self,
        severity: Severity,
        element: &Element,
        code: &'static str,
        en: String,
        es: String,
    ) {
        let place = place(element);
        let origin = place.path.clone();
        self.builder
            .fault_at(severity, code, &origin, Some(place), en, es);
    }

    fn note(&mut self, element: &Element, code: &'static str, en: &str, es: &str) {
        self.tell(Severity::Note, element, code, en.to_owned(), es.to_owned());
    }

    /// Says that a bank is who speaks in this message.
    fn report(&mut self, root: &Element) {
        self.note(
            root,
            "standing-report",
            "the bank that sent this message says so; whoever else files it files a report",
            "lo dice el banco que envió este mensaje; si lo presenta otro, es un informe",
        );
    }
}
