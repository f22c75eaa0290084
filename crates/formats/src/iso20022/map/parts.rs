//! What several messages have in common: amounts, accounts, references, banks.

use super::Out;
use crate::currency;
use crate::draft::Severity;
use crate::identifiers;
use crate::iso20022::amount::Exact;
use crate::iso20022::checks::is_clabe;
use crate::iso20022::source::{all, first, text};
use crate::iso20022::values;
use crate::xml::Element;

/// The type of a referred document that is the assessment which a payment pays.
pub(in crate::iso20022) const ASSESSMENT_DOCUMENT: &str = "DutyAssessment";
/// The scheme of another account number that is a CLABE.
pub(in crate::iso20022) const CLABE_SCHEME: &str = "CLABE";
/// The scheme of another identification of a bank that is its DID.
pub(in crate::iso20022) const DID_SCHEME: &str = "DID";

/// The rails, as the payments program names them.
pub(super) const RAILS: &[&str] = &[
    "spei",
    "spid",
    "fednow",
    "rtp",
    "fedwire",
    "ach-debit",
    "ach-credit",
    "bank-counter",
];

impl Out {
    /// Sets `/uetr`.
    pub(super) fn uetr(&mut self, record: usize, element: Option<&Element>) {
        let right = element.filter(|found| identifiers::check("uetr", &found.text) == Some(true));
        if !self.set_some(record, "/uetr", right) {
            self.missing(
                record,
                "/uetr",
                "the UETR, which the payer makes and every bank carries",
                "la UETR, que crea quien paga y lleva cada banco",
            );
        }
    }

    /// Sets `/amount` and `/currency`, with the digits that the currency has.
    pub(super) fn amount(&mut self, record: usize, element: Option<&Element>) {
        let written = element.and_then(|element| {
            let currency = element.attribute("Ccy")?;
            let number = Exact::parse(&element.text)?;
            let text = match currency::minor_unit(&currency.value)? {
                Some(minor) => number.text(minor)?,
                None => number.plain(),
            };
            let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
            let fits = whole.len() <= 13 && part.len() <= 4 && !text.starts_with('-');
            fits.then(|| (element, text.clone(), currency.value.clone()))
        });
        let Some((element, text, currency)) = written else {
            self.missing(record, "/amount", "the amount", "el importe");
            self.missing(record, "/currency", "the currency", "la moneda");
            return;
        };
        self.set(record, "/amount", &text, element);
        self.set(record, "/currency", &currency, element);
    }

    /// Sets `/assessment`: a referred document of our type, else a reference of its form.
    pub(super) fn assessment(
        &mut self,
        record: usize,
        remittance: Option<&Element>,
        references: &[Option<&Element>],
    ) {
        let referred = structured(remittance)
            .flat_map(|block| all(block, "RfrdDocInf"))
            .find(|document| text(document, "Tp/CdOrPrtry/Prtry") == Some(ASSESSMENT_DOCUMENT));
        if let Some(number) = referred.and_then(|document| first(document, "Nb"))
            && is_assessment(&number.text)
        {
            self.set(record, "/assessment", &number.text, number);
            return;
        }
        let of_form = references
            .iter()
            .flatten()
            .find(|reference| is_assessment(&reference.text));
        match of_form {
            Some(reference) => {
                self.set(record, "/assessment", &reference.text, reference);
                self.tell(
                    Severity::Note,
                    reference,
                    "reference-as-assessment",
                    format!(
                        "{} has the form of an assessment number and is taken as one",
                        reference.text
                    ),
                    format!(
                        "{} tiene la forma de un número de determinación y se toma como tal",
                        reference.text
                    ),
                );
            }
            None => self.missing(
                record,
                "/assessment",
                "the assessment that is paid: the message does not name one",
                "la determinación que se paga: el mensaje no la nombra",
            ),
        }
    }

    /// Sets a bank's DID where the message names it by that.
    pub(super) fn bank(&mut self, record: usize, member: &str, agent: Option<&Element>) -> bool {
        let did = agent
            .and_then(|agent| first(agent, "FinInstnId/Othr"))
            .filter(|other| text(other, "SchmeNm/Prtry") == Some(DID_SCHEME))
            .and_then(|other| first(other, "Id"))
            .filter(|id| is_did(&id.text));
        self.set_some(record, member, did)
    }

