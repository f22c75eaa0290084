//! What the leaves hold: texts, codes, numbers, dates, amounts.

use crate::iso20022::structure::{Form, Value, values};

const fn of(value: Value) -> Form {
    Form::Value(value)
}

const fn text(least: usize, most: usize) -> Form {
    of(Value::Text { least, most })
}

const fn digits(least: usize, most: usize) -> Form {
    of(Value::Digits { least, most })
}

const fn decimal(total: u32, fraction: u32) -> Form {
    of(Value::Decimal {
        total,
        fraction,
        signed: true,
    })
}

const fn unsigned(total: u32, fraction: u32) -> Form {
    of(Value::Decimal {
        total,
        fraction,
        signed: false,
    })
}

const fn identifier(name: &'static str) -> Form {
    of(Value::Identifier(name))
}

macro_rules! codes {
    ($($code:ident)*) => {
        of(Value::Codes(&[$(stringify!($code)),*]))
    };
}

values! {
    ActiveCurrencyCode = of(Value::Currency);
    ActiveOrHistoricCurrencyCode = of(Value::Currency);
    AddressType2Code = codes![ADDR PBOX HOME BIZZ MLTO DLVY];
    AdviceType1Code = codes![ADWD ADND];
    AnyBICDec2014Identifier = identifier("bic");
    AttendanceContext1Code = codes![ATTD SATT UATT];
    AuthenticationEntity1Code = codes![ICCD AGNT MERC];
    AuthenticationMethod1Code = codes![UKNW BYPS NPIN FPIN CPSG PPSG MANU MERC SCRT SNCT SCNL];
    Authorisation1Code = codes![AUTH FDET FSUM ILEV];
    BICFIDec2014Identifier = identifier("bic");
    BaseOneRate = decimal(11, 10);
    BatchBookingIndicator = of(Value::Boolean);
    BusinessMessagePriorityCode = text(0, 2048);
    CSCManagement1Code = codes![PRST BYPS UNRD NCSC];
    CardDataReading1Code = codes![TAGC PHYS BRCD MGST CICC DFLE CTLS ECTL];
    CardPaymentServiceType2Code = codes![AGGR DCCV GRTT INSP LOYT NRES PUCO RECP SOAF UNAF VCAU];
    CardholderVerificationCapability1Code = codes![MNSG NPIN FCPN FEPN FDSG FBIO MNVR FBIG APKI PKIS CHDT SCEC];
    ChargeBearerType1Code = codes![DEBT CRED SHAR SLEV];
    ChargeIncludedIndicator = of(Value::Boolean);
    ChequeDelivery1Code = codes![MLDB MLCD MLFA CRDB CRCD CRFA PUDB PUCD PUFA RGDB RGCD RGFA];
    ChequeType2Code = codes![CCHQ CCCH BCHQ DRFT ELDR];
    ClearingChannel2Code = codes![RTGS RTNS MPNS BOOK];
    CopyDuplicate1Code = codes![CODU COPY DUPL];
    CountryCode = of(Value::Country);
    CreditDebitCode = codes![CRDT DBIT];
    DecimalNumber = decimal(18, 17);
    DocumentType3Code = codes![RADM RPIN FXDR DISP PUOR SCOR];
    DocumentType6Code = codes![MSIN CNFA DNFA CINV CREN DEBN HIRI SBIN CMCN SOAC DISP BOLD VCHR AROI TSUT PUOR];
    Exact1NumericText = digits(1, 1);
    Exact2NumericText = digits(2, 2);
    Exact3NumericText = digits(3, 3);
    Exact4AlphaNumericText = of(Value::Alphanumeric { count: 4 });
    ExchangeRateType1Code = codes![SPOT SALE AGRD];
    ExternalAccountIdentification1Code = text(1, 4);
    ExternalBankTransactionDomain1Code = text(1, 4);
    ExternalBankTransactionFamily1Code = text(1, 4);
    ExternalBankTransactionSubFamily1Code = text(1, 4);
    ExternalCardTransactionCategory1Code = text(1, 4);
    ExternalCashAccountType1Code = text(1, 4);
    ExternalCashClearingSystem1Code = text(1, 3);
    ExternalCategoryPurpose1Code = text(1, 4);
    ExternalChargeType1Code = text(1, 4);
    ExternalClearingSystemIdentification1Code = text(1, 5);
    ExternalCreditorAgentInstruction1Code = text(1, 4);
    ExternalDebtorAgentInstruction1Code = text(1, 4);
    ExternalDiscountAmountType1Code = text(1, 4);
    ExternalDocumentFormat1Code = text(1, 4);
    ExternalDocumentLineType1Code = text(1, 4);
    ExternalDocumentType1Code = text(1, 4);
    ExternalEntryStatus1Code = text(1, 4);
    ExternalFinancialInstitutionIdentification1Code = text(1, 4);
    ExternalFinancialInstrumentIdentificationType1Code = text(1, 4);
    ExternalGarnishmentType1Code = text(1, 4);
    ExternalLocalInstrument1Code = text(1, 35);
    ExternalMandateSetupReason1Code = text(1, 4);
    ExternalOrganisationIdentification1Code = text(1, 4);
    ExternalPaymentGroupStatus1Code = text(1, 4);
    ExternalPaymentTransactionStatus1Code = text(1, 4);
    ExternalPersonIdentification1Code = text(1, 4);
    ExternalProxyAccountType1Code = text(1, 4);
    ExternalPurpose1Code = text(1, 4);
    ExternalRePresentmentReason1Code = text(1, 4);
    ExternalReportingSource1Code = text(1, 4);
    ExternalReturnReason1Code = text(1, 4);
    ExternalServiceLevel1Code = text(1, 4);
    ExternalStatusReason1Code = text(1, 4);
    ExternalTaxAmountType1Code = text(1, 4);
    ExternalTechnicalInputChannel1Code = text(1, 4);
    Frequency6Code = codes![YEAR MNTH QURT MIAN WEEK DAIL ADHO INDA FRTN];
    IBAN2007Identifier = identifier("iban");
    ISINOct2015Identifier = of(Value::Isin);
    ISO2ALanguageCode = of(Value::Language);
    ISODate = of(Value::Date);
    ISODateTime = of(Value::DateTime);
    ISOTime = of(Value::Time);
    ISOYear = of(Value::Year);
    ISOYearMonth = of(Value::YearMonth);
    ImpliedCurrencyAndAmount = unsigned(18, 5);
    Instruction3Code = codes![CHQB HOLD PHOB TELB];
    Instruction4Code = codes![PHOA TELA];
    InterestType1Code = codes![INDY OVRN];
    LEIIdentifier = identifier("lei");
    LanguageCode = text(0, 2048);
    MandateClassification1Code = codes![FIXE USGB VARI];
    Max1025Text = text(1, 1025);
    Max105Text = text(1, 105);
    Max10KBinary = of(Value::Binary { most: 10_240 });
    Max10MbBinary = of(Value::Binary { most: 10_485_760 });
    Max10Text = text(1, 10);
    Max128Text = text(1, 128);
    Max140Text = text(1, 140);
    Max15NumericText = digits(1, 15);
    Max15PlusSignedNumericText = of(Value::PlusDigits { most: 15 });
    Max16Text = text(1, 16);
    Max2048Text = text(1, 2048);
    Max34Text = text(1, 34);
    Max350Text = text(1, 350);
    Max35Text = text(1, 35);
    Max3NumericText = digits(1, 3);
    Max4Text = text(1, 4);
    Max500Text = text(1, 500);
    Max5NumericText = digits(1, 5);
    Max70Text = text(1, 70);
    Min2Max3NumericText = digits(2, 3);
    Min3Max4NumericText = digits(3, 4);
    Min8Max28NumericText = digits(8, 28);
    NamePrefix2Code = codes![DOCT MADM MISS MIST MIKS];
    NonNegativeDecimalNumber = unsigned(18, 17);
    Number = decimal(18, 0);
    OnLineCapability1Code = codes![OFLN ONLN SMON];
    POIComponentType1Code = codes![SOFT EMVK EMVO MRIT CHIT SECM PEDV];
    PartyType3Code = codes![OPOI MERC ACCP ITAG ACQR CISS DLIS];
    PartyType4Code = codes![MERC ACCP ITAG ACQR CISS TAXH];
    PaymentMethod3Code = codes![CHK TRF TRA];
    PaymentMethod4Code = codes![CHK TRF DD TRA];
    PaymentMethod7Code = codes![CHK TRF];
    PercentageRate = decimal(11, 10);
    PhoneNumber = of(Value::Phone);
    PreferredContactMethod1Code = codes![LETT MAIL PHON FAXX CELL];
    PriceValueType1Code = codes![DISC PREM PARV];
    Priority2Code = codes![HIGH NORM];
    Priority3Code = codes![URGT HIGH NORM];
    RegulatoryReportingType1Code = codes![CRED DEBT BOTH];
    RemittanceLocationMethod2Code = codes![FAXI EDIC URID EMAL POST SMSM];
    SequenceType3Code = codes![FRST RCUR FNAL OOFF RPRE];
    SettlementMethod1Code = codes![INDA INGA COVE CLRG];
    TaxRecordPeriod1Code = codes![
        MM01 MM02 MM03 MM04 MM05 MM06 MM07 MM08 MM09 MM10 MM11 MM12 QTR1 QTR2 QTR3 QTR4 HLF1 HLF2
    ];
    TransactionChannel1Code = codes![MAIL TLPH ECOM TVPY];
    TransactionEnvironment1Code = codes![MERC PRIV PUBL];
    TrueFalseIndicator = of(Value::Boolean);
    UUIDv4Identifier = identifier("uetr");
    UnicodeChartsCode = text(0, 2048);
    UnitOfMeasure1Code = codes![
        PIEC TONS FOOT GBGA USGA GRAM INCH KILO PUND METR CMET MMET LITR CELI MILI GBOU USOU GBQA USQA GBPI
        USPI MILE KMET YARD SQKI HECT ARES SMET SCMT SMIL SQMI SQYA SQFO SQIN ACRE
    ];
    UserInterface2Code = codes![MDSP CDSP];
    YesNoIndicator = of(Value::Boolean);
    ActiveCurrencyAndAmount = Form::Amount { fraction: 5 };
    ActiveOrHistoricCurrencyAndAmount = Form::Amount { fraction: 5 };
    ActiveOrHistoricCurrencyAnd13DecimalAmount = Form::Amount { fraction: 13 };
}
