//! What several messages share: amounts, dates, charges, instructions, references.

use super::parties::*;
use super::remittance::*;
use super::values::*;
use crate::iso20022::structure::types;

types! {
    sequence AmendmentInformationDetails13 {
        OrgnlMndtId ? Max35Text, OrgnlCdtrSchmeId ? PartyIdentification135,
        OrgnlCdtrAgt ? BranchAndFinancialInstitutionIdentification6, OrgnlCdtrAgtAcct ? CashAccount38,
        OrgnlDbtr ? PartyIdentification135, OrgnlDbtrAcct ? CashAccount38,
        OrgnlDbtrAgt ? BranchAndFinancialInstitutionIdentification6, OrgnlDbtrAgtAcct ? CashAccount38,
        OrgnlFnlColltnDt ? ISODate, OrgnlFrqcy ? Frequency36Choice, OrgnlRsn ? MandateSetupReason1Choice,
        OrgnlTrckgDays ? Exact2NumericText,
    }
    choice AmountType4Choice { InstdAmt ! ActiveOrHistoricCurrencyAndAmount, EqvtAmt ! EquivalentAmount2 }
    choice Authorisation1Choice { Cd ! Authorisation1Code, Prtry ! Max128Text }
    choice CategoryPurpose1Choice { Cd ! ExternalCategoryPurpose1Code, Prtry ! Max35Text }
    sequence Charges7 { Amt ! ActiveOrHistoricCurrencyAndAmount, Agt ! BranchAndFinancialInstitutionIdentification6 }
    sequence Cheque11 {
        ChqTp ? ChequeType2Code, ChqNb ? Max35Text, ChqFr ? NameAndAddress16, DlvryMtd ? ChequeDeliveryMethod1Choice,
        DlvrTo ? NameAndAddress16, InstrPrty ? Priority2Code, ChqMtrtyDt ? ISODate, FrmsCd ? Max35Text,
        MemoFld [0 2] Max35Text, RgnlClrZone ? Max35Text, PrtLctn ? Max35Text, Sgntr [0 5] Max70Text,
    }
    choice ChequeDeliveryMethod1Choice { Cd ! ChequeDelivery1Code, Prtry ! Max35Text }
    sequence CreditTransferMandateData1 {
        MndtId ? Max35Text, Tp ? MandateTypeInformation2, DtOfSgntr ? ISODate, DtOfVrfctn ? ISODateTime,
        ElctrncSgntr ? Max10KBinary, FrstPmtDt ? ISODate, FnlPmtDt ? ISODate, Frqcy ? Frequency36Choice,
        Rsn ? MandateSetupReason1Choice,
    }
    choice DateAndDateTime2Choice { Dt ! ISODate, DtTm ! ISODateTime }
    sequence EquivalentAmount2 { Amt ! ActiveOrHistoricCurrencyAndAmount, CcyOfTrf ! ActiveOrHistoricCurrencyCode }
    sequence FrequencyAndMoment1 { Tp ! Frequency6Code, PtInTm ! Exact2NumericText }
    choice Frequency36Choice { Tp ! Frequency6Code, Prd ! FrequencyPeriod1, PtInTm ! FrequencyAndMoment1 }
    sequence FrequencyPeriod1 { Tp ! Frequency6Code, CntPerPrd ! DecimalNumber }
    sequence InstructionForCreditorAgent1 { Cd ? Instruction3Code, InstrInf ? Max140Text }
    sequence InstructionForCreditorAgent3 { Cd ? ExternalCreditorAgentInstruction1Code, InstrInf ? Max140Text }
    sequence InstructionForNextAgent1 { Cd ? Instruction4Code, InstrInf ? Max140Text }
    choice LocalInstrument2Choice { Cd ! ExternalLocalInstrument1Code, Prtry ! Max35Text }
    choice MandateClassification1Choice { Cd ! MandateClassification1Code, Prtry ! Max35Text }
    sequence MandateRelatedInformation14 {
        MndtId ? Max35Text, DtOfSgntr ? ISODate, AmdmntInd ? TrueFalseIndicator,
        AmdmntInfDtls ? AmendmentInformationDetails13, ElctrncSgntr ? Max1025Text, FrstColltnDt ? ISODate,
        FnlColltnDt ? ISODate, Frqcy ? Frequency36Choice, Rsn ? MandateSetupReason1Choice,
        TrckgDays ? Exact2NumericText,
    }
    choice MandateSetupReason1Choice { Cd ! ExternalMandateSetupReason1Code, Prtry ! Max70Text }
    sequence MandateTypeInformation2 {
        SvcLvl ? ServiceLevel8Choice, LclInstrm ? LocalInstrument2Choice, CtgyPurp ? CategoryPurpose1Choice,
        Clssfctn ? MandateClassification1Choice,
    }
    sequence NumberOfTransactionsPerStatus5 {
        DtldNbOfTxs ! Max15NumericText, DtldSts ! ExternalPaymentTransactionStatus1Code, DtldCtrlSum ? DecimalNumber,
    }
    sequence OriginalGroupHeader17 {
        OrgnlMsgId ! Max35Text, OrgnlMsgNmId ! Max35Text, OrgnlCreDtTm ? ISODateTime, OrgnlNbOfTxs ? Max15NumericText,
        OrgnlCtrlSum ? DecimalNumber, GrpSts ? ExternalPaymentGroupStatus1Code, StsRsnInf * StatusReasonInformation12,
        NbOfTxsPerSts * NumberOfTransactionsPerStatus5,
    }
    sequence OriginalGroupInformation29 {
        OrgnlMsgId ! Max35Text, OrgnlMsgNmId ! Max35Text, OrgnlCreDtTm ? ISODateTime,
    }
    sequence OriginalTransactionReference28 {
        IntrBkSttlmAmt ? ActiveOrHistoricCurrencyAndAmount, Amt ? AmountType4Choice, IntrBkSttlmDt ? ISODate,
        ReqdColltnDt ? ISODate, ReqdExctnDt ? DateAndDateTime2Choice, CdtrSchmeId ? PartyIdentification135,
        SttlmInf ? SettlementInstruction7, PmtTpInf ? PaymentTypeInformation27, PmtMtd ? PaymentMethod4Code,
        MndtRltdInf ? MandateRelatedInformation14, RmtInf ? RemittanceInformation16, UltmtDbtr ? Party40Choice,
        Dbtr ? Party40Choice, DbtrAcct ? CashAccount38, DbtrAgt ? BranchAndFinancialInstitutionIdentification6,
        DbtrAgtAcct ? CashAccount38, CdtrAgt ? BranchAndFinancialInstitutionIdentification6,
        CdtrAgtAcct ? CashAccount38, Cdtr ? Party40Choice, CdtrAcct ? CashAccount38, UltmtCdtr ? Party40Choice,
        Purp ? Purpose2Choice,
    }
    sequence PaymentIdentification6 { InstrId ? Max35Text, EndToEndId ! Max35Text, UETR ? UUIDv4Identifier }
    sequence PaymentTypeInformation26 {
        InstrPrty ? Priority2Code, SvcLvl * ServiceLevel8Choice, LclInstrm ? LocalInstrument2Choice,
        CtgyPurp ? CategoryPurpose1Choice,
    }
    sequence PaymentTypeInformation27 {
        InstrPrty ? Priority2Code, ClrChanl ? ClearingChannel2Code, SvcLvl * ServiceLevel8Choice,
        LclInstrm ? LocalInstrument2Choice, SeqTp ? SequenceType3Code, CtgyPurp ? CategoryPurpose1Choice,
    }
    choice Purpose2Choice { Cd ! ExternalPurpose1Code, Prtry ! Max35Text }
    sequence RegulatoryAuthority2 { Nm ? Max140Text, Ctry ? CountryCode }
    sequence RegulatoryReporting3 {
        DbtCdtRptgInd ? RegulatoryReportingType1Code, Authrty ? RegulatoryAuthority2,
        Dtls * StructuredRegulatoryReporting3,
    }
    choice ReturnReason5Choice { Cd ! ExternalReturnReason1Code, Prtry ! Max35Text }
    choice ServiceLevel8Choice { Cd ! ExternalServiceLevel1Code, Prtry ! Max35Text }
    sequence SettlementDateTimeIndication1 { DbtDtTm ? ISODateTime, CdtDtTm ? ISODateTime }
    sequence SettlementInstruction11 {
        SttlmMtd ! SettlementMethod1Code, SttlmAcct ? CashAccount40, ClrSys ? ClearingSystemIdentification3Choice,
        InstgRmbrsmntAgt ? BranchAndFinancialInstitutionIdentification6, InstgRmbrsmntAgtAcct ? CashAccount40,
        InstdRmbrsmntAgt ? BranchAndFinancialInstitutionIdentification6, InstdRmbrsmntAgtAcct ? CashAccount40,
        ThrdRmbrsmntAgt ? BranchAndFinancialInstitutionIdentification6, ThrdRmbrsmntAgtAcct ? CashAccount40,
    }
    sequence SettlementInstruction7 {
        SttlmMtd ! SettlementMethod1Code, SttlmAcct ? CashAccount38, ClrSys ? ClearingSystemIdentification3Choice,
        InstgRmbrsmntAgt ? BranchAndFinancialInstitutionIdentification6, InstgRmbrsmntAgtAcct ? CashAccount38,
        InstdRmbrsmntAgt ? BranchAndFinancialInstitutionIdentification6, InstdRmbrsmntAgtAcct ? CashAccount38,
        ThrdRmbrsmntAgt ? BranchAndFinancialInstitutionIdentification6, ThrdRmbrsmntAgtAcct ? CashAccount38,
    }
    choice StatusReason6Choice { Cd ! ExternalStatusReason1Code, Prtry ! Max35Text }
    sequence StatusReasonInformation12 {
        Orgtr ? PartyIdentification135, Rsn ? StatusReason6Choice, AddtlInf * Max105Text,
    }
    sequence SupplementaryData1 { PlcAndNm ? Max350Text, Envlp ! SupplementaryDataEnvelope1 }
    any SupplementaryDataEnvelope1 {}
}
