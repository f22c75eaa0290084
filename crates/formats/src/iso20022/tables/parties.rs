//! Who: parties, banks, accounts, addresses.

use super::values::*;
use crate::iso20022::structure::types;

types! {
    choice AccountIdentification4Choice { IBAN ! IBAN2007Identifier, Othr ! GenericAccountIdentification1 }
    choice AccountSchemeName1Choice { Cd ! ExternalAccountIdentification1Code, Prtry ! Max35Text }
    choice AddressType3Choice { Cd ! AddressType2Code, Prtry ! GenericIdentification30 }
    sequence BranchAndFinancialInstitutionIdentification6 {
        FinInstnId ! FinancialInstitutionIdentification18, BrnchId ? BranchData3,
    }
    sequence BranchData3 { Id ? Max35Text, LEI ? LEIIdentifier, Nm ? Max140Text, PstlAdr ? PostalAddress24 }
    sequence CashAccount38 {
        Id ! AccountIdentification4Choice, Tp ? CashAccountType2Choice, Ccy ? ActiveOrHistoricCurrencyCode,
        Nm ? Max70Text, Prxy ? ProxyAccountIdentification1,
    }
    sequence CashAccount40 {
        Id ? AccountIdentification4Choice, Tp ? CashAccountType2Choice, Ccy ? ActiveOrHistoricCurrencyCode,
        Nm ? Max70Text, Prxy ? ProxyAccountIdentification1,
    }
    choice CashAccountType2Choice { Cd ! ExternalCashAccountType1Code, Prtry ! Max35Text }
    choice ClearingSystemIdentification2Choice { Cd ! ExternalClearingSystemIdentification1Code, Prtry ! Max35Text }
    choice ClearingSystemIdentification3Choice { Cd ! ExternalCashClearingSystem1Code, Prtry ! Max35Text }
    sequence ClearingSystemMemberIdentification2 { ClrSysId ? ClearingSystemIdentification2Choice, MmbId ! Max35Text }
    sequence Contact4 {
        NmPrfx ? NamePrefix2Code, Nm ? Max140Text, PhneNb ? PhoneNumber, MobNb ? PhoneNumber, FaxNb ? PhoneNumber,
        EmailAdr ? Max2048Text, EmailPurp ? Max35Text, JobTitl ? Max35Text, Rspnsblty ? Max35Text, Dept ? Max70Text,
        Othr * OtherContact1, PrefrdMtd ? PreferredContactMethod1Code,
    }
    sequence DateAndPlaceOfBirth1 {
        BirthDt ! ISODate, PrvcOfBirth ? Max35Text, CityOfBirth ! Max35Text, CtryOfBirth ! CountryCode,
    }
    choice FinancialIdentificationSchemeName1Choice {
        Cd ! ExternalFinancialInstitutionIdentification1Code, Prtry ! Max35Text,
    }
    sequence FinancialInstitutionIdentification18 {
        BICFI ? BICFIDec2014Identifier, ClrSysMmbId ? ClearingSystemMemberIdentification2, LEI ? LEIIdentifier,
        Nm ? Max140Text, PstlAdr ? PostalAddress24, Othr ? GenericFinancialIdentification1,
    }
    sequence GenericAccountIdentification1 { Id ! Max34Text, SchmeNm ? AccountSchemeName1Choice, Issr ? Max35Text }
    sequence GenericFinancialIdentification1 {
        Id ! Max35Text, SchmeNm ? FinancialIdentificationSchemeName1Choice, Issr ? Max35Text,
    }
    sequence GenericIdentification1 { Id ! Max35Text, SchmeNm ? Max35Text, Issr ? Max35Text }
    sequence GenericIdentification30 { Id ! Exact4AlphaNumericText, Issr ! Max35Text, SchmeNm ? Max35Text }
    sequence GenericOrganisationIdentification1 {
        Id ! Max35Text, SchmeNm ? OrganisationIdentificationSchemeName1Choice, Issr ? Max35Text,
    }
    sequence GenericPersonIdentification1 {
        Id ! Max35Text, SchmeNm ? PersonIdentificationSchemeName1Choice, Issr ? Max35Text,
    }
    sequence OrganisationIdentification29 {
        AnyBIC ? AnyBICDec2014Identifier, LEI ? LEIIdentifier, Othr * GenericOrganisationIdentification1,
    }
    choice OrganisationIdentificationSchemeName1Choice {
        Cd ! ExternalOrganisationIdentification1Code, Prtry ! Max35Text,
    }
    sequence OtherContact1 { ChanlTp ! Max4Text, Id ? Max128Text }
    choice Party38Choice { OrgId ! OrganisationIdentification29, PrvtId ! PersonIdentification13 }
    choice Party40Choice { Pty ! PartyIdentification135, Agt ! BranchAndFinancialInstitutionIdentification6 }
    sequence PartyIdentification135 {
        Nm ? Max140Text, PstlAdr ? PostalAddress24, Id ? Party38Choice, CtryOfRes ? CountryCode, CtctDtls ? Contact4,
    }
    sequence PersonIdentification13 { DtAndPlcOfBirth ? DateAndPlaceOfBirth1, Othr * GenericPersonIdentification1 }
    choice PersonIdentificationSchemeName1Choice { Cd ! ExternalPersonIdentification1Code, Prtry ! Max35Text }
    sequence PostalAddress24 {
        AdrTp ? AddressType3Choice, Dept ? Max70Text, SubDept ? Max70Text, StrtNm ? Max70Text, BldgNb ? Max16Text,
        BldgNm ? Max35Text, Flr ? Max70Text, PstBx ? Max16Text, Room ? Max70Text, PstCd ? Max16Text,
        TwnNm ? Max35Text, TwnLctnNm ? Max35Text, DstrctNm ? Max35Text, CtrySubDvsn ? Max35Text, Ctry ? CountryCode,
        AdrLine [0 7] Max70Text,
    }
    sequence ProxyAccountIdentification1 { Tp ? ProxyAccountType1Choice, Id ! Max2048Text }
    choice ProxyAccountType1Choice { Cd ! ExternalProxyAccountType1Code, Prtry ! Max35Text }
}
