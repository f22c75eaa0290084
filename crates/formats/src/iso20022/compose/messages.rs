//! The messages, member by member.

use super::sheet::Sheet;
use super::{ComposeError, Letter, Side};
use crate::identifiers;
use crate::iso20022::amount::Exact;
use crate::iso20022::document::IsoDocument;
use crate::iso20022::map::{ASSESSMENT_DOCUMENT, CLABE_SCHEME, DID_SCHEME};
use serde_json::Value;

/// What an element says that must be there and that nobody told.
const NOT_PROVIDED: &str = "NOTPROVIDED";

/// A record's subject, with its number for errors.
struct Subject<'a> {
    record: usize,
    value: &'a Value,
}

impl<'a> Subject<'a> {
    fn some(&self, member: &str) -> Option<&'a str> {
        self.value.pointer(member).and_then(Value::as_str)
    }

    fn need(&self, member: &'static str) -> Result<&'a str, ComposeError> {
        self.some(member).ok_or(ComposeError::Member {
            record: self.record,
            member,
        })
    }

    fn amount(&self) -> Result<(&'a str, &'a str), ComposeError> {
        Ok((self.need("/amount")?, self.need("/currency")?))
    }
}

fn subjects(records: &[Value]) -> Result<impl Iterator<Item = Subject<'_>>, ComposeError> {
    if records.is_empty() {
        return Err(ComposeError::Empty);
    }
    let numbered = records.iter().enumerate();
    Ok(numbered.map(|(record, value)| Subject { record, value }))
}

fn sum(records: &[Value]) -> Result<String, ComposeError> {
    let mut sum = Exact::ZERO;
    for subject in subjects(records)? {
        let wrong = ComposeError::Amount {
            record: subject.record,
            member: "/amount",
        };
        let amount = Exact::parse(subject.need("/amount")?);
        sum = amount.and_then(|amount| sum.plus(amount)).ok_or(wrong)?;
    }
    Ok(sum.plain())
}

/// A pain.001.001.09 of subjects of `PaymentOrder`, all of one payer to one payee.
///
/// # Errors
/// When there is no order, or one lacks UETR, assessment, reference, amount, currency, rail or remittance reference.
pub fn payment_orders(
    letter: &Letter<'_>,
    payer: &Side<'_>,
    payee: &Side<'_>,
    orders: &[Value],
) -> Result<IsoDocument, ComposeError> {
    let mut sheet = Sheet::new("pain.001.001.09");
    sheet.put("GrpHdr/MsgId", letter.message_id);
    sheet.put("GrpHdr/CreDtTm", letter.created_at);
    sheet.put("GrpHdr/NbOfTxs", &orders.len().to_string());
    sheet.put("GrpHdr/CtrlSum", &sum(orders)?);
    sheet.put("GrpHdr/InitgPty/Nm", letter.sender);
    for order in subjects(orders)? {
        let payment = format!("PmtInf[{}]", order.record);
        let end_to_end = order.need("/endToEndId")?;
        let (amount, currency) = order.amount()?;
        sheet.put(&format!("{payment}/PmtInfId"), end_to_end);
        sheet.put(&format!("{payment}/PmtMtd"), "TRF");
        sheet.put(&format!("{payment}/NbOfTxs"), "1");
        sheet.put(&format!("{payment}/CtrlSum"), amount);
        let rail = order.need("/rail")?.to_ascii_uppercase();
        sheet.put(&format!("{payment}/PmtTpInf/LclInstrm/Prtry"), &rail);
        sheet.put(&format!("{payment}/PmtTpInf/CtgyPurp/Cd"), "TAXS");
        match order.some("/executeAt") {
            Some(time) => sheet.put(&format!("{payment}/ReqdExctnDt/DtTm"), time),
            None => sheet.put(
                &format!("{payment}/ReqdExctnDt/Dt"),
                letter.created_at.get(..10).unwrap_or_default(),
            ),
        }
        side(&mut sheet, &format!("{payment}/Dbtr"), payer);
        account(
            &mut sheet,
            &order,
            "/debtorAccount",
            &format!("{payment}/DbtrAcct"),
        );
        agent(
            &mut sheet,
            &order,
            "/debtorAccount",
            "/payerBank",
            &format!("{payment}/DbtrAgt"),
        );
        let transfer = format!("{payment}/CdtTrfTxInf[0]");
        sheet.put(&format!("{transfer}/PmtId/EndToEndId"), end_to_end);
        sheet.put(&format!("{transfer}/PmtId/UETR"), order.need("/uetr")?);
        sheet.put_amount(&format!("{transfer}/Amt/InstdAmt"), amount, currency);
        if order.some("/payeeBank").is_some()
            || order.some("/creditorAccount/routingNumber").is_some()
        {
            agent(
                &mut sheet,
                &order,
                "/creditorAccount",
                "/payeeBank",
                &format!("{transfer}/CdtrAgt"),
            );
        }
        side(&mut sheet, &format!("{transfer}/Cdtr"), payee);
        if order.some("/creditorAccount/accountNumber").is_some() {
            account(
                &mut sheet,
                &order,
                "/creditorAccount",
                &format!("{transfer}/CdtrAcct"),
            );
        }
        let remittance = format!("{transfer}/RmtInf/Strd[0]");
        assessment(&mut sheet, &order, &remittance)?;
        let reference = order.need("/remittanceReference")?;
        sheet.put_some(&format!("{remittance}/TaxRmt/Dbtr/TaxId"), payer.tax_id);
        sheet.put(&format!("{remittance}/TaxRmt/RefNb"), reference);
        if let Some(note) = order.some("/payNote") {
            for (index, part) in chunks(note, 140).into_iter().enumerate() {
                sheet.put(&format!("{remittance}/AddtlRmtInf[{index}]"), part);
            }
        }
    }
    Ok(sheet.finish())
}

