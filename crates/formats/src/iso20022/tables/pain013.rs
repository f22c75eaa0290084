//! The creditor's request for payment, pain.013.

use super::parties::*;
use super::payments::*;
use super::remittance::*;
use super::values::*;
use crate::iso20022::structure::types;

types! {
    choice AmountOrRate1Choice { Amt ! ActiveCurrencyAndAmount, Rate ! PercentageRate }
    sequence CreditTransferTransaction35 {
        PmtId ! PaymentIdentification6, PmtTpInf ? PaymentTypeInformation26, PmtCond ? PaymentCondition1,
        Amt ! AmountType4Choice, ChrgBr ! ChargeBearerType1Code, ChqInstr ? Cheque11,
        UltmtDbtr ? PartyIdentification135, IntrmyAgt1 ? BranchAndFinancialInstitutionIdentification6,
        IntrmyAgt2 ? BranchAndFinancialInstitutionIdentification6,
        IntrmyAgt3 ? BranchAndFinancialInstitutionIdentification6,
        CdtrAgt ! BranchAndFinancialInstitutionIdentification6, Cdtr ! PartyIdentification135,
        CdtrAcct ? CashAccount38, UltmtCdtr ? PartyIdentification135, InstrForCdtrAgt * InstructionForCreditorAgent1,
        Purp ? Purpose2Choice, RgltryRptg [0 10] RegulatoryReporting3, Tax ? TaxInformation8,
        RltdRmtInf [0 10] RemittanceLocation7, RmtInf ? RemittanceInformation16, NclsdFile * Document12,
        SplmtryData * SupplementaryData1,
    }
    sequence CreditorPaymentActivationRequestV07 {
        GrpHdr ! GroupHeader78, PmtInf + PaymentInstruction31, SplmtryData * SupplementaryData1,
    }
    sequence Document12 {
        Tp ! DocumentType1Choice, Id ! Max35Text, IsseDt ! DateAndDateTime2Choice, Nm ? Max140Text,
        LangCd ? LanguageCode, Frmt ! DocumentFormat1Choice, FileNm ? Max140Text, DgtlSgntr ? PartyAndSignature3,
        Nclsr ! Max10MbBinary,
    }
    choice DocumentFormat1Choice { Cd ! ExternalDocumentFormat1Code, Prtry ! GenericIdentification1 }
    choice DocumentType1Choice { Cd ! ExternalDocumentType1Code, Prtry ! GenericIdentification1 }
    sequence GroupHeader78 {
        MsgId ! Max35Text, CreDtTm ! ISODateTime, NbOfTxs ! Max15NumericText, CtrlSum ? DecimalNumber,
        InitgPty ! PartyIdentification135,
    }
    sequence PartyAndSignature3 { Pty ! PartyIdentification135, Sgntr ! SkipPayload }
    sequence PaymentCondition1 {
        AmtModAllwd ! TrueFalseIndicator, EarlyPmtAllwd ! TrueFalseIndicator, DelyPnlty ? Max140Text,
        ImdtPmtRbt ? AmountOrRate1Choice, GrntedPmtReqd ! TrueFalseIndicator,
    }
    sequence PaymentInstruction31 {
        PmtInfId ? Max35Text, PmtMtd ! PaymentMethod7Code, PmtTpInf ? PaymentTypeInformation26,
        ReqdExctnDt ! DateAndDateTime2Choice, XpryDt ? DateAndDateTime2Choice, PmtCond ? PaymentCondition1,
        Dbtr ! PartyIdentification135, DbtrAcct ? CashAccount38,
        DbtrAgt ! BranchAndFinancialInstitutionIdentification6, UltmtDbtr ? PartyIdentification135,
        ChrgBr ? ChargeBearerType1Code, CdtTrfTx + CreditTransferTransaction35,
    }
    any SkipPayload {}
}
