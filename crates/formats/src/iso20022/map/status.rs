//! pain.002, pacs.002, pacs.008: what became of an order on its way.

use super::Out;
use crate::iso20022::source::{all, first};
use crate::xml::Element;

/// A `BankStatus` for each transaction; where none is named, for each payment, else for the file.
pub(super) fn statuses(root: &Element, out: &mut Out) {
    out.report(root);
    let file = all(root, "OrgnlGrpInfAndSts").find_map(|group| first(group, "GrpSts"));
    let mut told = false;
    for payment in all(root, "OrgnlPmtInfAndSts") {
        let own = first(payment, "PmtInfSts").or(file);
        let mut named = false;
        for transaction in all(payment, "TxInfAndSts") {
            status(transaction, first(transaction, "TxSts").or(own), out);
            named = true;
        }
        if !named && own.is_some() {
            status(payment, own, out);
            named = true;
        }
        told |= named;
    }
    for transaction in all(root, "TxInfAndSts") {
        let own = first(transaction, "TxSts");
        status(transaction, own.or(file), out);
        if own.is_some_and(|own| own.text == "ACSC") {
            settlement(transaction, out);
        }
        told = true;
    }
    if let (false, Some(file)) = (told, file)
        && let Some(group) = first(root, "OrgnlGrpInfAndSts")
    {
        status(group, Some(file), out);
    }
}

fn status(block: &Element, status: Option<&Element>, out: &mut Out) {
    let record = out.builder.record("BankStatus");
    out.uetr(record, first(block, "OrgnlUETR"));
    assessment(record, block, out);
    if !out.set_some(record, "/bankStatus", status) {
        out.missing(
            record,
            "/bankStatus",
            "the status: the message gives none",
            "el estatus: el mensaje no lo da",
        );
    }
    if let Some(status) = status.filter(|status| !status.path.starts_with(block.path.as_str())) {
        out.note(
            status,
            "status-of-all",
            "this status of the whole file or payment is taken as that of each transaction without its own",
            "este estatus de todo el archivo o pago se toma como el de cada operación que no tiene el suyo",
        );
    }
    let reason = all(block, "StsRsnInf").find_map(|reason| first(reason, "Rsn/Cd"));
    out.set_some(record, "/bankReason", reason);
    if let (None, Some(own)) = (
        reason,
        all(block, "StsRsnInf").find_map(|reason| first(reason, "Rsn/Prtry")),
    ) {
        out.note(
            own,
            "reason-proprietary",
            "a reason of the bank's own list is not taken over",
            "un motivo de la lista propia del banco no se toma",
        );
    }
    out.pay_note(
        record,
        all(block, "StsRsnInf").flat_map(|reason| all(reason, "AddtlInf")),
    );
}

fn assessment(record: usize, block: &Element, out: &mut Out) {
    out.assessment(
        record,
        first(block, "OrgnlTxRef/RmtInf"),
        &[
            first(block, "OrgnlInstrId"),
            first(block, "OrgnlEndToEndId"),
        ],
    );
}

/// What a pacs.002 with ACSC tells of a `Settlement`.
fn settlement(transaction: &Element, out: &mut Out) {
    let record = out.builder.optional_record("Settlement");
    out.uetr(record, first(transaction, "OrgnlUETR"));
    assessment(record, transaction, out);
    out.amount(record, first(transaction, "OrgnlTxRef/IntrBkSttlmAmt"));
    if !out.instant(
        record,
        "/settledAt",
        first(transaction, "FctvIntrBkSttlmDt"),
    ) {
        out.missing(
            record,
            "/settledAt",
            "when it settled, with the time",
            "cuándo se liquidó, con la hora",
        );
    }
    if !out.reference(
        record,
        "/clearingReference",
        &[first(transaction, "ClrSysRef")],
    ) {
        out.missing(
            record,
            "/clearingReference",
            "the reference of the clearing",
            "la clave de rastreo o referencia",
        );
    }
    covers(record, out);
}

fn covers(record: usize, out: &mut Out) {
    out.missing(
        record,
        "/covers",
        "whether it pays all or a part: no message knows what is owed",
        "si cubre todo o una parte: ningún mensaje sabe cuánto se debe",
    );
}

/// A `BankStatus` for each transfer that the payer's bank sends on.
pub(super) fn sent_on(root: &Element, out: &mut Out) {
    out.report(root);
    for transfer in all(root, "CdtTrfTxInf") {
        let record = out.builder.record("BankStatus");
        out.uetr(record, first(transfer, "PmtId/UETR"));
        let references = [
            first(transfer, "PmtId/InstrId"),
            first(transfer, "PmtId/EndToEndId"),
        ];
        out.assessment(record, first(transfer, "RmtInf"), &references);
        // The message states no status: that it was sent is one. The place is that of the transfer.
        out.set(record, "/bankStatus", "ACSP", transfer);
        out.note(
            transfer,
            "status-assumed",
            "a transfer that the payer's bank sends on is taken as ACSP: in settlement, not settled",
            "una transferencia que el banco de quien paga envía se toma como ACSP: en liquidación, no liquidada",
        );
    }
}