/// A pain.002.001.10 of subjects of `BankStatus`, answering the message of that number.
///
/// # Errors
/// When there is no status, or one lacks UETR, assessment or status.
pub fn bank_statuses(
    letter: &Letter<'_>,
    original_message: &str,
    statuses: &[Value],
) -> Result<IsoDocument, ComposeError> {
    let mut sheet = Sheet::new("pain.002.001.10");
    sheet.put("GrpHdr/MsgId", letter.message_id);
    sheet.put("GrpHdr/CreDtTm", letter.created_at);
    sheet.put("GrpHdr/InitgPty/Nm", letter.sender);
    sheet.put("OrgnlGrpInfAndSts/OrgnlMsgId", original_message);
    sheet.put("OrgnlGrpInfAndSts/OrgnlMsgNmId", "pain.001.001.09");
    for status in subjects(statuses)? {
        let payment = format!("OrgnlPmtInfAndSts[{}]", status.record);
        sheet.put(&format!("{payment}/OrgnlPmtInfId"), NOT_PROVIDED);
        let transaction = format!("{payment}/TxInfAndSts[0]");
        sheet.put(&format!("{transaction}/OrgnlUETR"), status.need("/uetr")?);
        sheet.put(&format!("{transaction}/TxSts"), status.need("/bankStatus")?);
        let reason = format!("{transaction}/StsRsnInf[0]");
        sheet.put_some(&format!("{reason}/Rsn/Cd"), status.some("/bankReason"));
        if let Some(note) = status.some("/payNote") {
            for (index, part) in chunks(note, 105).into_iter().enumerate() {
                sheet.put(&format!("{reason}/AddtlInf[{index}]"), part);
            }
        }
        let remittance = format!("{transaction}/OrgnlTxRef/RmtInf/Strd[0]");
        assessment(&mut sheet, &status, &remittance)?;
    }
    Ok(sheet.finish())
}

