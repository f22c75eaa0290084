//! What the tables can't say: counts and sums, identifiers named by a scheme, the header against its message.

use super::amount::Exact;
use super::source::{Source, all, first, identifier, text};
use super::structure_check::{error, tell};
use super::tables::Definition;
use crate::draft::{Places, Severity};
use crate::identifiers;
use crate::xml::Element;
use std::collections::HashSet;

/// Checks the message.
pub(super) fn message(root: &Element, definition: &Definition, places: &mut Places) {
    schemes(root, places);
    match definition.identifier.get(..8) {
        Some("pain.001") => initiation(root, places),
        Some("pacs.008") => {
            let transfers = under(root, "CdtTrfTxInf");
            group(
                root,
                &transfers,
                "IntrBkSttlmAmt",
                "TtlIntrBkSttlmAmt",
                places,
            );
            uetrs(&transfers, "PmtId/UETR", places);
        }
        Some("pacs.004") => {
            let returns = under(root, "TxInf");
            group(
                root,
                &returns,
                "RtrdIntrBkSttlmAmt",
                "TtlRtrdIntrBkSttlmAmt",
                places,
            );
            uetrs(&returns, "OrgnlUETR", places);
        }
        Some("camt.054") => {
            for notification in all(root, "Ntfctn") {
                notified(notification, places);
            }
        }
        Some("pain.002" | "pacs.002") => reasons(root, places),
        _ => {}
    }
}

fn under<'a>(root: &'a Element, name: &'a str) -> Vec<&'a Element> {
    all(root, name).collect()
}

/// The amount that a transfer orders, in whichever of its two forms.
fn instructed(transfer: &Element) -> Option<&Element> {
    first(transfer, "Amt/InstdAmt").or_else(|| first(transfer, "Amt/EqvtAmt/Amt"))
}

fn initiation(root: &Element, places: &mut Places) {
    let mut every = Vec::new();
    for payment in all(root, "PmtInf") {
        let transfers = under(payment, "CdtTrfTxInf");
        numbers(payment, "NbOfTxs", transfers.len(), places);
        control_sum(
            payment,
            "CtrlSum",
            transfers.iter().map(|transfer| instructed(transfer)),
            places,
        );
        every.extend(transfers);
    }
    numbers(root, "GrpHdr/NbOfTxs", every.len(), places);
    control_sum(
        root,
        "GrpHdr/CtrlSum",
        every.iter().map(|transfer| instructed(transfer)),
        places,
    );
    uetrs(&every, "PmtId/UETR", places);
}

/// Counts and totals in the group header of a message between banks.
fn group(
    root: &Element,
    transfers: &[&Element],
    amount: &'static str,
    total: &str,
    places: &mut Places,
) {
    numbers(root, "GrpHdr/NbOfTxs", transfers.len(), places);
    let amounts = || transfers.iter().map(|transfer| first(transfer, amount));
    control_sum(root, "GrpHdr/CtrlSum", amounts(), places);
    let at = format!("GrpHdr/{total}");
    let Some(told) = first(root, &at) else {
        return;
    };
    control_sum(root, &at, amounts(), places);
    let currency = told.attribute("Ccy").map(|currency| &currency.value);
    for amount in amounts().flatten() {
        if amount.attribute("Ccy").map(|currency| &currency.value) != currency {
            error(
                places,
                "currency-mixed",
                amount,
                "a total in one currency needs its transactions in that currency".to_owned(),
                "un total en una moneda necesita sus operaciones en esa moneda".to_owned(),
            );
            return;
        }
    }
}

