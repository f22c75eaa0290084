use super::*;
use crate::elements::untold;
use serde_json::json;

const ENTRY_JSON: &str = r#"{
 "@context": ["https://www.w3.org/ns/credentials/v2"],
 "type": ["VerifiableCredential", "CBP3461EntryCredential"],
 "credentialSubject": {
  "portOfEntry": {"usPortCode": "2304"},
  "importer": {"name": "Gulf Prairie Assembly, Inc."},
  "importerOfRecord": {"number": "74-1234567XX", "identifierType": "IRS"},
  "entryNumber": "ABC-1234567-6",
  "entryValue": 48120.50,
  "entryType": "Free and Dutiable 01",
  "transportMode": "Truck",
  "scac": "TOCQ",
  "bolNumber": "88402171",
  "inBondNumber": "680001232",
  "quantity": {"value": "480"},
  "arrivalDate": "2026-11-24",
  "portOfUnlading": {"usPortCode": "2305"},
  "lineItems": [{
   "commodity": {"commodityCode": "8544 3000 00"},
   "productDescription": "Wire harnesses",
   "itemParty": {"role": "Seller", "organization": {"name": "Arneses Queretanos", "location": {"address": {"addressCountry": "MX"}}}},
   "countryOfOrigin": "MX",
   "value": "48120.50"
  }]
 }
}"#;

const ORIGIN_JSON: &str = r#"{
 "type": ["VerifiableCredential", "USMCACertificationOfOrigin"],
 "validFrom": "2026-01-01T00:00:00Z",
 "validUntil": "2026-12-31T00:00:00Z",
 "issuer": {"id": "did:web:x.example", "name": "Arneses Queretanos", "employee": {"firstName": "Laura", "lastName": "Peña", "jobTitle": "export manager"},
  "location": {"address": {"addressCountry": "Mexico", "postalCode": "76120"}}},
 "credentialSubject": {
  "invoiceNumber": "AQ-20417",
  "exporterDetails": {"name": "Arneses Queretanos"},
  "producerDetails": {"name": "Cobre del Norte", "taxId": "12-3456780", "location": {"address": {"addressCountry": "MX"}}},
  "importerDetails": [{"name": "Gulf Prairie Assembly"}],
  "goods": [{"description": "Wire harnesses", "commodityCode": "854430", "originCriterion": "B", "countryOfOrigin": "MX"}]
 },
 "proof": {"created": "2026-01-02T10:00:00Z"}
}"#;

#[test]
fn right_credentials_are_read() {
    let draft = read(ENTRY_JSON.as_bytes()).unwrap();
    assert!(
        draft
            .faults
            .iter()
            .all(|fault| fault.severity == Severity::Note),
        "{:#?}",
        draft.faults
    );
    assert!(draft.is_complete(), "{:?}", draft.records[0].missing);
    assert_eq!(untold(&draft), [""; 0]);
    assert_eq!(
        draft.records[0].subject,
        json!({
            "scns": ["TOCQ88402171"], "entryNumber": "ABC-1234567-6", "entryType": "01",
            "importerOfRecord": "74-1234567XX", "port": "2304", "estimatedValueUsdCents": 4812050, "packages": 480,
            "entryLines": [{"commodityCode": "8544300000", "originCountry": "MX", "goodsText": "Wire harnesses",
                            "valueUsdCents": 4812050}],
            "seller": {"partyName": "Arneses Queretanos", "country": "MX"},
        })
    );
    let draft = read(ORIGIN_JSON.as_bytes()).unwrap();
    assert!(
        draft
            .faults
            .iter()
            .all(|fault| fault.severity == Severity::Note),
        "{:#?}",
        draft.faults
    );
    assert_eq!(untold(&draft), [""; 0]);
    assert_eq!(
        draft.records[0].subject,
        json!({
            "certifier": {"partyName": "Arneses Queretanos", "postalCode": "76120", "country": "MX"},
            "certifierRole": "exporter", "exporterName": "Arneses Queretanos",
            "producer": {"partyName": "Cobre del Norte", "country": "MX", "taxNumber": "12-3456780"},
            "importerName": "Gulf Prairie Assembly", "invoiceNumber": "AQ-20417",
            "originLines": [{"goodsText": "Wire harnesses", "commodityCode": "854430", "originCriterion": "B", "originCountry": "MX"}],
            "periodStart": "2026-01-01", "periodEnd": "2026-12-31",
            "signatory": "Laura Peña, export manager", "signedOn": "2026-01-02",
        })
    );
    let missing: Vec<&str> = draft.records[0]
        .missing
        .iter()
        .map(|gap| gap.pointer.as_str())
        .collect();
    assert_eq!(missing, ["/scns"]);
}

