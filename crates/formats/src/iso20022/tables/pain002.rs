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
    sequence AmendmentInformationDetails15 {
        OrgnlMndtId ? Max35Text, OrgnlCdtrSchmeId ? PartyIdentification272,
        OrgnlCdtrAgt ? BranchAndFinancialInstitutionIdentification8, OrgnlCdtrAgtAcct ? CashAccount40,
        OrgnlDbtr ? PartyIdentification272, OrgnlDbtrAcct ? CashAccount40,
        OrgnlDbtrAgt ? BranchAndFinancialInstitutionIdentification8, OrgnlDbtrAgtAcct ? CashAccount40,
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
    sequence CustomerPaymentStatusReportV14 {
        GrpHdr ! GroupHeader128, OrgnlGrpInfAndSts ! OriginalGroupHeader22,
        OrgnlPmtInfAndSts * OriginalPaymentInstruction51, SplmtryData * SupplementaryData1,
    }
    sequence GroupHeader128 {
        MsgId ! Max35Text, CreDtTm ! ISODateTime, InitgPty ? PartyIdentification272,
        FwdgAgt ? BranchAndFinancialInstitutionIdentification8,
        DbtrAgt ? BranchAndFinancialInstitutionIdentification8,
        CdtrAgt ? BranchAndFinancialInstitutionIdentification8,
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
    choice MandateRelatedData3Choice {
        DrctDbtMndt ? MandateRelatedInformation16, CdtTrfMndt ? CreditTransferMandateData1,
    }
    sequence MandateRelatedInformation15 {
        MndtId ? Max35Text, DtOfSgntr ? ISODate, AmdmntInd ? TrueFalseIndicator,
        AmdmntInfDtls ? AmendmentInformationDetails14, ElctrncSgntr ? Max1025Text, FrstColltnDt ? ISODate,
        FnlColltnDt ? ISODate, Frqcy ? Frequency36Choice, Rsn ? MandateSetupReason1Choice,
        TrckgDays ? Exact2NumericText,
    }
    sequence MandateRelatedInformation16 {
        MndtId ? Max35Text, DtOfSgntr ? ISODate, AmdmntInd ? TrueFalseIndicator,
        AmdmntInfDtls ? AmendmentInformationDetails15, ElctrncSgntr ? Max1025Text, FrstColltnDt ? ISODate,
        FnlColltnDt ? ISODate, Frqcy ? Frequency36Choice, Rsn ? MandateSetupReason1Choice,
        TrckgDays ? Exact2NumericText,
    }
    sequence OriginalGroupHeader22 {
        OrgnlMsgId ! Max35Text, OrgnlMsgNmId ! Max35Text, OrgnlCreDtTm ? ISODateTime, OrgnlNbOfTxs ? Max15NumericText,
        OrgnlCtrlSum ? DecimalNumber, GrpSts ? ExternalPaymentGroupStatus1Code, StsRsnInf * StatusReasonInformation14,
        NbOfTxsPerSts * NumberOfTransactionsPerStatus5,
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
    sequence OriginalPaymentInstruction51 {
        OrgnlPmtInfId ! Max35Text, OrgnlNbOfTxs ? Max15NumericText, OrgnlCtrlSum ? DecimalNumber,
        PmtInfSts ? ExternalPaymentGroupStatus1Code, StsRsnInf * StatusReasonInformation14,
        NbOfTxsPerSts * NumberOfTransactionsPerStatus5, TxInfAndSts * PaymentTransaction160,
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
    sequence OriginalTransactionReference42 {
        IntrBkSttlmAmt ? ActiveOrHistoricCurrencyAndAmount, Amt ? AmountType4Choice, IntrBkSttlmDt ? ISODate,
        ReqdColltnDt ? ISODate, ReqdExctnDt ? DateAndDateTime2Choice, CdtrSchmeId ? PartyIdentification272,
        SttlmInf ? SettlementInstruction15, PmtTpInf ? PaymentTypeInformation27, PmtMtd ? PaymentMethod4Code,
        MndtRltdInf ? MandateRelatedData3Choice, RmtInf ? RemittanceInformation22, UltmtDbtr ? Party50Choice,
        Dbtr ? Party50Choice, DbtrAcct ? CashAccount40, DbtrAgt ? BranchAndFinancialInstitutionIdentification8,
        DbtrAgtAcct ? CashAccount40, CdtrAgt ? BranchAndFinancialInstitutionIdentification8,
        CdtrAgtAcct ? CashAccount40, Cdtr ? Party50Choice, CdtrAcct ? CashAccount40, UltmtCdtr ? Party50Choice,
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
    sequence PaymentTransaction160 {
        StsId ? Max35Text, OrgnlInstrId ? Max35Text, OrgnlEndToEndId ? Max35Text, OrgnlUETR ? UUIDv4Identifier,
        TxSts ? ExternalPaymentTransactionStatus1Code, StsRsnInf * StatusReasonInformation14, ChrgsInf * Charges16,
        TrckrData ? TrackerData7, AccptncDtTm ? ISODateTime, AcctSvcrRef ? Max35Text, ClrSysRef ? Max35Text,
        OrgnlTxRef ? OriginalTransactionReference42, SplmtryData * SupplementaryData1,
    }
    sequence StatusReasonInformation14 {
        Orgtr ? PartyIdentification272, Rsn ? StatusReason6Choice, AddtlInf * Max105Text,
    }
    sequence TrackerData1 {
        ConfdDt ! DateAndDateTime2Choice, ConfdAmt ! ActiveCurrencyAndAmount, TrckrRcrd + TrackerRecord1,
    }
    sequence TrackerData7 {
        ConfdDt ! DateAndDateTime2Choice, ConfdAmt ! ActiveCurrencyAndAmount, TrckrRcrd + TrackerRecord5,
    }
    sequence TrackerRecord1 {
        Agt ! BranchAndFinancialInstitutionIdentification6, ChrgBr ? ChargeBearerType1Code,
        ChrgsAmt ? ActiveCurrencyAndAmount, XchgRateData ? CurrencyExchange13,
    }
    sequence TrackerRecord5 {
        Agt ! BranchAndFinancialInstitutionIdentification8, ChrgBr ? ChargeBearerType1Code,
        ChrgsAmt ? ActiveCurrencyAndAmount, XchgRateData ? CurrencyExchange13,
    }
}