fn notified(notification: &Element, places: &mut Places) {
    let entries = under(notification, "Ntry");
    let amounts = |sign: Option<&'static str>| {
        entries
            .iter()
            .filter(move |entry| sign.is_none() || text(entry, "CdtDbtInd") == sign)
            .map(|entry| first(entry, "Amt"))
    };
    for (block, sign) in [
        ("TtlNtries", None),
        ("TtlCdtNtries", Some("CRDT")),
        ("TtlDbtNtries", Some("DBIT")),
    ] {
        let at = format!("TxsSummry/{block}");
        numbers(
            notification,
            &format!("{at}/NbOfNtries"),
            amounts(sign).count(),
            places,
        );
        control_sum(notification, &format!("{at}/Sum"), amounts(sign), places);
    }
    for entry in &entries {
        let details: Vec<&Element> = all(entry, "NtryDtls").collect();
        for block in &details {
            numbers(block, "Btch/NbOfTxs", all(block, "TxDtls").count(), places);
        }
        let parts: Vec<Option<&Element>> = details
            .iter()
            .flat_map(|block| all(block, "TxDtls"))
            .map(|part| first(part, "Amt"))
            .collect();
        // Details may be of some transactions only, and in their own currencies: then there is nothing to compare.
        let whole = first(entry, "Amt");
        let currency = |amount: &Element| amount.attribute("Ccy").map(|found| found.value.clone());
        let comparable = !parts.is_empty()
            && parts
                .iter()
                .all(|part| part.is_some_and(|part| currency(part) == whole.and_then(currency)));
        if comparable {
            sum(
                whole,
                parts.into_iter(),
                Severity::Warning,
                "entry-sum",
                places,
            );
        }
    }
}

/// A rejection says why.
fn reasons(root: &Element, places: &mut Places) {
    for (name, status) in [
        ("OrgnlGrpInfAndSts", "GrpSts"),
        ("OrgnlPmtInfAndSts", "PmtInfSts"),
        ("TxInfAndSts", "TxSts"),
    ] {
        let mut blocks: Vec<&Element> = all(root, name).collect();
        for payment in all(root, "OrgnlPmtInfAndSts") {
            blocks.extend(all(payment, name));
        }
        for block in blocks {
            // The reason of a rejected file may stand with its payments only.
            let below = all(block, "TxInfAndSts").next().is_some() || name == "OrgnlGrpInfAndSts";
            if let Some(found) = first(block, status)
                && found.text == "RJCT"
                && !below
                && first(block, "StsRsnInf/Rsn").is_none()
            {
                tell(
                    places,
                    Severity::Warning,
                    "reason-missing",
                    found,
                    "rejected without a reason in StsRsnInf".to_owned(),
                    "rechazado sin motivo en StsRsnInf".to_owned(),
                );
            }
        }
    }
}

fn numbers(root: &Element, at: &str, count: usize, places: &mut Places) {
    let Some(told) = first(root, at) else {
        return;
    };
    // What is no number at all is told by the table.
    let Some(number) = Exact::parse(&told.text) else {
        return;
    };
    if number.plain() != count.to_string() {
        error(
            places,
            "count-mismatch",
            told,
            format!(
                "`{}` says {}, but there are {count}",
                told.local(),
                told.text
            ),
            format!("`{}` dice {}, pero hay {count}", told.local(), told.text),
        );
    }
}

fn control_sum<'a>(
    root: &Element,
    at: &str,
    amounts: impl Iterator<Item = Option<&'a Element>>,
    places: &mut Places,
) {
    sum(
        first(root, at),
        amounts,
        Severity::Error,
        "sum-mismatch",
        places,
    );
}

fn sum<'a>(
    told: Option<&Element>,
    amounts: impl Iterator<Item = Option<&'a Element>>,
    severity: Severity,
    code: &'static str,
    places: &mut Places,
) {
    let Some(told) = told else { return };
    let Some(number) = Exact::parse(&told.text) else {
        return;
    };
    let mut sum = Some(Exact::ZERO);
    for amount in amounts {
        // An amount that is absent or no number has its own fault.
        let Some(amount) = amount.and_then(|amount| Exact::parse(&amount.text)) else {
            return;
        };
        sum = sum.and_then(|sum| sum.plus(amount));
    }
    if sum != Some(number) {
        let right = sum.map_or_else(|| "?".to_owned(), Exact::plain);
        tell(
            places,
            severity,
            code,
            told,
            format!("`{}` says {}, the sum is {right}", told.local(), told.text),
            format!("`{}` dice {}, la suma es {right}", told.local(), told.text),
        );
    }
}

fn uetrs(transfers: &[&Element], at: &str, places: &mut Places) {
    let mut seen = HashSet::new();
    for transfer in transfers {
        if let Some(found) = first(transfer, at)
            && !found.text.is_empty()
            && !seen.insert(found.text.as_str())
        {
            error(
                places,
                "uetr-repeated",
                found,
                format!(
                    "`{}` stands for one payment, but is given twice",
                    found.text
                ),
                format!("`{}` es de un solo pago, pero está repetida", found.text),
            );
        }
    }
}

