//! Which element goes where: the rows of the page, walked from the tables that reading uses.

use super::structure::{Form, Rule};
use super::tables::{DEFINITIONS, Definition};
use super::words;
use crate::elements::{ElementRow, Goes};
use std::sync::LazyLock;

/// Elements that far below the message each have a row, and one step further where something below fills a member;
/// deeper only what itself fills one.
const DEPTH: usize = 2;

/// What fills a member: message, elements below the message's own, record type, members.
type Mapped = (
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
);

const MAPPED: &[Mapped] = &[
    order("PmtInf/CdtTrfTxInf/PmtId/InstrId", &["/assessment"]),
    order(
        "PmtInf/CdtTrfTxInf/PmtId/EndToEndId",
        &["/endToEndId", "/assessment"],
    ),
    order("PmtInf/CdtTrfTxInf/PmtId/UETR", &["/uetr"]),
    order("PmtInf/CdtTrfTxInf/Amt/InstdAmt", &["/amount", "/currency"]),
    order("PmtInf/CdtTrfTxInf/PmtTpInf/LclInstrm/Prtry", &["/rail"]),
    order("PmtInf/CdtTrfTxInf/PmtTpInf/LclInstrm/Cd", &["/rail"]),
    order("PmtInf/CdtTrfTxInf/PmtTpInf/SvcLvl/Prtry", &["/rail"]),
    order("PmtInf/CdtTrfTxInf/PmtTpInf/SvcLvl/Cd", &["/rail"]),
    order("PmtInf/PmtTpInf/LclInstrm/Prtry", &["/rail"]),
    order("PmtInf/PmtTpInf/LclInstrm/Cd", &["/rail"]),
    order("PmtInf/PmtTpInf/SvcLvl/Prtry", &["/rail"]),
    order("PmtInf/PmtTpInf/SvcLvl/Cd", &["/rail"]),
    order(
        "PmtInf/DbtrAcct/Id/IBAN",
        &[
            "/debtorAccount/accountScheme",
            "/debtorAccount/accountNumber",
        ],
    ),
    order(
        "PmtInf/DbtrAcct/Id/Othr/Id",
        &[
            "/debtorAccount/accountScheme",
            "/debtorAccount/accountNumber",
        ],
    ),
    order(
        "PmtInf/DbtrAgt/FinInstnId/ClrSysMmbId/MmbId",
        &["/debtorAccount/routingNumber"],
    ),
    order("PmtInf/DbtrAgt/FinInstnId/Othr/Id", &["/payerBank"]),
    order("PmtInf/ReqdExctnDt/DtTm", &["/executeAt"]),
    order(
        "PmtInf/CdtTrfTxInf/CdtrAcct/Id/IBAN",
        &[
            "/creditorAccount/accountScheme",
            "/creditorAccount/accountNumber",
        ],
    ),
    order(
        "PmtInf/CdtTrfTxInf/CdtrAcct/Id/Othr/Id",
        &[
            "/creditorAccount/accountScheme",
            "/creditorAccount/accountNumber",
        ],
    ),
    order(
        "PmtInf/CdtTrfTxInf/CdtrAgt/FinInstnId/ClrSysMmbId/MmbId",
        &["/creditorAccount/routingNumber"],
    ),
    order(
        "PmtInf/CdtTrfTxInf/CdtrAgt/FinInstnId/Othr/Id",
        &["/payeeBank"],
    ),
    order(
        "PmtInf/CdtTrfTxInf/RmtInf/Strd/RfrdDocInf/Nb",
        &["/assessment", "/remittanceReference"],
    ),
    order(
        "PmtInf/CdtTrfTxInf/RmtInf/Strd/CdtrRefInf/Ref",
        &["/remittanceReference"],
    ),
    order(
        "PmtInf/CdtTrfTxInf/RmtInf/Strd/TaxRmt/RefNb",
        &["/remittanceReference"],
    ),
    order("PmtInf/CdtTrfTxInf/RmtInf/Strd/AddtlRmtInf", &["/payNote"]),
    status("pain.002", "OrgnlGrpInfAndSts/GrpSts", &["/bankStatus"]),
    status(
        "pain.002",
        "OrgnlGrpInfAndSts/StsRsnInf/Rsn/Cd",
        &["/bankReason"],
    ),
    status(
        "pain.002",
        "OrgnlGrpInfAndSts/StsRsnInf/AddtlInf",
        &["/payNote"],
    ),
    status("pain.002", "OrgnlPmtInfAndSts/PmtInfSts", &["/bankStatus"]),
    status(
        "pain.002",
        "OrgnlPmtInfAndSts/StsRsnInf/Rsn/Cd",
        &["/bankReason"],
    ),
    status(
        "pain.002",
        "OrgnlPmtInfAndSts/StsRsnInf/AddtlInf",
        &["/payNote"],
    ),
    status(
        "pain.002",
        "OrgnlPmtInfAndSts/TxInfAndSts/OrgnlInstrId",
        &["/assessment"],
    ),
    status(
        "pain.002",
        "OrgnlPmtInfAndSts/TxInfAndSts/OrgnlEndToEndId",
        &["/assessment"],
    ),
    status(
        "pain.002",
        "OrgnlPmtInfAndSts/TxInfAndSts/OrgnlUETR",
        &["/uetr"],
    ),
    status(
        "pain.002",
        "OrgnlPmtInfAndSts/TxInfAndSts/TxSts",
        &["/bankStatus"],
    ),
    status(
        "pain.002",
        "OrgnlPmtInfAndSts/TxInfAndSts/StsRsnInf/Rsn/Cd",
        &["/bankReason"],
    ),
    status(
        "pain.002",
        "OrgnlPmtInfAndSts/TxInfAndSts/StsRsnInf/AddtlInf",
        &["/payNote"],
    ),
    status(
        "pain.002",
        "OrgnlPmtInfAndSts/TxInfAndSts/OrgnlTxRef/RmtInf/Strd/RfrdDocInf/Nb",
        &["/assessment"],
    ),
    status("pacs.002", "OrgnlGrpInfAndSts/GrpSts", &["/bankStatus"]),
    status(
        "pacs.002",
        "OrgnlGrpInfAndSts/StsRsnInf/Rsn/Cd",
        &["/bankReason"],
    ),
    status(
        "pacs.002",
        "OrgnlGrpInfAndSts/StsRsnInf/AddtlInf",
        &["/payNote"],
    ),
    status("pacs.002", "TxInfAndSts/OrgnlInstrId", &["/assessment"]),
    status("pacs.002", "TxInfAndSts/OrgnlEndToEndId", &["/assessment"]),
    status("pacs.002", "TxInfAndSts/OrgnlUETR", &["/uetr"]),
    status("pacs.002", "TxInfAndSts/TxSts", &["/bankStatus"]),
    status("pacs.002", "TxInfAndSts/StsRsnInf/Rsn/Cd", &["/bankReason"]),
    status("pacs.002", "TxInfAndSts/StsRsnInf/AddtlInf", &["/payNote"]),
    status(
        "pacs.002",
        "TxInfAndSts/OrgnlTxRef/RmtInf/Strd/RfrdDocInf/Nb",
        &["/assessment"],
    ),
    settlement("TxInfAndSts/OrgnlInstrId", &["/assessment"]),
    settlement("TxInfAndSts/OrgnlEndToEndId", &["/assessment"]),
    settlement("TxInfAndSts/OrgnlUETR", &["/uetr"]),
    settlement("TxInfAndSts/FctvIntrBkSttlmDt/DtTm", &["/settledAt"]),
    settlement("TxInfAndSts/ClrSysRef", &["/clearingReference"]),
    settlement(
        "TxInfAndSts/OrgnlTxRef/IntrBkSttlmAmt",
        &["/amount", "/currency"],
    ),
    settlement(
        "TxInfAndSts/OrgnlTxRef/RmtInf/Strd/RfrdDocInf/Nb",
        &["/assessment"],
    ),
    status("pacs.008", "CdtTrfTxInf", &["/bankStatus"]),
    status("pacs.008", "CdtTrfTxInf/PmtId/InstrId", &["/assessment"]),
    status("pacs.008", "CdtTrfTxInf/PmtId/EndToEndId", &["/assessment"]),
    status("pacs.008", "CdtTrfTxInf/PmtId/UETR", &["/uetr"]),
    status(
        "pacs.008",
        "CdtTrfTxInf/RmtInf/Strd/RfrdDocInf/Nb",
        &["/assessment"],
    ),
    returned("TxInf/OrgnlInstrId", &["/assessment"]),
    returned("TxInf/OrgnlEndToEndId", &["/assessment"]),
    returned("TxInf/OrgnlUETR", &["/uetr"]),
    returned("TxInf/RtrdIntrBkSttlmAmt", &["/amount", "/currency"]),
    returned("TxInf/RtrRsnInf/Rsn/Cd", &["/bankReason"]),
    returned(
        "TxInf/OrgnlTxRef/RmtInf/Strd/RfrdDocInf/Nb",
        &["/assessment"],
    ),
    notice("Ntfctn/Ntry/Amt", &["/amount", "/currency"]),
    notice("Ntfctn/Ntry/BookgDt/DtTm", &["/bookedAt"]),
    notice("Ntfctn/Ntry/AcctSvcrRef", &["/entryReference"]),
    notice("Ntfctn/Ntry/NtryRef", &["/entryReference"]),
    notice(
        "Ntfctn/Ntry/NtryDtls/TxDtls/Refs/AcctSvcrRef",
        &["/entryReference"],
    ),
    notice("Ntfctn/Ntry/NtryDtls/TxDtls/Refs/InstrId", &["/assessment"]),
    notice(
        "Ntfctn/Ntry/NtryDtls/TxDtls/Refs/EndToEndId",
        &["/assessment"],
    ),
    notice("Ntfctn/Ntry/NtryDtls/TxDtls/Refs/UETR", &["/uetr"]),
    notice("Ntfctn/Ntry/NtryDtls/TxDtls/Amt", &["/amount", "/currency"]),
    notice(
        "Ntfctn/Ntry/NtryDtls/TxDtls/AmtDtls/TxAmt/Amt",
        &["/amount", "/currency"],
    ),
    notice(
        "Ntfctn/Ntry/NtryDtls/TxDtls/RmtInf/Strd/RfrdDocInf/Nb",
        &["/assessment"],
    ),
];

