//! The payment return, pacs.004.

use super::parties::*;
use super::payments::*;
use super::remittance::*;
use super::values::*;
use crate::iso20022::structure::types;

types! {
    sequence CreditTransferTransaction45 {
        UltmtDbtr ? PartyIdentification135, InitgPty ? PartyIdentification135, Dbtr ! PartyIdentification135,
        DbtrAcct ? CashAccount38, DbtrAgt ! BranchAndFinancialInstitutionIdentification6, DbtrAgtAcct ? CashAccount38,
        PrvsInstgAgt1 ? BranchAndFinancialInstitutionIdentification6, PrvsInstgAgt1Acct ? CashAccount38,
        PrvsInstgAgt2 ? BranchAndFinancialInstitutionIdentification6, PrvsInstgAgt2Acct ? CashAccount38,
        PrvsInstgAgt3 ? BranchAndFinancialInstitutionIdentification6, PrvsInstgAgt3Acct ? CashAccount38,
        IntrmyAgt1 ? BranchAndFinancialInstitutionIdentification6, IntrmyAgt1Acct ? CashAccount38,
        IntrmyAgt2 ? BranchAndFinancialInstitutionIdentification6, IntrmyAgt2Acct ? CashAccount38,
        IntrmyAgt3 ? BranchAndFinancialInstitutionIdentification6, IntrmyAgt3Acct ? CashAccount38,
        CdtrAgt ! BranchAndFinancialInstitutionIdentification6, CdtrAgtAcct ? CashAccount38,
        Cdtr ! PartyIdentification135, CdtrAcct ? CashAccount38, UltmtCdtr ? PartyIdentification135,
        InstrForCdtrAgt * InstructionForCreditorAgent3, InstrForNxtAgt * InstructionForNextAgent1,
        Tax ? TaxInformation8, RmtInf ? RemittanceInformation16, InstdAmt ? ActiveOrHistoricCurrencyAndAmount,
    }
    sequence GroupHeader90 {
        MsgId ! Max35Text, CreDtTm ! ISODateTime, Authstn [0 2] Authorisation1Choice,
        BtchBookg ? BatchBookingIndicator, NbOfTxs ! Max15NumericText, CtrlSum ? DecimalNumber,
        GrpRtr ? TrueFalseIndicator, TtlRtrdIntrBkSttlmAmt ? ActiveCurrencyAndAmount, IntrBkSttlmDt ? ISODate,
        SttlmInf ! SettlementInstruction7, InstgAgt ? BranchAndFinancialInstitutionIdentification6,
        InstdAgt ? BranchAndFinancialInstitutionIdentification6,
    }
    choice MandateRelatedData1Choice {
        DrctDbtMndt ? MandateRelatedInformation14, CdtTrfMndt ? CreditTransferMandateData1,
    }
    sequence OriginalGroupHeader18 {
        OrgnlMsgId ! Max35Text, OrgnlMsgNmId ! Max35Text, OrgnlCreDtTm ? ISODateTime,
        RtrRsnInf * PaymentReturnReason6,
    }
    sequence OriginalTransactionReference32 {
        IntrBkSttlmAmt ? ActiveOrHistoricCurrencyAndAmount, Amt ? AmountType4Choice, IntrBkSttlmDt ? ISODate,
        ReqdColltnDt ? ISODate, ReqdExctnDt ? DateAndDateTime2Choice, CdtrSchmeId ? PartyIdentification135,
        SttlmInf ? SettlementInstruction7, PmtTpInf ? PaymentTypeInformation27, PmtMtd ? PaymentMethod4Code,
        MndtRltdInf ? MandateRelatedData1Choice, RmtInf ? RemittanceInformation16, UltmtDbtr ? Party40Choice,
        Dbtr ? Party40Choice, DbtrAcct ? CashAccount38, DbtrAgt ? BranchAndFinancialInstitutionIdentification6,
        DbtrAgtAcct ? CashAccount38, CdtrAgt ? BranchAndFinancialInstitutionIdentification6,
        CdtrAgtAcct ? CashAccount38, Cdtr ? Party40Choice, CdtrAcct ? CashAccount38, UltmtCdtr ? Party40Choice,
        Purp ? Purpose2Choice, UndrlygCstmrCdtTrf ? CreditTransferTransaction45,
    }
    sequence PaymentReturnV10 {
        GrpHdr ! GroupHeader90, OrgnlGrpInf ? OriginalGroupHeader18, TxInf * PaymentTransaction118,
        SplmtryData * SupplementaryData1,
    }
    sequence PaymentReturnReason6 { Orgtr ? PartyIdentification135, Rsn ? ReturnReason5Choice, AddtlInf * Max105Text }
    sequence PaymentTransaction118 {
        RtrId ? Max35Text, OrgnlGrpInf ? OriginalGroupInformation29, OrgnlInstrId ? Max35Text,
        OrgnlEndToEndId ? Max35Text, OrgnlTxId ? Max35Text, OrgnlUETR ? UUIDv4Identifier, OrgnlClrSysRef ? Max35Text,
        OrgnlIntrBkSttlmAmt ? ActiveOrHistoricCurrencyAndAmount, OrgnlIntrBkSttlmDt ? ISODate,
        RtrdIntrBkSttlmAmt ! ActiveCurrencyAndAmount, IntrBkSttlmDt ? ISODate, SttlmPrty ? Priority3Code,
        SttlmTmIndctn ? SettlementDateTimeIndication1, RtrdInstdAmt ? ActiveOrHistoricCurrencyAndAmount,
        XchgRate ? BaseOneRate, CompstnAmt ? ActiveOrHistoricCurrencyAndAmount, ChrgBr ? ChargeBearerType1Code,
        ChrgsInf * Charges7, ClrSysRef ? Max35Text, InstgAgt ? BranchAndFinancialInstitutionIdentification6,
        InstdAgt ? BranchAndFinancialInstitutionIdentification6, RtrChain ? TransactionParties8,
        RtrRsnInf * PaymentReturnReason6, OrgnlTxRef ? OriginalTransactionReference32,
        SplmtryData * SupplementaryData1,
    }
    sequence TransactionParties8 {
        UltmtDbtr ? Party40Choice, Dbtr ! Party40Choice, DbtrAcct ? CashAccount38, InitgPty ? Party40Choice,
        DbtrAgt ? BranchAndFinancialInstitutionIdentification6, DbtrAgtAcct ? CashAccount38,
        PrvsInstgAgt1 ? BranchAndFinancialInstitutionIdentification6, PrvsInstgAgt1Acct ? CashAccount38,
        PrvsInstgAgt2 ? BranchAndFinancialInstitutionIdentification6, PrvsInstgAgt2Acct ? CashAccount38,
        PrvsInstgAgt3 ? BranchAndFinancialInstitutionIdentification6, PrvsInstgAgt3Acct ? CashAccount38,
        IntrmyAgt1 ? BranchAndFinancialInstitutionIdentification6, IntrmyAgt1Acct ? CashAccount38,
        IntrmyAgt2 ? BranchAndFinancialInstitutionIdentification6, IntrmyAgt2Acct ? CashAccount38,
        IntrmyAgt3 ? BranchAndFinancialInstitutionIdentification6, IntrmyAgt3Acct ? CashAccount38,
        CdtrAgt ? BranchAndFinancialInstitutionIdentification6, CdtrAgtAcct ? CashAccount38, Cdtr ! Party40Choice,
        CdtrAcct ? CashAccount38, UltmtCdtr ? Party40Choice,
    }
}
