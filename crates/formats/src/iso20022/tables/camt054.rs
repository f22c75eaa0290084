//! The debit and credit notification, camt.054.

use super::parties::*;
use super::payments::*;
use super::remittance::*;
use super::values::*;
use crate::iso20022::structure::types;

types! {
    sequence AccountInterest4 {
        Tp ? InterestType1Choice, Rate * Rate4, FrToDt ? DateTimePeriod1, Rsn ? Max35Text, Tax ? TaxCharges2,
    }
    sequence AccountNotification17 {
        Id ! Max35Text, NtfctnPgntn ? Pagination1, ElctrncSeqNb ? Number, RptgSeq ? SequenceRange1Choice,
        LglSeqNb ? Number, CreDtTm ? ISODateTime, FrToDt ? DateTimePeriod1, CpyDplctInd ? CopyDuplicate1Code,
        RptgSrc ? ReportingSource1Choice, Acct ! CashAccount39, RltdAcct ? CashAccount38, Intrst * AccountInterest4,
        TxsSummry ? TotalTransactions6, Ntry * ReportEntry10, AddtlNtfctnInf ? Max500Text,
    }
    sequence AccountNotification20 {
        Id ! Max35Text, NtfctnPgntn ? Pagination1, ElctrncSeqNb ? Number, RptgSeq ? SequenceRange1Choice,
        LglSeqNb ? Number, CreDtTm ? ISODateTime, FrToDt ? DateTimePeriod1, CpyDplctInd ? CopyDuplicate1Code,
        RptgSrc ? ReportingSource1Choice, Acct ! CashAccount41, RltdAcct ? CashAccount40, Intrst * AccountInterest4,
        TxsSummry ? TotalTransactions6, Ntry * ReportEntry12, AddtlNtfctnInf ? Max500Text,
    }
    sequence ActiveOrHistoricCurrencyAndAmountRange2 {
        Amt ! ImpliedCurrencyAmountRange1Choice, CdtDbtInd ? CreditDebitCode, Ccy ! ActiveOrHistoricCurrencyCode,
    }
    sequence AmountAndCurrencyExchange3 {
        InstdAmt ? AmountAndCurrencyExchangeDetails3, TxAmt ? AmountAndCurrencyExchangeDetails3,
        CntrValAmt ? AmountAndCurrencyExchangeDetails3, AnncdPstngAmt ? AmountAndCurrencyExchangeDetails3,
        PrtryAmt * AmountAndCurrencyExchangeDetails4,
    }
    sequence AmountAndCurrencyExchangeDetails3 {
        Amt ! ActiveOrHistoricCurrencyAndAmount, CcyXchg ? CurrencyExchange5,
    }
    sequence AmountAndCurrencyExchangeDetails4 {
        Tp ! Max35Text, Amt ! ActiveOrHistoricCurrencyAndAmount, CcyXchg ? CurrencyExchange5,
    }
    sequence AmountAndDirection35 { Amt ! NonNegativeDecimalNumber, CdtDbtInd ! CreditDebitCode }
    sequence AmountRangeBoundary1 { BdryAmt ! ImpliedCurrencyAndAmount, Incl ! YesNoIndicator }
    sequence BankToCustomerDebitCreditNotificationV08 {
        GrpHdr ! GroupHeader81, Ntfctn + AccountNotification17, SplmtryData * SupplementaryData1,
    }
    sequence BankToCustomerDebitCreditNotificationV10 {
        GrpHdr ! GroupHeader81, Ntfctn + AccountNotification20, SplmtryData * SupplementaryData1,
    }
    sequence BankTransactionCodeStructure4 {
        Domn ? BankTransactionCodeStructure5, Prtry ? ProprietaryBankTransactionCodeStructure1,
    }
    sequence BankTransactionCodeStructure5 {
        Cd ! ExternalBankTransactionDomain1Code, Fmly ! BankTransactionCodeStructure6,
    }
    sequence BankTransactionCodeStructure6 {
        Cd ! ExternalBankTransactionFamily1Code, SubFmlyCd ! ExternalBankTransactionSubFamily1Code,
    }
    sequence BatchInformation2 {
        MsgId ? Max35Text, PmtInfId ? Max35Text, NbOfTxs ? Max15NumericText,
        TtlAmt ? ActiveOrHistoricCurrencyAndAmount, CdtDbtInd ? CreditDebitCode,
    }
    sequence CardAggregated2 {
        AddtlSvc ? CardPaymentServiceType2Code, TxCtgy ? ExternalCardTransactionCategory1Code,
        SaleRcncltnId ? Max35Text, SeqNbRg ? CardSequenceNumberRange1, TxDtRg ? DateOrDateTimePeriod1Choice,
    }
    sequence CardEntry4 {
        Card ? PaymentCard4, POI ? PointOfInteraction1, AggtdNtry ? CardAggregated2, PrePdAcct ? CashAccount38,
    }
    sequence CardEntry5 {
        Card ? PaymentCard4, POI ? PointOfInteraction1, AggtdNtry ? CardAggregated2, PrePdAcct ? CashAccount40,
    }
    sequence CardIndividualTransaction2 {
        ICCRltdData ? Max1025Text, PmtCntxt ? PaymentContext3, AddtlSvc ? CardPaymentServiceType2Code,
        TxCtgy ? ExternalCardTransactionCategory1Code, SaleRcncltnId ? Max35Text, SaleRefNb ? Max35Text,
        RePresntmntRsn ? ExternalRePresentmentReason1Code, SeqNb ? Max35Text, TxId ? TransactionIdentifier1,
        Pdct ? Product2, VldtnDt ? ISODate, VldtnSeqNb ? Max35Text,
    }
    sequence CardSecurityInformation1 { CSCMgmt ! CSCManagement1Code, CSCVal ? Min3Max4NumericText }
    sequence CardSequenceNumberRange1 { FrstTx ? Max35Text, LastTx ? Max35Text }
    sequence CardTransaction17 {
        Card ? PaymentCard4, POI ? PointOfInteraction1, Tx ? CardTransaction3Choice, PrePdAcct ? CashAccount38,
    }
    sequence CardTransaction18 {
        Card ? PaymentCard4, POI ? PointOfInteraction1, Tx ? CardTransaction3Choice, PrePdAcct ? CashAccount40,
    }
    choice CardTransaction3Choice { Aggtd ! CardAggregated2, Indv ! CardIndividualTransaction2 }
    sequence CardholderAuthentication2 {
        AuthntcnMtd ! AuthenticationMethod1Code, AuthntcnNtty ! AuthenticationEntity1Code,
    }
    sequence CashAccount39 {
        Id ! AccountIdentification4Choice, Tp ? CashAccountType2Choice, Ccy ? ActiveOrHistoricCurrencyCode,
        Nm ? Max70Text, Prxy ? ProxyAccountIdentification1, Ownr ? PartyIdentification135,
        Svcr ? BranchAndFinancialInstitutionIdentification6,
    }
    sequence CashAccount41 {
        Id ? AccountIdentification4Choice, Tp ? CashAccountType2Choice, Ccy ? ActiveOrHistoricCurrencyCode,
        Nm ? Max70Text, Prxy ? ProxyAccountIdentification1, Ownr ? PartyIdentification135,
        Svcr ? BranchAndFinancialInstitutionIdentification6,
    }
    sequence CashAvailability1 {
        Dt ! CashAvailabilityDate1Choice, Amt ! ActiveOrHistoricCurrencyAndAmount, CdtDbtInd ! CreditDebitCode,
    }
    choice CashAvailabilityDate1Choice { NbOfDays ! Max15PlusSignedNumericText, ActlDt ! ISODate }
    sequence CashDeposit1 {
        NoteDnmtn ! ActiveCurrencyAndAmount, NbOfNotes ! Max15NumericText, Amt ! ActiveCurrencyAndAmount,
    }
    choice ChargeType3Choice { Cd ! ExternalChargeType1Code, Prtry ! GenericIdentification3 }
    sequence Charges6 { TtlChrgsAndTaxAmt ? ActiveOrHistoricCurrencyAndAmount, Rcrd * ChargesRecord3 }
    sequence ChargesRecord3 {
        Amt ! ActiveOrHistoricCurrencyAndAmount, CdtDbtInd ? CreditDebitCode, ChrgInclInd ? ChargeIncludedIndicator,
        Tp ? ChargeType3Choice, Rate ? PercentageRate, Br ? ChargeBearerType1Code,
        Agt ? BranchAndFinancialInstitutionIdentification6, Tax ? TaxCharges2,
    }
    sequence CorporateAction9 { EvtTp ! Max35Text, EvtId ! Max35Text }
    sequence CurrencyExchange5 {
        SrcCcy ! ActiveOrHistoricCurrencyCode, TrgtCcy ? ActiveOrHistoricCurrencyCode,
        UnitCcy ? ActiveOrHistoricCurrencyCode, XchgRate ! BaseOneRate, CtrctId ? Max35Text, QtnDt ? ISODateTime,
    }
    choice DateOrDateTimePeriod1Choice { Dt ! DatePeriod2, DtTm ! DateTimePeriod1 }
    sequence DateTimePeriod1 { FrDtTm ! ISODateTime, ToDtTm ! ISODateTime }
    sequence DisplayCapabilities1 {
        DispTp ! UserInterface2Code, NbOfLines ! Max3NumericText, LineWidth ! Max3NumericText,
    }
    sequence EntryDetails11 { Btch ? BatchInformation2, TxDtls * EntryTransaction12 }
    sequence EntryDetails9 { Btch ? BatchInformation2, TxDtls * EntryTransaction10 }
    choice EntryStatus1Choice { Cd ! ExternalEntryStatus1Code, Prtry ! Max35Text }
    sequence EntryTransaction10 {
        Refs ? TransactionReferences6, Amt ? ActiveOrHistoricCurrencyAndAmount, CdtDbtInd ? CreditDebitCode,
        AmtDtls ? AmountAndCurrencyExchange3, Avlbty * CashAvailability1, BkTxCd ? BankTransactionCodeStructure4,
        Chrgs ? Charges6, Intrst ? TransactionInterest4, RltdPties ? TransactionParties6,
        RltdAgts ? TransactionAgents5, LclInstrm ? LocalInstrument2Choice, Purp ? Purpose2Choice,
        RltdRmtInf [0 10] RemittanceLocation7, RmtInf ? RemittanceInformation16, RltdDts ? TransactionDates3,
        RltdPric ? TransactionPrice4Choice, RltdQties * TransactionQuantities3Choice,
        FinInstrmId ? SecurityIdentification19, Tax ? TaxInformation8, RtrInf ? PaymentReturnReason5,
        CorpActn ? CorporateAction9, SfkpgAcct ? SecuritiesAccount19, CshDpst * CashDeposit1,
        CardTx ? CardTransaction17, AddtlTxInf ? Max500Text, SplmtryData * SupplementaryData1,
    }
    sequence EntryTransaction12 {
        Refs ? TransactionReferences6, Amt ? ActiveOrHistoricCurrencyAndAmount, CdtDbtInd ? CreditDebitCode,
        AmtDtls ? AmountAndCurrencyExchange3, Avlbty * CashAvailability1, BkTxCd ? BankTransactionCodeStructure4,
        Chrgs ? Charges6, Intrst ? TransactionInterest4, RltdPties ? TransactionParties9,
        RltdAgts ? TransactionAgents5, LclInstrm ? LocalInstrument2Choice, PmtTpInf ? PaymentTypeInformation27,
        Purp ? Purpose2Choice, RltdRmtInf [0 10] RemittanceLocation7, RmtInf ? RemittanceInformation21,
        RltdDts ? TransactionDates3, RltdPric ? TransactionPrice4Choice, RltdQties * TransactionQuantities3Choice,
        FinInstrmId ? SecurityIdentification19, Tax ? TaxInformation10, RtrInf ? PaymentReturnReason5,
        CorpActn ? CorporateAction9, SfkpgAcct ? SecuritiesAccount19, CshDpst * CashDeposit1,
        CardTx ? CardTransaction18, AddtlTxInf ? Max500Text, SplmtryData * SupplementaryData1,
    }
    choice FinancialInstrumentQuantity1Choice {
        Unit ! DecimalNumber, FaceAmt ! ImpliedCurrencyAndAmount, AmtsdVal ! ImpliedCurrencyAndAmount,
    }
    sequence FromToAmountRange1 { FrAmt ! AmountRangeBoundary1, ToAmt ! AmountRangeBoundary1 }
    sequence GenericIdentification3 { Id ! Max35Text, Issr ? Max35Text }
    sequence GenericIdentification32 {
        Id ! Max35Text, Tp ? PartyType3Code, Issr ? PartyType4Code, ShrtNm ? Max35Text,
    }
    sequence GroupHeader81 {
        MsgId ! Max35Text, CreDtTm ! ISODateTime, MsgRcpt ? PartyIdentification135, MsgPgntn ? Pagination1,
        OrgnlBizQry ? OriginalBusinessQuery1, AddtlInf ? Max500Text,
    }
    choice IdentificationSource3Choice { Cd ! ExternalFinancialInstrumentIdentificationType1Code, Prtry ! Max35Text }
    choice ImpliedCurrencyAmountRange1Choice {
        FrAmt ! AmountRangeBoundary1, ToAmt ! AmountRangeBoundary1, FrToAmt ! FromToAmountRange1,
        EQAmt ! ImpliedCurrencyAndAmount, NEQAmt ! ImpliedCurrencyAndAmount,
    }
    sequence InterestRecord2 {
        Amt ! ActiveOrHistoricCurrencyAndAmount, CdtDbtInd ! CreditDebitCode, Tp ? InterestType1Choice, Rate ? Rate4,
        FrToDt ? DateTimePeriod1, Rsn ? Max35Text, Tax ? TaxCharges2,
    }
    choice InterestType1Choice { Cd ! InterestType1Code, Prtry ! Max35Text }
    sequence MessageIdentification2 { MsgNmId ? Max35Text, MsgId ? Max35Text }
    sequence NumberAndSumOfTransactions1 { NbOfNtries ? Max15NumericText, Sum ? DecimalNumber }
    sequence NumberAndSumOfTransactions4 {
        NbOfNtries ? Max15NumericText, Sum ? DecimalNumber, TtlNetNtry ? AmountAndDirection35,
    }
    sequence OriginalAndCurrentQuantities1 { FaceAmt ! ImpliedCurrencyAndAmount, AmtsdVal ! ImpliedCurrencyAndAmount }
    sequence OriginalBusinessQuery1 { MsgId ! Max35Text, MsgNmId ? Max35Text, CreDtTm ? ISODateTime }
    sequence OtherIdentification1 { Id ! Max35Text, Sfx ? Max16Text, Tp ! IdentificationSource3Choice }
    sequence Pagination1 { PgNb ! Max5NumericText, LastPgInd ! YesNoIndicator }
    sequence PaymentCard4 {
        PlainCardData ? PlainCardData1, CardCtryCd ? Exact3NumericText, CardBrnd ? GenericIdentification1,
        AddtlCardData ? Max70Text,
    }
    sequence PaymentContext3 {
        CardPres ? TrueFalseIndicator, CrdhldrPres ? TrueFalseIndicator, OnLineCntxt ? TrueFalseIndicator,
        AttndncCntxt ? AttendanceContext1Code, TxEnvt ? TransactionEnvironment1Code,
        TxChanl ? TransactionChannel1Code, AttndntMsgCpbl ? TrueFalseIndicator, AttndntLang ? ISO2ALanguageCode,
        CardDataNtryMd ! CardDataReading1Code, FllbckInd ? TrueFalseIndicator,
        AuthntcnMtd ? CardholderAuthentication2,
    }
    sequence PaymentReturnReason5 {
        OrgnlBkTxCd ? BankTransactionCodeStructure4, Orgtr ? PartyIdentification135, Rsn ? ReturnReason5Choice,
        AddtlInf * Max105Text,
    }
    sequence PlainCardData1 {
        PAN ! Min8Max28NumericText, CardSeqNb ? Min2Max3NumericText, FctvDt ? ISOYearMonth, XpryDt ! ISOYearMonth,
        SvcCd ? Exact3NumericText, TrckData * TrackData1, CardSctyCd ? CardSecurityInformation1,
    }
    sequence PointOfInteraction1 {
        Id ! GenericIdentification32, SysNm ? Max70Text, GrpId ? Max35Text,
        Cpblties ? PointOfInteractionCapabilities1, Cmpnt * PointOfInteractionComponent1,
    }
    sequence PointOfInteractionCapabilities1 {
        CardRdngCpblties * CardDataReading1Code, CrdhldrVrfctnCpblties * CardholderVerificationCapability1Code,
        OnLineCpblties ? OnLineCapability1Code, DispCpblties * DisplayCapabilities1, PrtLineWidth ? Max3NumericText,
    }
    sequence PointOfInteractionComponent1 {
        POICmpntTp ! POIComponentType1Code, ManfctrId ? Max35Text, Mdl ? Max35Text, VrsnNb ? Max16Text,
        SrlNb ? Max35Text, ApprvlNb * Max70Text,
    }
    sequence Price7 { Tp ! YieldedOrValueType1Choice, Val ! PriceRateOrAmount3Choice }
    choice PriceRateOrAmount3Choice { Rate ! PercentageRate, Amt ! ActiveOrHistoricCurrencyAnd13DecimalAmount }
    sequence Product2 {
        PdctCd ! Max70Text, UnitOfMeasr ? UnitOfMeasure1Code, PdctQty ? DecimalNumber,
        UnitPric ? ImpliedCurrencyAndAmount, PdctAmt ? ImpliedCurrencyAndAmount, TaxTp ? Max35Text,
        AddtlPdctInf ? Max35Text,
    }
    sequence ProprietaryAgent4 { Tp ! Max35Text, Agt ! BranchAndFinancialInstitutionIdentification6 }
    sequence ProprietaryBankTransactionCodeStructure1 { Cd ! Max35Text, Issr ? Max35Text }
    sequence ProprietaryDate3 { Tp ! Max35Text, Dt ! DateAndDateTime2Choice }
    sequence ProprietaryParty5 { Tp ! Max35Text, Pty ! Party40Choice }
    sequence ProprietaryPrice2 { Tp ! Max35Text, Pric ! ActiveOrHistoricCurrencyAndAmount }
    sequence ProprietaryQuantity1 { Tp ! Max35Text, Qty ! Max35Text }
    sequence ProprietaryReference1 { Tp ! Max35Text, Ref ! Max35Text }
    sequence Rate4 { Tp ! RateType4Choice, VldtyRg ? ActiveOrHistoricCurrencyAndAmountRange2 }
    choice RateType4Choice { Pctg ! PercentageRate, Othr ! Max35Text }
    sequence ReportEntry10 {
        NtryRef ? Max35Text, Amt ! ActiveOrHistoricCurrencyAndAmount, CdtDbtInd ! CreditDebitCode,
        RvslInd ? TrueFalseIndicator, Sts ! EntryStatus1Choice, BookgDt ? DateAndDateTime2Choice,
        ValDt ? DateAndDateTime2Choice, AcctSvcrRef ? Max35Text, Avlbty * CashAvailability1,
        BkTxCd ! BankTransactionCodeStructure4, ComssnWvrInd ? YesNoIndicator, AddtlInfInd ? MessageIdentification2,
        AmtDtls ? AmountAndCurrencyExchange3, Chrgs ? Charges6, TechInptChanl ? TechnicalInputChannel1Choice,
        Intrst ? TransactionInterest4, CardTx ? CardEntry4, NtryDtls * EntryDetails9, AddtlNtryInf ? Max500Text,
    }
    sequence ReportEntry12 {
        NtryRef ? Max35Text, Amt ! ActiveOrHistoricCurrencyAndAmount, CdtDbtInd ! CreditDebitCode,
        RvslInd ? TrueFalseIndicator, Sts ! EntryStatus1Choice, BookgDt ? DateAndDateTime2Choice,
        ValDt ? DateAndDateTime2Choice, AcctSvcrRef ? Max35Text, Avlbty * CashAvailability1,
        BkTxCd ! BankTransactionCodeStructure4, ComssnWvrInd ? YesNoIndicator, AddtlInfInd ? MessageIdentification2,
        AmtDtls ? AmountAndCurrencyExchange3, Chrgs ? Charges6, TechInptChanl ? TechnicalInputChannel1Choice,
        Intrst ? TransactionInterest4, CardTx ? CardEntry5, NtryDtls * EntryDetails11, AddtlNtryInf ? Max500Text,
    }
    choice ReportingSource1Choice { Cd ! ExternalReportingSource1Code, Prtry ! Max35Text }
    sequence SecuritiesAccount19 { Id ! Max35Text, Tp ? GenericIdentification30, Nm ? Max70Text }
    sequence SecurityIdentification19 {
        ISIN ? ISINOct2015Identifier, OthrId * OtherIdentification1, Desc ? Max140Text,
    }
    sequence SequenceRange1 { FrSeq ! Max35Text, ToSeq ! Max35Text }
    choice SequenceRange1Choice {
        FrSeq ! Max35Text, ToSeq ! Max35Text, FrToSeq + SequenceRange1, EQSeq + Max35Text, NEQSeq + Max35Text,
    }
    sequence TaxCharges2 { Id ? Max35Text, Rate ? PercentageRate, Amt ? ActiveOrHistoricCurrencyAndAmount }
    choice TechnicalInputChannel1Choice { Cd ! ExternalTechnicalInputChannel1Code, Prtry ! Max35Text }
    sequence TotalTransactions6 {
        TtlNtries ? NumberAndSumOfTransactions4, TtlCdtNtries ? NumberAndSumOfTransactions1,
        TtlDbtNtries ? NumberAndSumOfTransactions1, TtlNtriesPerBkTxCd * TotalsPerBankTransactionCode5,
    }
    sequence TotalsPerBankTransactionCode5 {
        NbOfNtries ? Max15NumericText, Sum ? DecimalNumber, TtlNetNtry ? AmountAndDirection35,
        CdtNtries ? NumberAndSumOfTransactions1, DbtNtries ? NumberAndSumOfTransactions1,
        FcstInd ? TrueFalseIndicator, BkTxCd ! BankTransactionCodeStructure4, Avlbty * CashAvailability1,
        Dt ? DateAndDateTime2Choice,
    }
    sequence TrackData1 { TrckNb ? Exact1NumericText, TrckVal ! Max140Text }
    sequence TransactionAgents5 {
        InstgAgt ? BranchAndFinancialInstitutionIdentification6,
        InstdAgt ? BranchAndFinancialInstitutionIdentification6,
        DbtrAgt ? BranchAndFinancialInstitutionIdentification6,
        CdtrAgt ? BranchAndFinancialInstitutionIdentification6,
        IntrmyAgt1 ? BranchAndFinancialInstitutionIdentification6,
        IntrmyAgt2 ? BranchAndFinancialInstitutionIdentification6,
        IntrmyAgt3 ? BranchAndFinancialInstitutionIdentification6,
        RcvgAgt ? BranchAndFinancialInstitutionIdentification6,
        DlvrgAgt ? BranchAndFinancialInstitutionIdentification6,
        IssgAgt ? BranchAndFinancialInstitutionIdentification6,
        SttlmPlc ? BranchAndFinancialInstitutionIdentification6, Prtry * ProprietaryAgent4,
    }
    sequence TransactionDates3 {
        AccptncDtTm ? ISODateTime, TradActvtyCtrctlSttlmDt ? ISODate, TradDt ? ISODate, IntrBkSttlmDt ? ISODate,
        StartDt ? ISODate, EndDt ? ISODate, TxDtTm ? ISODateTime, Prtry * ProprietaryDate3,
    }
    sequence TransactionIdentifier1 { TxDtTm ! ISODateTime, TxRef ! Max35Text }
    sequence TransactionInterest4 { TtlIntrstAndTaxAmt ? ActiveOrHistoricCurrencyAndAmount, Rcrd * InterestRecord2 }
    sequence TransactionParties6 {
        InitgPty ? Party40Choice, Dbtr ? Party40Choice, DbtrAcct ? CashAccount38, UltmtDbtr ? Party40Choice,
        Cdtr ? Party40Choice, CdtrAcct ? CashAccount38, UltmtCdtr ? Party40Choice, TradgPty ? Party40Choice,
        Prtry * ProprietaryParty5,
    }
    sequence TransactionParties9 {
        InitgPty ? Party40Choice, Dbtr ? Party40Choice, DbtrAcct ? CashAccount40, UltmtDbtr ? Party40Choice,
        Cdtr ? Party40Choice, CdtrAcct ? CashAccount40, UltmtCdtr ? Party40Choice, TradgPty ? Party40Choice,
        Prtry * ProprietaryParty5,
    }
    choice TransactionPrice4Choice { DealPric ! Price7, Prtry + ProprietaryPrice2 }
    choice TransactionQuantities3Choice {
        Qty ! FinancialInstrumentQuantity1Choice, OrgnlAndCurFaceAmt ! OriginalAndCurrentQuantities1,
        Prtry ! ProprietaryQuantity1,
    }
    sequence TransactionReferences6 {
        MsgId ? Max35Text, AcctSvcrRef ? Max35Text, PmtInfId ? Max35Text, InstrId ? Max35Text, EndToEndId ? Max35Text,
        UETR ? UUIDv4Identifier, TxId ? Max35Text, MndtId ? Max35Text, ChqNb ? Max35Text, ClrSysRef ? Max35Text,
        AcctOwnrTxId ? Max35Text, AcctSvcrTxId ? Max35Text, MktInfrstrctrTxId ? Max35Text, PrcgId ? Max35Text,
        Prtry * ProprietaryReference1,
    }
    choice YieldedOrValueType1Choice { Yldd ! YesNoIndicator, ValTp ! PriceValueType1Code }
}