    /// Sets an account: CLABE, routing number and account, or another.
    pub(super) fn account(
        &mut self,
        record: usize,
        member: &str,
        account: Option<&Element>,
        agent: Option<&Element>,
        currency: Option<&str>,
    ) {
        let Some(account) = account else { return };
        let iban = first(account, "Id/IBAN");
        let other = first(account, "Id/Othr");
        let number = iban.or_else(|| other.and_then(|other| first(other, "Id")));
        // What a message says where it must say something and nobody told.
        let Some(number) = number.filter(|number| number.text != "NOTPROVIDED") else {
            return;
        };
        let bare = number.text.as_str();
        let fits = (4..=34).contains(&bare.len())
            && bare
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        if !fits {
            self.tell(
                Severity::Warning,
                number,
                "account-form",
                "an account has 4 to 34 capitals and digits; this one is not taken over".to_owned(),
                "una cuenta tiene de 4 a 34 mayúsculas y dígitos; esta no se toma".to_owned(),
            );
            return;
        }
        let routing = agent
            .and_then(|agent| first(agent, "FinInstnId/ClrSysMmbId"))
            .filter(|system| iban.is_none() && matches!(text(system, "ClrSysId/Cd"), Some("USABA")))
            .and_then(|system| first(system, "MmbId"))
            .filter(|number| {
                number.text.len() == 9 && number.text.bytes().all(|byte| byte.is_ascii_digit())
            });
        let said = other.is_some_and(is_clabe);
        let looks = other.is_some_and(|other| first(other, "SchmeNm").is_none())
            && currency == Some("MXN")
            && identifiers::check("clabe", bare) == Some(true);
        let clabe = said && bare.len() == 18 && bare.bytes().all(|byte| byte.is_ascii_digit());
        let scheme = match (clabe || looks, routing) {
            (true, _) => "clabe",
            (false, Some(_)) => "us-routing",
            (false, None) => "other",
        };
        if looks {
            self.note(
                number,
                "account-as-clabe",
                "this account in pesos names no scheme, has the check digit of a CLABE and is taken as one",
                "esta cuenta en pesos no dice su tipo, tiene el dígito verificador de una CLABE y se toma como tal",
            );
        }
        self.set(record, &format!("{member}/accountScheme"), scheme, number);
        self.set(record, &format!("{member}/accountNumber"), bare, number);
        if let ("us-routing", Some(routing)) = (scheme, routing) {
            self.set(
                record,
                &format!("{member}/routingNumber"),
                &routing.text,
                routing,
            );
        }
    }

    /// Sets the note that texts of a message make together; those beyond 300 characters are left out, and told.
    pub(super) fn pay_note<'a>(&mut self, record: usize, texts: impl Iterator<Item = &'a Element>) {
        let mut joined = String::new();
        let mut from: Option<&Element> = None;
        for part in texts {
            if joined.chars().count() + part.text.chars().count() + 1 > 300 {
                self.note(
                    part,
                    "note-cut",
                    "a note has at most 300 characters; this text is left out",
                    "una nota tiene 300 caracteres como máximo; este texto se omite",
                );
                continue;
            }
            if !joined.is_empty() {
                joined.push(' ');
            }
            joined.push_str(&part.text);
            from.get_or_insert(part);
        }
        if let Some(from) = from.filter(|_| !joined.is_empty()) {
            self.set(record, "/payNote", &joined, from);
        }
    }

    /// Sets an instant where the element says one, with its offset; a day alone is none.
    pub(super) fn instant(
        &mut self,
        record: usize,
        member: &str,
        choice: Option<&Element>,
    ) -> bool {
        let Some(choice) = choice else { return false };
        if let Some(time) = first(choice, "DtTm") {
            // XML Schema lets a day end at 24:00:00, which an instant of a record does not.
            let right = values::is_date_time(&time.text) && time.text.get(11..13) != Some("24");
            if right && values::has_offset(&time.text) {
                return self.set_some(record, member, Some(time));
            }
            self.note(
                time,
                "time-without-offset",
                "a time without its offset is no instant and is not taken over",
                "una hora sin su desfase no es un instante y no se toma",
            );
        } else if let Some(day) = first(choice, "Dt") {
            self.note(
                day,
                "date-without-time",
                "a day without its time is no instant and is not taken over",
                "un día sin su hora no es un instante y no se toma",
            );
        }
        false
    }

    /// Sets a reference of letters, digits and hyphens from the first element that has one.
    pub(super) fn reference(
        &mut self,
        record: usize,
        member: &str,
        elements: &[Option<&Element>],
    ) -> bool {
        let mut elements = elements.iter().flatten();
        let Some(found) = elements.find(|element| !element.text.is_empty()) else {
            return false;
        };
        let fits = (1..=35).contains(&found.text.len())
            && found
                .text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if !fits {
            self.tell(
                Severity::Warning,
                found,
                "reference-form",
                "a reference has up to 35 letters, digits and hyphens; this one is not taken over"
                    .to_owned(),
                "una referencia tiene hasta 35 letras, dígitos y guiones; esta no se toma"
                    .to_owned(),
            );
            return false;
        }
        self.set(record, member, &found.text, found);
        true
    }
}

/// The structured blocks of a remittance.
pub(super) fn structured(remittance: Option<&Element>) -> impl Iterator<Item = &Element> {
    remittance
        .into_iter()
        .flat_map(|remittance| all(remittance, "Strd"))
}

/// Code of who declares, D and year, running number.
fn is_assessment(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 15
        && bytes.iter().enumerate().all(|(at, byte)| match at {
            0..=3 => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            4 | 8 => *byte == b'-',
            5 => *byte == b'D',
            _ => byte.is_ascii_digit(),
        })
}

fn is_did(text: &str) -> bool {
    text.starts_with("did:") && text.split(':').count() >= 3 && !text.contains(char::is_whitespace)
}
