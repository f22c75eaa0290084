//! The payment status report between banks, pacs.002.

use super::parties::*;
use super::payments::*;
use super::values::*;
use crate::iso20022::structure::types;

types! {
    sequence FIToFIPaymentStatusReportV10 {
        GrpHdr ! GroupHeader91, OrgnlGrpInfAndSts * OriginalGroupHeader17, TxInfAndSts * PaymentTransaction110,
        SplmtryData * SupplementaryData1,
    }
    sequence GroupHeader91 {
        MsgId ! Max35Text, CreDtTm ! ISODateTime, InstgAgt ? BranchAndFinancialInstitutionIdentification6,
        InstdAgt ? BranchAndFinancialInstitutionIdentification6,
    }
    sequence PaymentTransaction110 {
        StsId ? Max35Text, OrgnlGrpInf ? OriginalGroupInformation29, OrgnlInstrId ? Max35Text,
        OrgnlEndToEndId ? Max35Text, OrgnlTxId ? Max35Text, OrgnlUETR ? UUIDv4Identifier,
        TxSts ? ExternalPaymentTransactionStatus1Code, StsRsnInf * StatusReasonInformation12, ChrgsInf * Charges7,
        AccptncDtTm ? ISODateTime, FctvIntrBkSttlmDt ? DateAndDateTime2Choice, AcctSvcrRef ? Max35Text,
        ClrSysRef ? Max35Text, InstgAgt ? BranchAndFinancialInstitutionIdentification6,
        InstdAgt ? BranchAndFinancialInstitutionIdentification6, OrgnlTxRef ? OriginalTransactionReference28,
        SplmtryData * SupplementaryData1,
    }
}
