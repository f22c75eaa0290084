//! camt.054 and pacs.004: money that came, and money that came back.

use super::Out;
use crate::iso20022::source::{all, first};
use crate::xml::Element;

/// A `CreditNotice` for each booked credit.
pub(super) fn notices(root: &Element, out: &mut Out) {
    out.report(root);
    for notification in all(root, "Ntfctn") {
        for entry in all(notification, "Ntry") {
            if let Some((element, code, en, es)) = no_notice(entry) {
                out.note(element, code, en, es);
                continue;
            }
            let details: Vec<&Element> = all(entry, "NtryDtls")
                .flat_map(|block| all(block, "TxDtls"))
                .collect();
            match details.as_slice() {
                [] => notice(entry, None, true, out),
                [only] => notice(entry, Some(only), true, out),
                many => {
                    for detail in many {
                        notice(entry, Some(detail), false, out);
                    }
                }
            }
        }
    }
}

/// Why an entry is no credit notice.
fn no_notice(entry: &Element) -> Option<(&Element, &'static str, &'static str, &'static str)> {
    if let Some(side) = first(entry, "CdtDbtInd").filter(|side| side.text != "CRDT") {
        return Some((
            side,
            "entry-debit",
            "a debit to the account is no credit notice",
            "un cargo a la cuenta no es un aviso de abono",
        ));
    }
    if let Some(reversal) =
        first(entry, "RvslInd").filter(|found| matches!(found.text.as_str(), "true" | "1"))
    {
        return Some((
            reversal,
            "entry-reversal",
            "a reversal is no credit notice",
            "una reversión no es un aviso de abono",
        ));
    }
    if let Some(status) = first(entry, "Sts/Cd").filter(|status| status.text != "BOOK") {
        return Some((
            status,
            "entry-not-booked",
            "an entry that is not booked is no credit notice yet",
            "un movimiento sin asentar aún no es un aviso de abono",
        ));
    }
    None
}

fn notice(entry: &Element, detail: Option<&Element>, alone: bool, out: &mut Out) {
    if let Some(side) = detail
        .and_then(|detail| first(detail, "CdtDbtInd"))
        .filter(|side| side.text != "CRDT")
    {
        out.note(
            side,
            "entry-debit",
            "a debit to the account is no credit notice",
            "un cargo a la cuenta no es un aviso de abono",
        );
        return;
    }
    let within = |path: &str| detail.and_then(|detail| first(detail, path));
    let record = out.builder.record("CreditNotice");
    out.uetr(record, within("Refs/UETR"));
    out.assessment(
        record,
        within("RmtInf"),
        &[within("Refs/InstrId"), within("Refs/EndToEndId")],
    );
    let amount = within("Amt")
        .or_else(|| within("AmtDtls/TxAmt/Amt"))
        .or_else(|| alone.then(|| first(entry, "Amt")).flatten());
    out.amount(record, amount);
    if !out.instant(record, "/bookedAt", first(entry, "BookgDt")) {
        out.missing(
            record,
            "/bookedAt",
            "when it was booked, with the time",
            "cuándo se abonó, con la hora",
        );
    }
    let references = [
        within("Refs/AcctSvcrRef"),
        first(entry, "AcctSvcrRef"),
        first(entry, "NtryRef"),
    ];
    if !out.reference(record, "/entryReference", &references) {
        out.missing(
            record,
            "/entryReference",
            "the reference of the booking",
            "la referencia del abono",
        );
    }
}

/// A `PaymentReturned` for each transaction.
pub(super) fn returns(root: &Element, out: &mut Out) {
    out.report(root);
    for transaction in all(root, "TxInf") {
        let record = out.builder.record("PaymentReturned");
        out.uetr(record, first(transaction, "OrgnlUETR"));
        out.assessment(
            record,
            first(transaction, "OrgnlTxRef/RmtInf"),
            &[
                first(transaction, "OrgnlInstrId"),
                first(transaction, "OrgnlEndToEndId"),
            ],
        );
        out.amount(record, first(transaction, "RtrdIntrBkSttlmAmt"));
        let reason = all(transaction, "RtrRsnInf").find_map(|reason| first(reason, "Rsn/Cd"));
        if !out.set_some(record, "/bankReason", reason) {
            out.missing(
                record,
                "/bankReason",
                "the reason of the return, by its code",
                "el motivo de la devolución, por su clave",
            );
        }
    }
}