/// Accounts and banks whose number is of a scheme that has a check digit.
fn schemes(element: &Element, places: &mut Places) {
    let found = match element.local() {
        "Othr" if is_clabe(element) => Some(("clabe", "Id", Severity::Error)),
        // Test systems use numbers such as 111111111: a person should look, filing is possible.
        "ClrSysMmbId" if text(element, "ClrSysId/Cd") == Some("USABA") => {
            Some(("routing-number", "MmbId", Severity::Warning))
        }
        _ => None,
    };
    if let Some((name, child, severity)) = found
        && let Some(number) = first(element, child)
        && let Some(Err(wrong)) = identifiers::identifier(name).map(|row| row.check(&number.text))
    {
        tell(
            places,
            severity,
            wrong.code(),
            number,
            wrong.to_string(),
            wrong.es(),
        );
    }
    for child in &element.children {
        schemes(child, places);
    }
}

/// Whether another account number says that it is a CLABE.
pub(super) fn is_clabe(other: &Element) -> bool {
    text(other, "SchmeNm/Prtry").is_some_and(|scheme| scheme.eq_ignore_ascii_case("CLABE"))
}

/// Checks the header against the message.
pub(super) fn header(source: &Source<'_>, places: &mut Places) {
    let Some((header, definition)) = source.header else {
        return;
    };
    if definition.is_none() {
        error(
            places,
            "header-version",
            header,
            format!(
                "header `{}` is not read; head.001.001.02 is",
                identifier(header)
            ),
            format!(
                "no se lee el encabezado `{}`; se lee head.001.001.02",
                identifier(header)
            ),
        );
        return;
    }
    let Some((document, definition)) = source.document else {
        tell(
            places,
            Severity::Note,
            "header-alone",
            header,
            "a header without its message becomes no record".to_owned(),
            "un encabezado sin su mensaje no se vuelve registro".to_owned(),
        );
        return;
    };
    let Some(message) = first(document, definition.element) else {
        return;
    };
    if let Some(named) = first(header, "MsgDefIdr")
        && named.text != definition.identifier
    {
        error(
            places,
            "header-message",
            named,
            format!(
                "the header names {}, the message is {}",
                named.text, definition.identifier
            ),
            format!(
                "el encabezado dice {}, el mensaje es {}",
                named.text, definition.identifier
            ),
        );
    }
    if let (Some(named), Some(id)) = (first(header, "BizMsgIdr"), text(message, "GrpHdr/MsgId"))
        && named.text != id
    {
        tell(
            places,
            Severity::Warning,
            "header-message-id",
            named,
            format!(
                "the header names message {}, the message is {id}",
                named.text
            ),
            format!(
                "el encabezado dice mensaje {}, el mensaje es {id}",
                named.text
            ),
        );
    }
    parties(header, message, places);
}

/// Sender and receiver of the header against the agents of the message, where both name one.
fn parties(header: &Element, message: &Element, places: &mut Places) {
    let agent = |name: &str| {
        first(message, &format!("GrpHdr/{name}/FinInstnId")).or_else(|| {
            message
                .children
                .iter()
                .find_map(|block| first(block, &format!("{name}/FinInstnId")))
        })
    };
    for (side, name, severity, en, es) in [
        (
            "Fr",
            "InstgAgt",
            Severity::Warning,
            "the header's sender is not the instructing agent",
            "el emisor del encabezado no es el agente instructor",
        ),
        // Between the banks stands a clearing, which is who the header is for.
        (
            "To",
            "InstdAgt",
            Severity::Note,
            "the header's receiver is not the instructed agent: a clearing may stand between",
            "el receptor del encabezado no es el agente instruido: puede haber una cámara en medio",
        ),
    ] {
        let (Some(told), Some(agent)) = (
            first(header, &format!("{side}/FIId/FinInstnId")),
            agent(name),
        ) else {
            continue;
        };
        for number in ["BICFI", "ClrSysMmbId/MmbId"] {
            if let (Some(told), Some(other)) = (first(told, number), text(agent, number))
                && told.text != other
            {
                let code = if side == "Fr" {
                    "header-sender"
                } else {
                    "header-receiver"
                };
                tell(
                    places,
                    severity,
                    code,
                    told,
                    format!("{en} ({other})"),
                    format!("{es} ({other})"),
                );
            }
        }
    }
}
