//! Payment messages of the records of a payment's case.

use jiff::tz::{Offset, TimeZone};
use serde_json::Value;

use super::{CaseRecord, Sending};
use crate::draft::Missing;
use crate::iso20022::compose::{
    ComposeError, Letter, Side, bank_statuses, credit_notices, payment_orders, payments_returned,
};
use crate::iso20022::{IsoDocument, write};
use crate::kinds::Readings;

type Out = Result<Vec<u8>, Vec<Missing>>;

/// What an element says that must be there and that nobody told.
const NOT_PROVIDED: &str = "NOTPROVIDED";

/// pain.001: the payer's order to its bank.
pub(super) fn orders(records: &[CaseRecord<'_>], sending: &Sending, _: &Readings) -> Out {
    message(records, "PaymentOrder", sending, payment_orders)
}

/// pain.002: the bank's answer to the payer.
pub(super) fn statuses(records: &[CaseRecord<'_>], sending: &Sending, _: &Readings) -> Out {
    message(records, "BankStatus", sending, |letter, _, _, own| {
        bank_statuses(letter, NOT_PROVIDED, own)
    })
}

/// camt.054: the payee's bank tells what it booked.
pub(super) fn credits(records: &[CaseRecord<'_>], sending: &Sending, _: &Readings) -> Out {
    message(records, "CreditNotice", sending, |letter, _, _, own| {
        credit_notices(letter, NOT_PROVIDED, own)
    })
}

/// pacs.004: money that came back.
pub(super) fn returns(records: &[CaseRecord<'_>], sending: &Sending, _: &Readings) -> Out {
    message(records, "PaymentReturned", sending, |letter, _, _, own| {
        payments_returned(letter, own)
    })
}

fn message(
    records: &[CaseRecord<'_>],
    record_type: &str,
    sending: &Sending,
    compose: impl FnOnce(
        &Letter<'_>,
        &Side<'_>,
        &Side<'_>,
        &[Value],
    ) -> Result<IsoDocument, ComposeError>,
) -> Out {
    let own: Vec<Value> = records
        .iter()
        .filter(|record| record.record_type == record_type)
        .map(|record| record.subject.clone())
        .collect();
    let or = |text: &str| if text.is_empty() { NOT_PROVIDED } else { text }.to_owned();
    let (sender, receiver) = (or(&sending.sender), or(&sending.receiver));
    let at = TimeZone::fixed(Offset::UTC)
        .to_timestamp(sending.at)
        .map(|at| at.to_string())
        .unwrap_or_default();
    let number = format!(
        "{}-{:09}",
        sending.at.strftime("%Y%m%d"),
        sending.control_number
    );
    let letter = Letter {
        message_id: &number,
        created_at: &at,
        sender: &sender,
    };
    let side = |name| Side { name, tax_id: None };
    compose(&letter, &side(&sender), &side(&receiver), &own)
        .map(|document| write(&document).into_bytes())
        .map_err(|error| {
            let pointer = match &error {
                ComposeError::Member { member, .. } | ComposeError::Amount { member, .. } => {
                    (*member).to_owned()
                }
                ComposeError::Empty => String::new(),
            };
            vec![Missing {
                pointer,
                en: error.to_string(),
                es: error.es(),
            }]
        })
}
