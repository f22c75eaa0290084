//! The customer payment status report, pain.002.

use super::parties::*;
use super::payments::*;
use super::remittance::*;
use super::values::*;
use crate::iso20022::structure::types;

types! {
    sequence AmendmentInformationDetails14 {
        OrgnlMndtId ? Max35Text, OrgnlCdtrSchmeId ? PartyIdentification135,
        OrgnlCdtrAgt ? BranchAndFinancialInstitutionIdentification6, OrgnlCdtrAgtAcct ? CashAccount40,
        OrgnlDbtr ? PartyIdentification135, OrgnlDbtrAcct ? CashAccount40,
        OrgnlDbtrAgt ? BranchAndFinancialInstitutionIdentification6, OrgnlDbtrAgtAcct ? CashAccount40,
        OrgnlFnlColltnDt ? ISODate, OrgnlFrqcy ? Frequency36Choice, OrgnlRsn ? MandateSetupReason1Choice,
        OrgnlTrckgDays ? Exact2NumericText,
    }
    sequence CurrencyExchange13 {
        SrcCcy ! ActiveCurrencyCode, TrgtCcy ! ActiveCurrencyCode, XchgRate ! BaseOneRate,
        UnitCcy ? ActiveCurrencyCode,
    }
    sequence CustomerPaymentStatusReportV10 {
        GrpHdr ! GroupHeader86, OrgnlGrpInfAndSts ! OriginalGroupHeader17,
        OrgnlPmtInfAndSts * OriginalPaymentInstruction32, SplmtryData * SupplementaryData1,
    }
    sequence CustomerPaymentStatusReportV12 {
        GrpHdr ! GroupHeader86, OrgnlGrpInfAndSts ! OriginalGroupHeader17,
        OrgnlPmtInfAndSts * OriginalPaymentInstruction40, SplmtryData * SupplementaryData1,
    }
    sequence GroupHeader86 {
        MsgId ! Max35Text, CreDtTm ! ISODateTime, InitgPty ? PartyIdentification135,
        FwdgAgt ? BranchAndFinancialInstitutionIdentification6,
        DbtrAgt ? BranchAndFinancialInstitutionIdentification6,
        CdtrAgt ? BranchAndFinancialInstitutionIdentification6,
    }
    choice MandateRelatedData2Choice {
        DrctDbtMndt ? MandateRelatedInformation15, CdtTrfMndt ? CreditTransferMandateData1,
    }
    sequence MandateRelatedInformation15 {
        MndtId ? Max35Text, DtOfSgntr ? ISODate, AmdmntInd ? TrueFalseIndicator,
        AmdmntInfDtls ? AmendmentInformationDetails14, ElctrncSgntr ? Max1025Text, FrstColltnDt ? ISODate,
        FnlColltnDt ? ISODate, Frqcy ? Frequency36Choice, Rsn ? MandateSetupReason1Choice,
        TrckgDays ? Exact2NumericText,
    }
    sequence OriginalPaymentInstruction32 {
        OrgnlPmtInfId ! Max35Text, OrgnlNbOfTxs ? Max15NumericText, OrgnlCtrlSum ? DecimalNumber,
        PmtInfSts ? ExternalPaymentGroupStatus1Code, StsRsnInf * StatusReasonInformation12,
        NbOfTxsPerSts * NumberOfTransactionsPerStatus5, TxInfAndSts * PaymentTransaction105,
    }
    sequence OriginalPaymentInstruction40 {
        OrgnlPmtInfId ! Max35Text, OrgnlNbOfTxs ? Max15NumericText, OrgnlCtrlSum ? DecimalNumber,
        PmtInfSts ? ExternalPaymentGroupStatus1Code, StsRsnInf * StatusReasonInformation12,
        NbOfTxsPerSts * NumberOfTransactionsPerStatus5, TxInfAndSts * PaymentTransaction129,
    }
    sequence OriginalTransactionReference35 {
        IntrBkSttlmAmt ? ActiveOrHistoricCurrencyAndAmount, Amt ? AmountType4Choice, IntrBkSttlmDt ? ISODate,
        ReqdColltnDt ? ISODate, ReqdExctnDt ? DateAndDateTime2Choice, CdtrSchmeId ? PartyIdentification135,
        SttlmInf ? SettlementInstruction11, PmtTpInf ? PaymentTypeInformation27, PmtMtd ? PaymentMethod4Code,
        MndtRltdInf ? MandateRelatedData2Choice, RmtInf ? RemittanceInformation21, UltmtDbtr ? Party40Choice,
        Dbtr ? Party40Choice, DbtrAcct ? CashAccount40, DbtrAgt ? BranchAndFinancialInstitutionIdentification6,
        DbtrAgtAcct ? CashAccount40, CdtrAgt ? BranchAndFinancialInstitutionIdentification6,
        CdtrAgtAcct ? CashAccount40, Cdtr ? Party40Choice, CdtrAcct ? CashAccount40, UltmtCdtr ? Party40Choice,
        Purp ? Purpose2Choice,
    }
    sequence PaymentTransaction105 {
        StsId ? Max35Text, OrgnlInstrId ? Max35Text, OrgnlEndToEndId ? Max35Text, OrgnlUETR ? UUIDv4Identifier,
        TxSts ? ExternalPaymentTransactionStatus1Code, StsRsnInf * StatusReasonInformation12, ChrgsInf * Charges7,
        TrckrData ? TrackerData1, AccptncDtTm ? ISODateTime, AcctSvcrRef ? Max35Text, ClrSysRef ? Max35Text,
        OrgnlTxRef ? OriginalTransactionReference28, SplmtryData * SupplementaryData1,
    }
    sequence PaymentTransaction129 {
        StsId ? Max35Text, OrgnlInstrId ? Max35Text, OrgnlEndToEndId ? Max35Text, OrgnlUETR ? UUIDv4Identifier,
        TxSts ? ExternalPaymentTransactionStatus1Code, StsRsnInf * StatusReasonInformation12, ChrgsInf * Charges7,
        TrckrData ? TrackerData1, AccptncDtTm ? ISODateTime, AcctSvcrRef ? Max35Text, ClrSysRef ? Max35Text,
        OrgnlTxRef ? OriginalTransactionReference35, SplmtryData * SupplementaryData1,
    }
    sequence TrackerData1 {
        ConfdDt ! DateAndDateTime2Choice, ConfdAmt ! ActiveCurrencyAndAmount, TrckrRcrd + TrackerRecord1,
    }
    sequence TrackerRecord1 {
        Agt ! BranchAndFinancialInstitutionIdentification6, ChrgBr ? ChargeBearerType1Code,
        ChrgsAmt ? ActiveCurrencyAndAmount, XchgRateData ? CurrencyExchange13,
    }
}