const fn order(path: &'static str, members: &'static [&'static str]) -> Mapped {
    ("pain.001", path, "PaymentOrder", members)
}

const fn status(
    message: &'static str,
    path: &'static str,
    members: &'static [&'static str],
) -> Mapped {
    (message, path, "BankStatus", members)
}

const fn settlement(path: &'static str, members: &'static [&'static str]) -> Mapped {
    ("pacs.002", path, "Settlement", members)
}

const fn returned(path: &'static str, members: &'static [&'static str]) -> Mapped {
    ("pacs.004", path, "PaymentReturned", members)
}

const fn notice(path: &'static str, members: &'static [&'static str]) -> Mapped {
    ("camt.054", path, "CreditNotice", members)
}

/// The elements of the newest version of each message: those near its top, and all that fill a member.
pub fn elements() -> Vec<ElementRow> {
    ROWS.clone()
}

static ROWS: LazyLock<Vec<ElementRow>> = LazyLock::new(|| {
    let mut rows = Vec::new();
    for (index, definition) in DEFINITIONS.iter().enumerate() {
        let newer = DEFINITIONS
            .iter()
            .skip(index + 1)
            .any(|other| other.element == definition.element);
        if newer {
            continue;
        }
        let top = match definition.element {
            "AppHdr" => "AppHdr".to_owned(),
            element => format!("Document/{element}"),
        };
        walk(
            definition,
            definition.data_type.rules(),
            &top,
            "",
            1,
            &mut rows,
        );
    }
    rows
});

fn walk(
    definition: &Definition,
    rules: &'static [Rule],
    above: &str,
    inside: &str,
    depth: usize,
    rows: &mut Vec<ElementRow>,
) {
    let near = MAPPED.iter().any(|row| {
        definition.identifier.starts_with(row.0)
            && row
                .1
                .strip_prefix(inside)
                .is_some_and(|rest| rest.starts_with('/'))
    });
    let message = definition.identifier.get(..8).unwrap_or("");
    for rule in rules {
        let place = format!("{above}/{}", rule.name);
        let below = match inside {
            "" => rule.name.to_owned(),
            inside => format!("{inside}/{}", rule.name),
        };
        let of_message = || MAPPED.iter().filter(|row| row.0 == message);
        let leads = of_message().any(|row| {
            row.1
                .strip_prefix(&below)
                .is_some_and(|rest| rest.starts_with('/'))
        });
        let goes: Vec<Goes> = of_message()
            .filter(|row| row.1 == below)
            .flat_map(|row| {
                row.3.iter().map(|member| Goes {
                    record_type: row.2.into(),
                    member: (*member).into(),
                })
            })
            .collect();
        if depth <= DEPTH || near && depth == DEPTH + 1 || !goes.is_empty() {
            let (en, es) = words::of(rule.name);
            rows.push(ElementRow {
                place: place.clone().into(),
                en: en.to_owned().into(),
                es: es.to_owned().into(),
                required: rule.least > 0 && !matches!(definition.data_type.form, Form::Choice(_)),
                goes,
            });
        }
        if leads || depth < DEPTH {
            walk(
                definition,
                rule.data_type.rules(),
                &place,
                &below,
                depth + 1,
                rows,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iso20022::tables;

    #[test]
    fn every_mapped_element_is_in_each_version_of_its_message() {
        for (message, path, record, members) in MAPPED {
            assert!(!record.is_empty() && !members.is_empty());
            let versions: Vec<_> = tables::DEFINITIONS
                .iter()
                .filter(|definition| definition.identifier.starts_with(message))
                .collect();
            assert!(!versions.is_empty(), "{message}");
            for definition in versions {
                let mut at = definition.data_type;
                for name in path.split('/') {
                    let rule = at.rule(name);
                    assert!(rule.is_some(), "{} {path}", definition.identifier);
                    at = rule.unwrap().data_type;
                }
            }
        }
    }

    #[test]
    fn every_mapped_element_has_a_row() {
        let rows = elements();
        for (_, path, record, members) in MAPPED {
            for member in *members {
                assert!(
                    rows.iter().any(|row| row.place.ends_with(path)
                        && row
                            .goes
                            .iter()
                            .any(|goes| goes.record_type == *record && goes.member == *member)),
                    "{path} {member}"
                );
            }
        }
        let unnamed: Vec<_> = rows.iter().filter(|row| row.en == row.es).collect();
        assert!(unnamed.is_empty(), "{unnamed:#?}");
    }
}
