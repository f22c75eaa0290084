//! The credit transfer between banks, pacs.008.

use super::parties::*;
use super::payments::*;
use super::remittance::*;
use super::values::*;
use crate::iso20022::structure::types;

types! {
    sequence CreditTransferTransaction39 {
        PmtId ! PaymentIdentification7, PmtTpInf ? PaymentTypeInformation28, IntrBkSttlmAmt ! ActiveCurrencyAndAmount,
        IntrBkSttlmDt ? ISODate, SttlmPrty ? Priority3Code, SttlmTmIndctn ? SettlementDateTimeIndication1,
        SttlmTmReq ? SettlementTimeRequest2, AccptncDtTm ? ISODateTime, PoolgAdjstmntDt ? ISODate,
        InstdAmt ? ActiveOrHistoricCurrencyAndAmount, XchgRate ? BaseOneRate, ChrgBr ! ChargeBearerType1Code,
        ChrgsInf * Charges7, PrvsInstgAgt1 ? BranchAndFinancialInstitutionIdentification6,
        PrvsInstgAgt1Acct ? CashAccount38, PrvsInstgAgt2 ? BranchAndFinancialInstitutionIdentification6,
        PrvsInstgAgt2Acct ? CashAccount38, PrvsInstgAgt3 ? BranchAndFinancialInstitutionIdentification6,
        PrvsInstgAgt3Acct ? CashAccount38, InstgAgt ? BranchAndFinancialInstitutionIdentification6,
        InstdAgt ? BranchAndFinancialInstitutionIdentification6,
        IntrmyAgt1 ? BranchAndFinancialInstitutionIdentification6, IntrmyAgt1Acct ? CashAccount38,
        IntrmyAgt2 ? BranchAndFinancialInstitutionIdentification6, IntrmyAgt2Acct ? CashAccount38,
        IntrmyAgt3 ? BranchAndFinancialInstitutionIdentification6, IntrmyAgt3Acct ? CashAccount38,
        UltmtDbtr ? PartyIdentification135, InitgPty ? PartyIdentification135, Dbtr ! PartyIdentification135,
        DbtrAcct ? CashAccount38, DbtrAgt ! BranchAndFinancialInstitutionIdentification6, DbtrAgtAcct ? CashAccount38,
        CdtrAgt ! BranchAndFinancialInstitutionIdentification6, CdtrAgtAcct ? CashAccount38,
        Cdtr ! PartyIdentification135, CdtrAcct ? CashAccount38, UltmtCdtr ? PartyIdentification135,
        InstrForCdtrAgt * InstructionForCreditorAgent1, InstrForNxtAgt * InstructionForNextAgent1,
        Purp ? Purpose2Choice, RgltryRptg [0 10] RegulatoryReporting3, Tax ? TaxInformation8,
        RltdRmtInf [0 10] RemittanceLocation7, RmtInf ? RemittanceInformation16, SplmtryData * SupplementaryData1,
    }
    sequence CreditTransferTransaction50 {
        PmtId ! PaymentIdentification13, PmtTpInf ? PaymentTypeInformation28,
        IntrBkSttlmAmt ! ActiveCurrencyAndAmount, IntrBkSttlmDt ? ISODate, SttlmPrty ? Priority3Code,
        SttlmTmIndctn ? SettlementDateTimeIndication1, SttlmTmReq ? SettlementTimeRequest2, AccptncDtTm ? ISODateTime,
        PoolgAdjstmntDt ? ISODate, InstdAmt ? ActiveOrHistoricCurrencyAndAmount, XchgRate ? BaseOneRate,
        ChrgBr ! ChargeBearerType1Code, ChrgsInf * Charges7, MndtRltdInf ? CreditTransferMandateData1,
        PrvsInstgAgt1 ? BranchAndFinancialInstitutionIdentification6, PrvsInstgAgt1Acct ? CashAccount40,
        PrvsInstgAgt2 ? BranchAndFinancialInstitutionIdentification6, PrvsInstgAgt2Acct ? CashAccount40,
        PrvsInstgAgt3 ? BranchAndFinancialInstitutionIdentification6, PrvsInstgAgt3Acct ? CashAccount40,
        InstgAgt ? BranchAndFinancialInstitutionIdentification6,
        InstdAgt ? BranchAndFinancialInstitutionIdentification6,
        IntrmyAgt1 ? BranchAndFinancialInstitutionIdentification6, IntrmyAgt1Acct ? CashAccount40,
        IntrmyAgt2 ? BranchAndFinancialInstitutionIdentification6, IntrmyAgt2Acct ? CashAccount40,
        IntrmyAgt3 ? BranchAndFinancialInstitutionIdentification6, IntrmyAgt3Acct ? CashAccount40,
        UltmtDbtr ? PartyIdentification135, InitgPty ? PartyIdentification135, Dbtr ! PartyIdentification135,
        DbtrAcct ? CashAccount40, DbtrAgt ! BranchAndFinancialInstitutionIdentification6, DbtrAgtAcct ? CashAccount40,
        CdtrAgt ! BranchAndFinancialInstitutionIdentification6, CdtrAgtAcct ? CashAccount40,
        Cdtr ! PartyIdentification135, CdtrAcct ? CashAccount40, UltmtCdtr ? PartyIdentification135,
        InstrForCdtrAgt * InstructionForCreditorAgent3, InstrForNxtAgt * InstructionForNextAgent1,
        Purp ? Purpose2Choice, RgltryRptg [0 10] RegulatoryReporting3, Tax ? TaxInformation10,
        RltdRmtInf [0 10] RemittanceLocation7, RmtInf ? RemittanceInformation21, SplmtryData * SupplementaryData1,
    }
    sequence FIToFICustomerCreditTransferV08 {
        GrpHdr ! GroupHeader93, CdtTrfTxInf + CreditTransferTransaction39, SplmtryData * SupplementaryData1,
    }
    sequence FIToFICustomerCreditTransferV10 {
        GrpHdr ! GroupHeader96, CdtTrfTxInf + CreditTransferTransaction50, SplmtryData * SupplementaryData1,
    }
    sequence GroupHeader93 {
        MsgId ! Max35Text, CreDtTm ! ISODateTime, BtchBookg ? BatchBookingIndicator, NbOfTxs ! Max15NumericText,
        CtrlSum ? DecimalNumber, TtlIntrBkSttlmAmt ? ActiveCurrencyAndAmount, IntrBkSttlmDt ? ISODate,
        SttlmInf ! SettlementInstruction7, PmtTpInf ? PaymentTypeInformation28,
        InstgAgt ? BranchAndFinancialInstitutionIdentification6,
        InstdAgt ? BranchAndFinancialInstitutionIdentification6,
    }
    sequence GroupHeader96 {
        MsgId ! Max35Text, CreDtTm ! ISODateTime, BtchBookg ? BatchBookingIndicator, NbOfTxs ! Max15NumericText,
        CtrlSum ? DecimalNumber, TtlIntrBkSttlmAmt ? ActiveCurrencyAndAmount, IntrBkSttlmDt ? ISODate,
        SttlmInf ! SettlementInstruction11, PmtTpInf ? PaymentTypeInformation28,
        InstgAgt ? BranchAndFinancialInstitutionIdentification6,
        InstdAgt ? BranchAndFinancialInstitutionIdentification6,
    }
    sequence PaymentIdentification13 {
        InstrId ? Max35Text, EndToEndId ! Max35Text, TxId ? Max35Text, UETR ? UUIDv4Identifier, ClrSysRef ? Max35Text,
    }
    sequence PaymentIdentification7 {
        InstrId ? Max35Text, EndToEndId ! Max35Text, TxId ? Max35Text, UETR ? UUIDv4Identifier, ClrSysRef ? Max35Text,
    }
    sequence PaymentTypeInformation28 {
        InstrPrty ? Priority2Code, ClrChanl ? ClearingChannel2Code, SvcLvl * ServiceLevel8Choice,
        LclInstrm ? LocalInstrument2Choice, CtgyPurp ? CategoryPurpose1Choice,
    }
    sequence SettlementTimeRequest2 { CLSTm ? ISOTime, TillTm ? ISOTime, FrTm ? ISOTime, RjctTm ? ISOTime }
}