/// A camt.054.001.08 of subjects of `CreditNotice`, all to the account of that number.
///
/// # Errors
/// When there is no notice, or one lacks UETR, assessment, amount, currency, time or reference.
pub fn credit_notices(
    letter: &Letter<'_>,
    account: &str,
    notices: &[Value],
) -> Result<IsoDocument, ComposeError> {
    let mut sheet = Sheet::new("camt.054.001.08");
    sheet.put("GrpHdr/MsgId", letter.message_id);
    sheet.put("GrpHdr/CreDtTm", letter.created_at);
    sheet.put("Ntfctn[0]/Id", letter.message_id);
    sheet.put("Ntfctn[0]/CreDtTm", letter.created_at);
    account_number(&mut sheet, "Ntfctn[0]/Acct", account);
    for notice in subjects(notices)? {
        let entry = format!("Ntfctn[0]/Ntry[{}]", notice.record);
        let (amount, currency) = notice.amount()?;
        sheet.put_amount(&format!("{entry}/Amt"), amount, currency);
        sheet.put(&format!("{entry}/CdtDbtInd"), "CRDT");
        sheet.put(&format!("{entry}/Sts/Cd"), "BOOK");
        sheet.put(&format!("{entry}/BookgDt/DtTm"), notice.need("/bookedAt")?);
        sheet.put(
            &format!("{entry}/AcctSvcrRef"),
            notice.need("/entryReference")?,
        );
        // Payments, received credit transfers, domestic.
        let code = format!("{entry}/BkTxCd/Domn");
        sheet.put(&format!("{code}/Cd"), "PMNT");
        sheet.put(&format!("{code}/Fmly/Cd"), "RCDT");
        sheet.put(&format!("{code}/Fmly/SubFmlyCd"), "DMCT");
        let detail = format!("{entry}/NtryDtls[0]/TxDtls[0]");
        sheet.put(&format!("{detail}/Refs/UETR"), notice.need("/uetr")?);
        sheet.put_amount(&format!("{detail}/Amt"), amount, currency);
        sheet.put(&format!("{detail}/CdtDbtInd"), "CRDT");
        assessment(&mut sheet, &notice, &format!("{detail}/RmtInf/Strd[0]"))?;
    }
    Ok(sheet.finish())
}

/// A pacs.004.001.10 of subjects of `PaymentReturned`, settled through the clearing.
///
/// # Errors
/// When there is no return, or one lacks UETR, assessment, amount, currency or reason.
pub fn payments_returned(
    letter: &Letter<'_>,
    returns: &[Value],
) -> Result<IsoDocument, ComposeError> {
    let mut sheet = Sheet::new("pacs.004.001.10");
    sheet.put("GrpHdr/MsgId", letter.message_id);
    sheet.put("GrpHdr/CreDtTm", letter.created_at);
    sheet.put("GrpHdr/NbOfTxs", &returns.len().to_string());
    sheet.put("GrpHdr/SttlmInf/SttlmMtd", "CLRG");
    for returned in subjects(returns)? {
        let transaction = format!("TxInf[{}]", returned.record);
        let (amount, currency) = returned.amount()?;
        sheet.put(&format!("{transaction}/OrgnlUETR"), returned.need("/uetr")?);
        sheet.put_amount(
            &format!("{transaction}/RtrdIntrBkSttlmAmt"),
            amount,
            currency,
        );
        sheet.put(
            &format!("{transaction}/RtrRsnInf[0]/Rsn/Cd"),
            returned.need("/bankReason")?,
        );
        let remittance = format!("{transaction}/OrgnlTxRef/RmtInf/Strd[0]");
        assessment(&mut sheet, &returned, &remittance)?;
    }
    Ok(sheet.finish())
}

fn assessment(
    sheet: &mut Sheet,
    subject: &Subject<'_>,
    remittance: &str,
) -> Result<(), ComposeError> {
    let number = subject.need("/assessment")?;
    let document = format!("{remittance}/RfrdDocInf[0]");
    sheet.put(
        &format!("{document}/Tp/CdOrPrtry/Prtry"),
        ASSESSMENT_DOCUMENT,
    );
    sheet.put(&format!("{document}/Nb"), number);
    Ok(())
}

