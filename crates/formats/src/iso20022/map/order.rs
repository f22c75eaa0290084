//! pain.001: what the payer orders.

use super::Out;
use super::parts::{RAILS, structured};
use crate::draft::Severity;
use crate::iso20022::source::{all, first, text};
use crate::xml::Element;

/// A `PaymentOrder` for each transfer.
pub(super) fn orders(root: &Element, out: &mut Out) {
    for payment in all(root, "PmtInf") {
        for transfer in all(payment, "CdtTrfTxInf") {
            order(payment, transfer, out);
        }
    }
}

fn order(payment: &Element, transfer: &Element, out: &mut Out) {
    let record = out.builder.record("PaymentOrder");
    let remittance = first(transfer, "RmtInf");
    let end_to_end = first(transfer, "PmtId/EndToEndId");
    out.uetr(record, first(transfer, "PmtId/UETR"));
    out.assessment(
        record,
        remittance,
        &[first(transfer, "PmtId/InstrId"), end_to_end],
    );
    reference_of_payer(record, end_to_end, out);
    let instructed = first(transfer, "Amt/InstdAmt");
    out.amount(record, instructed);
    if let Some(equivalent) = first(transfer, "Amt/EqvtAmt") {
        out.note(
            equivalent,
            "amount-equivalent",
            "an amount to be converted is not the amount of the order and is not taken over",
            "un importe por convertir no es el importe de la orden y no se toma",
        );
    }
    rail(record, payment, transfer, out);
    remitted(record, remittance, out);
    let currency = instructed
        .and_then(|amount| amount.attribute("Ccy"))
        .map(|currency| currency.value.as_str());
    let (debtor_agent, creditor_agent) = (first(payment, "DbtrAgt"), first(transfer, "CdtrAgt"));
    out.account(
        record,
        "/debtorAccount",
        first(payment, "DbtrAcct"),
        debtor_agent,
        currency,
    );
    out.account(
        record,
        "/creditorAccount",
        first(transfer, "CdtrAcct"),
        creditor_agent,
        currency,
    );
    if !out.bank(record, "/payerBank", debtor_agent) {
        out.missing(
            record,
            "/payerBank",
            "the payer's bank by its DID: the message names it otherwise",
            "el banco de quien paga por su DID: el mensaje lo nombra de otra forma",
        );
    }
    out.bank(record, "/payeeBank", creditor_agent);
    out.instant(record, "/executeAt", first(payment, "ReqdExctnDt"));
    out.pay_note(
        record,
        structured(remittance).flat_map(|block| all(block, "AddtlRmtInf")),
    );
}

/// `/endToEndId`, in the characters that every rail carries.
fn reference_of_payer(record: usize, element: Option<&Element>, out: &mut Out) {
    let fits = element.is_some_and(|found| {
        (1..=35).contains(&found.text.len())
            && found.text != "NOTPROVIDED"
            && found
                .text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"./?:() +-".contains(&byte))
    });
    if fits && out.set_some(record, "/endToEndId", element) {
        return;
    }
    if let Some(found) = element.filter(|found| !found.text.is_empty()) {
        out.tell(
            Severity::Warning,
            found,
            "end-to-end-form",
            "this reference is not one that every rail carries, and is not taken over".to_owned(),
            "esta referencia no es de las que lleva todo sistema de pago, y no se toma".to_owned(),
        );
    }
    out.missing(
        record,
        "/endToEndId",
        "the payer's reference, carried to the end",
        "la referencia de quien paga, de extremo a extremo",
    );
}

/// `/rail`, where the order names one of ours as its local instrument or service level.
fn rail(record: usize, payment: &Element, transfer: &Element, out: &mut Out) {
    for block in [transfer, payment] {
        for at in ["PmtTpInf/LclInstrm", "PmtTpInf/SvcLvl"] {
            let Some(named) = first(block, at)
                .and_then(|choice| first(choice, "Prtry").or_else(|| first(choice, "Cd")))
            else {
                continue;
            };
            let rail = named.text.to_ascii_lowercase();
            if RAILS.contains(&rail.as_str()) {
                out.set(record, "/rail", &rail, named);
                return;
            }
        }
    }
    out.missing(
        record,
        "/rail",
        "the rail: the message names none of them",
        "el sistema de pago: el mensaje no nombra ninguno",
    );
}

/// `/remittanceReference`: of the tax remittance, else the creditor's reference, else a referred document.
fn remitted(record: usize, remittance: Option<&Element>, out: &mut Out) {
    let found = ["TaxRmt/RefNb", "CdtrRefInf/Ref"]
        .iter()
        .find_map(|at| structured(remittance).find_map(|block| first(block, at)))
        .or_else(|| {
            structured(remittance)
                .flat_map(|block| all(block, "RfrdDocInf"))
                .filter(|document| {
                    text(document, "Tp/CdOrPrtry/Prtry") != Some(super::ASSESSMENT_DOCUMENT)
                })
                .find_map(|document| first(document, "Nb"))
        });
    let small =
        found.is_some_and(|found| found.text.contains(|letter: char| letter.is_lowercase()));
    if !small && out.reference(record, "/remittanceReference", &[found]) {
        return;
    }
    if let Some(found) = found.filter(|_| small) {
        out.tell(
            Severity::Warning,
            found,
            "reference-form",
            "a payment line or statement number has capitals and digits; this one is not taken over".to_owned(),
            "una línea de captura o un estado de cuenta lleva mayúsculas y dígitos; esta no se toma".to_owned(),
        );
    }
    out.missing(
        record,
        "/remittanceReference",
        "the payment line or statement number: no structured remittance gives it",
        "la línea de captura o el número del estado de cuenta: ninguna remesa estructurada lo da",
    );
}
