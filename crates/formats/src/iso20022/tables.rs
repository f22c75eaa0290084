//! The messages themselves, as tables of elements.
//!
//! The names are those of the ISO 20022 dictionary. A type with a number is one edition of a component; a message
//! version uses certain editions, so that versions differ here exactly where the standard's do.
#![expect(
    non_upper_case_globals,
    reason = "a table entry has the name that the ISO 20022 dictionary gives it"
)]

mod camt054;
mod head001;
mod pacs002;
mod pacs004;
mod pacs008;
mod pain001;
mod pain002;
mod pain013;
mod parties;
mod payments;
mod remittance;
mod values;

use super::structure::DataType;

/// One version of a message.
#[derive(Debug)]
pub struct Definition {
    /// As in the namespace: `pain.001.001.09`.
    pub identifier: &'static str,
    /// The message's element inside `Document`; `AppHdr` itself for a header.
    pub element: &'static str,
    /// What it holds.
    pub data_type: &'static DataType,
}

macro_rules! definitions {
    ($($identifier:literal $element:ident $module:ident $of:ident)*) => {
        /// The message versions that are read and written.
        pub static DEFINITIONS: &[Definition] = &[
            $(Definition {
                identifier: $identifier,
                element: stringify!($element),
                data_type: &$module::$of,
            }),*
        ];
    };
}

definitions! {
    "head.001.001.02" AppHdr head001 BusinessApplicationHeaderV02
    "pain.001.001.09" CstmrCdtTrfInitn pain001 CustomerCreditTransferInitiationV09
    "pain.001.001.11" CstmrCdtTrfInitn pain001 CustomerCreditTransferInitiationV11
    "pain.002.001.10" CstmrPmtStsRpt pain002 CustomerPaymentStatusReportV10
    "pain.002.001.12" CstmrPmtStsRpt pain002 CustomerPaymentStatusReportV12
    "pain.013.001.07" CdtrPmtActvtnReq pain013 CreditorPaymentActivationRequestV07
    "pacs.002.001.10" FIToFIPmtStsRpt pacs002 FIToFIPaymentStatusReportV10
    "pacs.004.001.10" PmtRtr pacs004 PaymentReturnV10
    "pacs.008.001.08" FIToFICstmrCdtTrf pacs008 FIToFICustomerCreditTransferV08
    "pacs.008.001.10" FIToFICstmrCdtTrf pacs008 FIToFICustomerCreditTransferV10
    "camt.054.001.08" BkToCstmrDbtCdtNtfctn camt054 BankToCustomerDebitCreditNotificationV08
    "camt.054.001.10" BkToCstmrDbtCdtNtfctn camt054 BankToCustomerDebitCreditNotificationV10
}

/// The definition of that identifier, where it is read.
pub fn definition(identifier: &str) -> Option<&'static Definition> {
    DEFINITIONS
        .iter()
        .find(|definition| definition.identifier == identifier)
}