#[test]
fn broken_credentials_are_told_by_pointer() {
    let entry: &[(&str, &str, &str, &str)] = &[
        (
            "ABC-1234567-6",
            "ABC-1234567-5",
            "entry-number-check-digit",
            "/credentialSubject/entryNumber",
        ),
        (
            "ABC-1234567-6",
            "A123456",
            "entry-number-form",
            "/credentialSubject/entryNumber",
        ),
        (
            "\"entryNumber\"",
            "\"entryNo\"",
            "member-missing",
            "/credentialSubject",
        ),
        (
            "Free and Dutiable 01",
            "Free and Dutiable",
            "entry-type-form",
            "/credentialSubject/entryType",
        ),
        (
            "\"usPortCode\": \"2304\"",
            "\"usPortCode\": \"304\"",
            "port-form",
            "/credentialSubject/portOfEntry/usPortCode",
        ),
        (
            "\"2305\"",
            "\"l245\"",
            "port-form",
            "/credentialSubject/portOfUnlading/usPortCode",
        ),
        (
            "\"portOfEntry\"",
            "\"port\"",
            "member-missing",
            "/credentialSubject",
        ),
        (
            "74-1234567XX",
            "10025672",
            "importer-number-form",
            "/credentialSubject/importerOfRecord/number",
        ),
        (
            "74-1234567XX",
            "74-123456XX",
            "importer-number-form",
            "/credentialSubject/importerOfRecord/number",
        ),
        (
            "\"number\": \"74",
            "\"no\": \"74",
            "member-missing",
            "/credentialSubject",
        ),
        (
            "\"importer\"",
            "\"imp\"",
            "member-missing",
            "/credentialSubject",
        ),
        (
            "48120.50,",
            "-1,",
            "value-form",
            "/credentialSubject/entryValue",
        ),
        (
            "48120.50,",
            "1e3,",
            "value-form",
            "/credentialSubject/entryValue",
        ),
        (
            "\"value\": \"48120.50\"",
            "\"value\": \"x\"",
            "value-form",
            "/credentialSubject/lineItems/0/value",
        ),
        (
            "\"480\"",
            "\"4.5\"",
            "quantity-form",
            "/credentialSubject/quantity/value",
        ),
        (
            "\"480\"",
            "\"many\"",
            "quantity-form",
            "/credentialSubject/quantity/value",
        ),
        (
            "\"Truck\"",
            "\"Ocean\"",
            "not-by-truck",
            "/credentialSubject/transportMode",
        ),
        (
            "\"Truck\"",
            "\"Donkey\"",
            "transport-mode",
            "/credentialSubject/transportMode",
        ),
        (
            "\"transportMode\"",
            "\"mode\"",
            "member-missing",
            "/credentialSubject",
        ),
        (
            "\"TOCQ\"",
            "\"T0CQ\"",
            "scac-form",
            "/credentialSubject/scac",
        ),
        (
            "680001232",
            "680001233",
            "inbond-number",
            "/credentialSubject/inBondNumber",
        ),
        (
            "2026-11-24",
            "11/24/2026",
            "date-form",
            "/credentialSubject/arrivalDate",
        ),
        (
            "\"arrivalDate\"",
            "\"arrival\"",
            "member-missing",
            "/credentialSubject",
        ),
        (
            "8544 3000 00",
            "85443",
            "tariff-form",
            "/credentialSubject/lineItems/0/commodity/commodityCode",
        ),
        (
            "\"commodity\"",
            "\"good\"",
            "member-missing",
            "/credentialSubject/lineItems/0",
        ),
        (
            "\"countryOfOrigin\": \"MX\"",
            "\"countryOfOrigin\": \"Mexico\"",
            "country-form",
            "/credentialSubject/lineItems/0/countryOfOrigin",
        ),
        (
            "\"countryOfOrigin\"",
            "\"origin\"",
            "member-missing",
            "/credentialSubject/lineItems/0",
        ),
        (
            "\"productDescription\"",
            "\"text\"",
            "member-missing",
            "/credentialSubject/lineItems/0",
        ),
        ("\"VerifiableCredential\", ", "", "credential-type", ""),
        (
            "CBP3461EntryCredential",
            "CBP7501EntrySummaryCredential",
            "credential-type",
            "/type",
        ),
        (
            "\"credentialSubject\"",
            "\"subject\"",
            "credential-subject",
            "",
        ),
        (
            "\"scac\": \"TOCQ\"",
            "\"scac\": \"TOCQ\", \"scac\": \"TOCQ\"",
            "json-key-repeated",
            "/credentialSubject",
        ),
    ];
    let origin: &[(&str, &str, &str, &str)] = &[
        ("2026-12-31", "2027-01-01", "period-too-long", "/validUntil"),
        ("2026-12-31", "2025-12-31", "date-order", "/validUntil"),
        ("2026-01-01T", "01/01/2026T", "date-form", "/validFrom"),
        (
            "854430",
            "85443",
            "tariff-form",
            "/credentialSubject/goods/0/commodityCode",
        ),
        (
            "\"B\"",
            "\"E\"",
            "origin-criterion",
            "/credentialSubject/goods/0/originCriterion",
        ),
        (
            "\"countryOfOrigin\": \"MX\"",
            "\"countryOfOrigin\": \"CN\"",
            "country-form",
            "/credentialSubject/goods/0/countryOfOrigin",
        ),
        (
            "\"description\": \"Wire harnesses\"",
            "\"description\": \"W\"",
            "goods-text",
            "/credentialSubject/goods/0/description",
        ),
        (
            "\"originCriterion\"",
            "\"criterion\"",
            "member-missing",
            "/credentialSubject/goods/0",
        ),
        (
            "\"goods\"",
            "\"things\"",
            "member-missing",
            "/credentialSubject",
        ),
        (
            "\"exporterDetails\"",
            "\"exporter\"",
            "member-missing",
            "/credentialSubject",
        ),
        (
            "\"producerDetails\"",
            "\"producer\"",
            "member-missing",
            "/credentialSubject",
        ),
        ("\"issuer\"", "\"by\"", "member-missing", ""),
        (
            "\"Mexico\"",
            "\"mexico\"",
            "country-by-name",
            "/issuer/location/address/addressCountry",
        ),
        ("{\"created\"", "{\"made\"", "proof-not-checked", ""),
    ];
    assert!(entry.len() + origin.len() >= 30);
    for (right, table) in [(ENTRY_JSON, entry), (ORIGIN_JSON, origin)] {
        for (find, put, code, path) in table {
            assert!(right.contains(find), "{find}");
            let told: Vec<(&str, String)> = match read(right.replacen(find, put, 1).as_bytes()) {
                Ok(draft) => {
                    assert_eq!(untold(&draft), [""; 0]);
                    draft
                        .faults
                        .iter()
                        .map(|fault| {
                            assert!(fault.en != fault.es && !fault.es.is_empty());
                            (fault.code, fault.place.clone().unwrap().path)
                        })
                        .collect()
                }
                Err(error) => vec![(
                    error.code(),
                    error.place.map_or(String::new(), |place| place.path),
                )],
            };
            assert!(
                told.iter().any(|(found, at)| found == code && at == path),
                "{put:?}: {told:#?}"
            );
        }
    }
}
