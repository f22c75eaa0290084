//! The customer credit transfer initiation, pain.001.

use super::parties::*;
use super::payments::*;
use super::remittance::*;
use super::values::*;
use crate::iso20022::structure::types;

types! {
    sequence AdviceType1 { CdtAdvc ? AdviceType1Choice, DbtAdvc ? AdviceType1Choice }
    choice AdviceType1Choice { Cd ! AdviceType1Code, Prtry ! Max35Text }
    sequence CreditTransferTransaction34 {
        PmtId ! PaymentIdentification6, PmtTpInf ? PaymentTypeInformation26, Amt ! AmountType4Choice,
        XchgRateInf ? ExchangeRate1, ChrgBr ? ChargeBearerType1Code, ChqInstr ? Cheque11,
        UltmtDbtr ? PartyIdentification135, IntrmyAgt1 ? BranchAndFinancialInstitutionIdentification6,
        IntrmyAgt1Acct ? CashAccount38, IntrmyAgt2 ? BranchAndFinancialInstitutionIdentification6,
        IntrmyAgt2Acct ? CashAccount38, IntrmyAgt3 ? BranchAndFinancialInstitutionIdentification6,
        IntrmyAgt3Acct ? CashAccount38, CdtrAgt ? BranchAndFinancialInstitutionIdentification6,
        CdtrAgtAcct ? CashAccount38, Cdtr ? PartyIdentification135, CdtrAcct ? CashAccount38,
        UltmtCdtr ? PartyIdentification135, InstrForCdtrAgt * InstructionForCreditorAgent1,
        InstrForDbtrAgt ? Max140Text, Purp ? Purpose2Choice, RgltryRptg [0 10] RegulatoryReporting3,
        Tax ? TaxInformation8, RltdRmtInf [0 10] RemittanceLocation7, RmtInf ? RemittanceInformation16,
        SplmtryData * SupplementaryData1,
    }
    sequence CreditTransferTransaction54 {
        PmtId ! PaymentIdentification6, PmtTpInf ? PaymentTypeInformation26, Amt ! AmountType4Choice,
        XchgRateInf ? ExchangeRate1, ChrgBr ? ChargeBearerType1Code, MndtRltdInf ? CreditTransferMandateData1,
        ChqInstr ? Cheque11, UltmtDbtr ? PartyIdentification135,
        IntrmyAgt1 ? BranchAndFinancialInstitutionIdentification6, IntrmyAgt1Acct ? CashAccount40,
        IntrmyAgt2 ? BranchAndFinancialInstitutionIdentification6, IntrmyAgt2Acct ? CashAccount40,
        IntrmyAgt3 ? BranchAndFinancialInstitutionIdentification6, IntrmyAgt3Acct ? CashAccount40,
        CdtrAgt ? BranchAndFinancialInstitutionIdentification6, CdtrAgtAcct ? CashAccount40,
        Cdtr ? PartyIdentification135, CdtrAcct ? CashAccount40, UltmtCdtr ? PartyIdentification135,
        InstrForCdtrAgt * InstructionForCreditorAgent3, InstrForDbtrAgt ? InstructionForDebtorAgent1,
        Purp ? Purpose2Choice, RgltryRptg [0 10] RegulatoryReporting3, Tax ? TaxInformation10,
        RltdRmtInf [0 10] RemittanceLocation7, RmtInf ? RemittanceInformation21, SplmtryData * SupplementaryData1,
    }
    sequence CustomerCreditTransferInitiationV09 {
        GrpHdr ! GroupHeader85, PmtInf + PaymentInstruction30, SplmtryData * SupplementaryData1,
    }
    sequence CustomerCreditTransferInitiationV11 {
        GrpHdr ! GroupHeader95, PmtInf + PaymentInstruction40, SplmtryData * SupplementaryData1,
    }
    sequence ExchangeRate1 {
        UnitCcy ? ActiveOrHistoricCurrencyCode, XchgRate ? BaseOneRate, RateTp ? ExchangeRateType1Code,
        CtrctId ? Max35Text,
    }
    sequence GroupHeader85 {
        MsgId ! Max35Text, CreDtTm ! ISODateTime, Authstn [0 2] Authorisation1Choice, NbOfTxs ! Max15NumericText,
        CtrlSum ? DecimalNumber, InitgPty ! PartyIdentification135,
        FwdgAgt ? BranchAndFinancialInstitutionIdentification6,
    }
    sequence GroupHeader95 {
        MsgId ! Max35Text, CreDtTm ! ISODateTime, Authstn [0 2] Authorisation1Choice, NbOfTxs ! Max15NumericText,
        CtrlSum ? DecimalNumber, InitgPty ! PartyIdentification135,
        FwdgAgt ? BranchAndFinancialInstitutionIdentification6, InitnSrc ? PaymentInitiationSource1,
    }
    sequence InstructionForDebtorAgent1 { Cd ? ExternalDebtorAgentInstruction1Code, InstrInf ? Max140Text }
    sequence PaymentInitiationSource1 { Nm ! Max140Text, Prvdr ? Max35Text, Vrsn ? Max35Text }
    sequence PaymentInstruction30 {
        PmtInfId ! Max35Text, PmtMtd ! PaymentMethod3Code, BtchBookg ? BatchBookingIndicator,
        NbOfTxs ? Max15NumericText, CtrlSum ? DecimalNumber, PmtTpInf ? PaymentTypeInformation26,
        ReqdExctnDt ! DateAndDateTime2Choice, PoolgAdjstmntDt ? ISODate, Dbtr ! PartyIdentification135,
        DbtrAcct ! CashAccount38, DbtrAgt ! BranchAndFinancialInstitutionIdentification6, DbtrAgtAcct ? CashAccount38,
        InstrForDbtrAgt ? Max140Text, UltmtDbtr ? PartyIdentification135, ChrgBr ? ChargeBearerType1Code,
        ChrgsAcct ? CashAccount38, ChrgsAcctAgt ? BranchAndFinancialInstitutionIdentification6,
        CdtTrfTxInf + CreditTransferTransaction34,
    }
    sequence PaymentInstruction40 {
        PmtInfId ! Max35Text, PmtMtd ! PaymentMethod3Code, ReqdAdvcTp ? AdviceType1,
        BtchBookg ? BatchBookingIndicator, NbOfTxs ? Max15NumericText, CtrlSum ? DecimalNumber,
        PmtTpInf ? PaymentTypeInformation26, ReqdExctnDt ! DateAndDateTime2Choice, PoolgAdjstmntDt ? ISODate,
        Dbtr ! PartyIdentification135, DbtrAcct ! CashAccount40,
        DbtrAgt ! BranchAndFinancialInstitutionIdentification6, DbtrAgtAcct ? CashAccount40,
        InstrForDbtrAgt ? Max140Text, UltmtDbtr ? PartyIdentification135, ChrgBr ? ChargeBearerType1Code,
        ChrgsAcct ? CashAccount40, ChrgsAcctAgt ? BranchAndFinancialInstitutionIdentification6,
        CdtTrfTxInf + CreditTransferTransaction54,
    }
}
