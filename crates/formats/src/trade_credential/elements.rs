//! Which member goes where: rows of the page.

use crate::elements::ElementRow;

/// All members that are read.
pub fn elements() -> Vec<ElementRow> {
    const ENTRY: &str = "EntryFiled";
    const ORIGIN: &str = "UsmcaCertification";
    let mut rows = vec![
        ElementRow::new(
            "credentialSubject/bolNumber",
            "bill number, with `scac` the shipment control number",
            "número de guía, que con `scac` forma el número de control",
            false,
            &[(ENTRY, "/scns/*")],
        ),
        ElementRow::new(
            "credentialSubject/entryNumber",
            "entry number",
            "número de entrada",
            true,
            &[(ENTRY, "/entryNumber")],
        ),
        ElementRow::new(
            "credentialSubject/entryType",
            "entry type",
            "tipo de entrada",
            false,
            &[(ENTRY, "/entryType")],
        ),
        ElementRow::new(
            "importerOfRecord/number",
            "importer of record",
            "importador registrado",
            true,
            &[(ENTRY, "/importerOfRecord")],
        ),
        ElementRow::new(
            "portOfEntry/usPortCode",
            "port of entry",
            "puerto de entrada",
            true,
            &[(ENTRY, "/port")],
        ),
        ElementRow::new(
            "credentialSubject/entryValue",
            "value of the entry, USD",
            "valor de la entrada, USD",
            false,
            &[(ENTRY, "/estimatedValueUsdCents")],
        ),
        ElementRow::new(
            "quantity/value",
            "packages",
            "bultos",
            false,
            &[(ENTRY, "/packages")],
        ),
        ElementRow::new(
            "commodity/commodityCode",
            "tariff code",
            "fracción arancelaria",
            true,
            &[(ENTRY, "/entryLines/*/commodityCode")],
        ),
        ElementRow::new(
            "countryOfOrigin",
            "country of origin",
            "país de origen",
            true,
            &[
                (ENTRY, "/entryLines/*/originCountry"),
                (ORIGIN, "/originLines/*/originCountry"),
            ],
        ),
        ElementRow::new(
            "productDescription",
            "goods",
            "mercancía",
            true,
            &[(ENTRY, "/entryLines/*/goodsText")],
        ),
        ElementRow::new(
            "value",
            "value of the line, USD",
            "valor, USD",
            false,
            &[(ENTRY, "/entryLines/*/valueUsdCents")],
        ),
        ElementRow::new(
            "exporterDetails/name",
            "exporter",
            "exportador",
            true,
            &[(ORIGIN, "/exporterName")],
        ),
        ElementRow::new(
            "credentialSubject/invoiceNumber",
            "invoice",
            "factura",
            false,
            &[(ORIGIN, "/invoiceNumber")],
        ),
        ElementRow::new(
            "description",
            "goods",
            "mercancía",
            true,
            &[(ORIGIN, "/originLines/*/goodsText")],
        ),
        ElementRow::new(
            "commodityCode",
            "tariff code",
            "fracción arancelaria",
            true,
            &[(ORIGIN, "/originLines/*/commodityCode")],
        ),
        ElementRow::new(
            "originCriterion",
            "origin criterion",
            "criterio de origen",
            true,
            &[(ORIGIN, "/originLines/*/originCriterion")],
        ),
        ElementRow::new(
            "validFrom",
            "period from",
            "periodo desde",
            false,
            &[(ORIGIN, "/periodStart")],
        ),
        ElementRow::new(
            "validUntil",
            "period to",
            "periodo hasta",
            false,
            &[(ORIGIN, "/periodEnd")],
        ),
        ElementRow::new(
            "issuer/employee",
            "who signs",
            "quien firma",
            true,
            &[(ORIGIN, "/signatory")],
        ),
        ElementRow::new(
            "created",
            "day of signing",
            "fecha de firma",
            true,
            &[(ORIGIN, "/signedOn")],
        ),
        ElementRow::new(
            "issuer/name",
            "certifier, by whose name the role is told",
            "quien certifica, por cuyo nombre se sabe su carácter",
            true,
            &[(ORIGIN, "/certifierRole")],
        ),
        ElementRow::new(
            "name",
            "name of a party",
            "nombre de una parte",
            true,
            &[
                (ORIGIN, "/importerName"),
                (ORIGIN, "/certifier/partyName"),
                (ORIGIN, "/producer/partyName"),
                (ENTRY, "/seller/partyName"),
                (ENTRY, "/buyer/partyName"),
            ],
        ),
    ];
    for (name, member, en, es) in [
        (
            "streetAddress",
            [
                "/certifier/streetAddress",
                "/producer/streetAddress",
                "/seller/streetAddress",
                "/buyer/streetAddress",
            ],
            "street",
            "calle",
        ),
        (
            "addressLocality",
            [
                "/certifier/locality",
                "/producer/locality",
                "/seller/locality",
                "/buyer/locality",
            ],
            "city",
            "ciudad",
        ),
        (
            "addressRegion",
            [
                "/certifier/region",
                "/producer/region",
                "/seller/region",
                "/buyer/region",
            ],
            "state",
            "estado",
        ),
        (
            "postalCode",
            [
                "/certifier/postalCode",
                "/producer/postalCode",
                "/seller/postalCode",
                "/buyer/postalCode",
            ],
            "postal code",
            "código postal",
        ),
        (
            "addressCountry",
            [
                "/certifier/country",
                "/producer/country",
                "/seller/country",
                "/buyer/country",
            ],
            "country",
            "país",
        ),
        (
            "taxId",
            [
                "/certifier/taxNumber",
                "/producer/taxNumber",
                "/seller/taxNumber",
                "/buyer/taxNumber",
            ],
            "tax id",
            "identificación fiscal",
        ),
    ] {
        let [certifier, producer, seller, buyer] = member;
        let goes = [
            (ORIGIN, certifier),
            (ORIGIN, producer),
            (ENTRY, seller),
            (ENTRY, buyer),
        ];
        rows.push(ElementRow::new(
            name,
            en,
            es,
            name == "addressCountry",
            &goes,
        ));
    }
    rows
}