fn side(sheet: &mut Sheet, at: &str, side: &Side<'_>) {
    sheet.put(&format!("{at}/Nm"), side.name);
    if let Some(number) = side.tax_id {
        sheet.put(&format!("{at}/Id/OrgId/Othr[0]/Id"), number);
        sheet.put(&format!("{at}/Id/OrgId/Othr[0]/SchmeNm/Cd"), "TXID");
    }
}

/// An account of a record: its scheme says how it is written.
fn account(sheet: &mut Sheet, subject: &Subject<'_>, member: &str, at: &str) {
    let Some(number) = subject.some(&format!("{member}/accountNumber")) else {
        sheet.put(&format!("{at}/Id/Othr/Id"), NOT_PROVIDED);
        return;
    };
    match subject.some(&format!("{member}/accountScheme")) {
        Some("clabe") => {
            sheet.put(&format!("{at}/Id/Othr/Id"), number);
            sheet.put(&format!("{at}/Id/Othr/SchmeNm/Prtry"), CLABE_SCHEME);
        }
        Some("us-routing") => sheet.put(&format!("{at}/Id/Othr/Id"), number),
        _ if identifiers::check("iban", number) == Some(true) => {
            sheet.put(&format!("{at}/Id/IBAN"), number);
        }
        // Said to be a domestic number of an unnamed kind, so that no reader takes it for a CLABE.
        _ => {
            sheet.put(&format!("{at}/Id/Othr/Id"), number);
            sheet.put(&format!("{at}/Id/Othr/SchmeNm/Cd"), "BBAN");
        }
    }
}

/// An account by its number alone.
fn account_number(sheet: &mut Sheet, at: &str, number: &str) {
    if identifiers::check("iban", number) == Some(true) {
        sheet.put(&format!("{at}/Id/IBAN"), number);
        return;
    }
    sheet.put(&format!("{at}/Id/Othr/Id"), number);
    if identifiers::check("clabe", number) == Some(true) {
        sheet.put(&format!("{at}/Id/Othr/SchmeNm/Prtry"), CLABE_SCHEME);
    }
}

/// A bank: its routing number where the account has one, its DID where that is short enough.
fn agent(sheet: &mut Sheet, subject: &Subject<'_>, account: &str, bank: &str, at: &str) {
    let routing = subject.some(&format!("{account}/routingNumber"));
    if let Some(routing) = routing {
        let system = format!("{at}/FinInstnId/ClrSysMmbId");
        sheet.put(&format!("{system}/ClrSysId/Cd"), "USABA");
        sheet.put(&format!("{system}/MmbId"), routing);
    }
    let other = format!("{at}/FinInstnId/Othr");
    match subject.some(bank).filter(|did| did.len() <= 35) {
        Some(did) => {
            sheet.put(&format!("{other}/Id"), did);
            sheet.put(&format!("{other}/SchmeNm/Prtry"), DID_SCHEME);
        }
        None if routing.is_none() => sheet.put(&format!("{other}/Id"), NOT_PROVIDED),
        None => {}
    }
}

/// A text in parts of at most so many characters, cut at single blanks where there are any, so that the parts joined
/// by blanks are the text again.
fn chunks(text: &str, most: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while rest.chars().count() > most {
        let end = rest
            .char_indices()
            .nth(most)
            .map_or(rest.len(), |(at, _)| at);
        let window = rest.get(..=end).or_else(|| rest.get(..end)).unwrap_or(rest);
        let single = window.rmatch_indices(' ').map(|(at, _)| at).find(|at| {
            let around = |text: Option<&str>, last: bool| {
                let letter = match last {
                    true => text.and_then(|text| text.chars().last()),
                    false => text.and_then(|text| text.chars().next()),
                };
                letter.is_some_and(|letter| !letter.is_whitespace())
            };
            *at > 0 && around(rest.get(..*at), true) && around(rest.get(at + 1..), false)
        });
        let (part, left) = match single {
            Some(at) => (rest.get(..at), rest.get(at + 1..)),
            None => (rest.get(..end), rest.get(end..)),
        };
        parts.push(part.unwrap_or_default());
        rest = left.unwrap_or_default();
    }
    parts.push(rest);
    parts
}
