//! What is paid for: remittance, referred documents, taxes.

use super::parties::*;
use super::values::*;
use crate::iso20022::structure::types;

types! {
    sequence CreditorReferenceInformation2 { Tp ? CreditorReferenceType2, Ref ? Max35Text }
    sequence CreditorReferenceType2 { CdOrPrtry ! CreditorReferenceType1Choice, Issr ? Max35Text }
    choice CreditorReferenceType1Choice { Cd ! DocumentType3Code, Prtry ! Max35Text }
    sequence DatePeriod2 { FrDt ! ISODate, ToDt ! ISODate }
    sequence DiscountAmountAndType1 { Tp ? DiscountAmountType1Choice, Amt ! ActiveOrHistoricCurrencyAndAmount }
    choice DiscountAmountType1Choice { Cd ! ExternalDiscountAmountType1Code, Prtry ! Max35Text }
    sequence DocumentAdjustment1 {
        Amt ! ActiveOrHistoricCurrencyAndAmount, CdtDbtInd ? CreditDebitCode, Rsn ? Max4Text, AddtlInf ? Max140Text,
    }
    sequence DocumentLineIdentification1 { Tp ? DocumentLineType1, Nb ? Max35Text, RltdDt ? ISODate }
    sequence DocumentLineInformation1 {
        Id + DocumentLineIdentification1, Desc ? Max2048Text, Amt ? RemittanceAmount3,
    }
    sequence DocumentLineType1 { CdOrPrtry ! DocumentLineType1Choice, Issr ? Max35Text }
    choice DocumentLineType1Choice { Cd ! ExternalDocumentLineType1Code, Prtry ! Max35Text }
    sequence Garnishment3 {
        Tp ! GarnishmentType1, Grnshee ? PartyIdentification135, GrnshmtAdmstr ? PartyIdentification135,
        RefNb ? Max140Text, Dt ? ISODate, RmtdAmt ? ActiveOrHistoricCurrencyAndAmount,
        FmlyMdclInsrncInd ? TrueFalseIndicator, MplyeeTermntnInd ? TrueFalseIndicator,
    }
    sequence GarnishmentType1 { CdOrPrtry ! GarnishmentType1Choice, Issr ? Max35Text }
    choice GarnishmentType1Choice { Cd ! ExternalGarnishmentType1Code, Prtry ! Max35Text }
    sequence NameAndAddress16 { Nm ! Max140Text, Adr ! PostalAddress24 }
    sequence ReferredDocumentInformation7 {
        Tp ? ReferredDocumentType4, Nb ? Max35Text, RltdDt ? ISODate, LineDtls * DocumentLineInformation1,
    }
    sequence ReferredDocumentType4 { CdOrPrtry ! ReferredDocumentType3Choice, Issr ? Max35Text }
    choice ReferredDocumentType3Choice { Cd ! DocumentType6Code, Prtry ! Max35Text }
    sequence RemittanceAmount2 {
        DuePyblAmt ? ActiveOrHistoricCurrencyAndAmount, DscntApldAmt * DiscountAmountAndType1,
        CdtNoteAmt ? ActiveOrHistoricCurrencyAndAmount, TaxAmt * TaxAmountAndType1,
        AdjstmntAmtAndRsn * DocumentAdjustment1, RmtdAmt ? ActiveOrHistoricCurrencyAndAmount,
    }
    sequence RemittanceAmount3 {
        DuePyblAmt ? ActiveOrHistoricCurrencyAndAmount, DscntApldAmt * DiscountAmountAndType1,
        CdtNoteAmt ? ActiveOrHistoricCurrencyAndAmount, TaxAmt * TaxAmountAndType1,
        AdjstmntAmtAndRsn * DocumentAdjustment1, RmtdAmt ? ActiveOrHistoricCurrencyAndAmount,
    }
    sequence RemittanceInformation16 { Ustrd * Max140Text, Strd * StructuredRemittanceInformation16 }
    sequence RemittanceInformation21 { Ustrd * Max140Text, Strd * StructuredRemittanceInformation17 }
    sequence RemittanceLocation7 { RmtId ? Max35Text, RmtLctnDtls * RemittanceLocationData1 }
    sequence RemittanceLocationData1 {
        Mtd ! RemittanceLocationMethod2Code, ElctrncAdr ? Max2048Text, PstlAdr ? NameAndAddress16,
    }
    sequence StructuredRegulatoryReporting3 {
        Tp ? Max35Text, Dt ? ISODate, Ctry ? CountryCode, Cd ? Max10Text, Amt ? ActiveOrHistoricCurrencyAndAmount,
        Inf * Max35Text,
    }
    sequence StructuredRemittanceInformation16 {
        RfrdDocInf * ReferredDocumentInformation7, RfrdDocAmt ? RemittanceAmount2,
        CdtrRefInf ? CreditorReferenceInformation2, Invcr ? PartyIdentification135, Invcee ? PartyIdentification135,
        TaxRmt ? TaxInformation7, GrnshmtRmt ? Garnishment3, AddtlRmtInf [0 3] Max140Text,
    }
    sequence StructuredRemittanceInformation17 {
        RfrdDocInf * ReferredDocumentInformation7, RfrdDocAmt ? RemittanceAmount2,
        CdtrRefInf ? CreditorReferenceInformation2, Invcr ? PartyIdentification135, Invcee ? PartyIdentification135,
        TaxRmt ? TaxData1, GrnshmtRmt ? Garnishment3, AddtlRmtInf [0 3] Max140Text,
    }
    sequence TaxAmount2 {
        Rate ? PercentageRate, TaxblBaseAmt ? ActiveOrHistoricCurrencyAndAmount,
        TtlAmt ? ActiveOrHistoricCurrencyAndAmount, Dtls * TaxRecordDetails2,
    }
    sequence TaxAmount3 {
        Rate ? PercentageRate, TaxblBaseAmt ? ActiveOrHistoricCurrencyAndAmount,
        TtlAmt ? ActiveOrHistoricCurrencyAndAmount, Dtls * TaxRecordDetails3,
    }
    sequence TaxAmountAndType1 { Tp ? TaxAmountType1Choice, Amt ! ActiveOrHistoricCurrencyAndAmount }
    choice TaxAmountType1Choice { Cd ! ExternalTaxAmountType1Code, Prtry ! Max35Text }
    sequence TaxAuthorisation1 { Titl ? Max35Text, Nm ? Max140Text }
    sequence TaxData1 {
        Cdtr ? TaxParty1, Dbtr ? TaxParty2, UltmtDbtr ? TaxParty2, AdmstnZone ? Max35Text, RefNb ? Max140Text,
        Mtd ? Max35Text, TtlTaxblBaseAmt ? ActiveOrHistoricCurrencyAndAmount,
        TtlTaxAmt ? ActiveOrHistoricCurrencyAndAmount, Dt ? ISODate, SeqNb ? Number, Rcrd * TaxRecord3,
    }
    sequence TaxInformation10 {
        Cdtr ? TaxParty1, Dbtr ? TaxParty2, AdmstnZone ? Max35Text, RefNb ? Max140Text, Mtd ? Max35Text,
        TtlTaxblBaseAmt ? ActiveOrHistoricCurrencyAndAmount, TtlTaxAmt ? ActiveOrHistoricCurrencyAndAmount,
        Dt ? ISODate, SeqNb ? Number, Rcrd * TaxRecord3,
    }
    sequence TaxInformation7 {
        Cdtr ? TaxParty1, Dbtr ? TaxParty2, UltmtDbtr ? TaxParty2, AdmstnZone ? Max35Text, RefNb ? Max140Text,
        Mtd ? Max35Text, TtlTaxblBaseAmt ? ActiveOrHistoricCurrencyAndAmount,
        TtlTaxAmt ? ActiveOrHistoricCurrencyAndAmount, Dt ? ISODate, SeqNb ? Number, Rcrd * TaxRecord2,
    }
    sequence TaxInformation8 {
        Cdtr ? TaxParty1, Dbtr ? TaxParty2, AdmstnZone ? Max35Text, RefNb ? Max140Text, Mtd ? Max35Text,
        TtlTaxblBaseAmt ? ActiveOrHistoricCurrencyAndAmount, TtlTaxAmt ? ActiveOrHistoricCurrencyAndAmount,
        Dt ? ISODate, SeqNb ? Number, Rcrd * TaxRecord2,
    }
    sequence TaxParty1 { TaxId ? Max35Text, RegnId ? Max35Text, TaxTp ? Max35Text }
    sequence TaxParty2 { TaxId ? Max35Text, RegnId ? Max35Text, TaxTp ? Max35Text, Authstn ? TaxAuthorisation1 }
    sequence TaxPeriod2 { Yr ? ISODate, Tp ? TaxRecordPeriod1Code, FrToDt ? DatePeriod2 }
    sequence TaxPeriod3 { Yr ? ISOYear, Tp ? TaxRecordPeriod1Code, FrToDt ? DatePeriod2 }
    sequence TaxRecord2 {
        Tp ? Max35Text, Ctgy ? Max35Text, CtgyDtls ? Max35Text, DbtrSts ? Max35Text, CertId ? Max35Text,
        FrmsCd ? Max35Text, Prd ? TaxPeriod2, TaxAmt ? TaxAmount2, AddtlInf ? Max140Text,
    }
    sequence TaxRecord3 {
        Tp ? Max35Text, Ctgy ? Max35Text, CtgyDtls ? Max35Text, DbtrSts ? Max35Text, CertId ? Max35Text,
        FrmsCd ? Max35Text, Prd ? TaxPeriod3, TaxAmt ? TaxAmount3, AddtlInf ? Max140Text,
    }
    sequence TaxRecordDetails2 { Prd ? TaxPeriod2, Amt ! ActiveOrHistoricCurrencyAndAmount }
    sequence TaxRecordDetails3 { Prd ? TaxPeriod3, Amt ! ActiveOrHistoricCurrencyAndAmount }
}
