//! ISO 4217: the active currencies and their minor units, as published on 2026-01-01.

/// Currencies by the number of digits behind the point; funds and metals without minor unit stand last.
const CURRENCIES: &[(Option<u32>, &str)] = &[
    (
        Some(2),
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF \
         CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL \
         HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU \
         MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR \
         SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED \
         VES WST XAD XCD XCG YER ZAR ZMW ZWG",
    ),
    (
        Some(0),
        "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    ),
    (Some(3), "BHD IQD JOD KWD LYD OMR TND"),
    (Some(4), "CLF UYW"),
    (None, "XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX"),
];

/// The digits behind the point of a currency's minor unit: `None` where the currency is not active,
/// `Some(None)` where it has no minor unit.
pub fn minor_unit(currency: &str) -> Option<Option<u32>> {
    if currency.len() != 3 {
        return None;
    }
    CURRENCIES
        .iter()
        .find(|(_, codes)| codes.split(' ').any(|code| code == currency))
        .map(|(digits, _)| *digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minor_units() {
        for (currency, digits) in [
            ("USD", Some(Some(2))),
            ("MXN", Some(Some(2))),
            ("ZWG", Some(Some(2))),
            ("JPY", Some(Some(0))),
            ("KWD", Some(Some(3))),
            ("CLF", Some(Some(4))),
            ("XAU", Some(None)),
            ("BGN", None),
            ("usd", None),
            ("", None),
            ("AED AFN", None),
        ] {
            assert_eq!(minor_unit(currency), digits, "{currency}");
        }
        let count: usize = CURRENCIES
            .iter()
            .map(|(_, codes)| codes.split(' ').count())
            .sum();
        assert_eq!(count, 178);
    }
}
