//! Messages made of records, for a party whose bank speaks ISO 20022.
//!
//! | records | message |
//! | --- | --- |
//! | `PaymentOrder` | pain.001.001.09, one payment for each |
//! | `BankStatus` | pain.002.001.10 |
//! | `CreditNotice` | camt.054.001.08 |
//! | `PaymentReturned` | pacs.004.001.10 |
//!
//! What is read back of such a message is what the records say: the payment line or statement number stands in
//! `RmtInf/Strd/TaxRmt/RefNb`, the assessment is a referred document of the type `DutyAssessment`, the rail is the
//! local instrument, a bank's DID (up to 35 characters) its other identification. Where ISO 20022 demands what no
//! record says, it says so: `NOTPROVIDED`.

mod messages;
mod sheet;

pub use messages::{bank_statuses, credit_notices, payment_orders, payments_returned};

/// Who writes, when, and under which number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter<'a> {
    /// The number of the message: unique with its sender, up to 35 characters.
    pub message_id: &'a str,
    /// When it is written, with its offset: `2026-11-24T07:00:00-06:00`.
    pub created_at: &'a str,
    /// The sender's name, up to 140 characters.
    pub sender: &'a str,
}

/// Somebody who pays or is paid.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Side<'a> {
    /// The name, up to 140 characters.
    pub name: &'a str,
    /// The tax number (RFC, importer number), up to 35 characters.
    pub tax_id: Option<&'a str>,
}

/// Why no message can be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ComposeError {
    /// A message is of at least one record.
    #[error("there is no record to write a message of")]
    Empty,
    /// A record lacks a member that the message needs.
    #[error("record {record} has no text in `{member}`")]
    Member {
        /// Which record, from 0.
        record: usize,
        /// JSON pointer into its subject.
        member: &'static str,
    },
    /// The amounts can't be summed.
    #[error("`{member}` of record {record} is no decimal amount")]
    Amount {
        /// Which record, from 0.
        record: usize,
        /// JSON pointer into its subject.
        member: &'static str,
    },
}

impl ComposeError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            ComposeError::Empty => "records-missing",
            ComposeError::Member { .. } => "member-missing",
            ComposeError::Amount { .. } => "amount-form",
        }
    }

    /// The message in Spanish.
    pub fn es(&self) -> String {
        match self {
            ComposeError::Empty => "no hay registro del que escribir un mensaje".to_owned(),
            ComposeError::Member { record, member } => {
                format!("el registro {record} no tiene texto en `{member}`")
            }
            ComposeError::Amount { record, member } => {
                format!("`{member}` del registro {record} no es un importe decimal")
            }
        }
    }
}
