//! CBP 3461: entry for immediate delivery.

use super::node::{Member, absent, day, error, party, set, tariff};
use crate::country;
use crate::decimal;
use crate::draft::{Builder, Severity};
use crate::identifiers::{self, IdentifierError};
use crate::money;

/// The record type holds at most this many lines.
const LINES_MAX: usize = 999;

pub(super) fn read(subject: &Member<'_>, out: &mut Builder) {
    let record = out.record("EntryFiled");
    shipment(subject, record, out);
    entry_number(subject, record, out);
    entry_type(subject, record, out);
    importer(subject, record, out);
    for name in ["portOfEntry", "portOfUnlading"] {
        let port = subject.down(&[name, "usPortCode"]);
        match &port {
            Some(port) => match port
                .text()
                .filter(|code| identifiers::check("schedule-d", code) == Some(true))
            {
                Some(code) if name == "portOfEntry" => set(out, record, "/port", code, Some(port)),
                Some(_) => {}
                None => error(
                    out,
                    "port-form",
                    port,
                    "a port of Schedule D has four digits".to_owned(),
                    "un puerto de Schedule D tiene cuatro dígitos".to_owned(),
                ),
            },
            None if name == "portOfEntry" => absent(out, subject, name),
            None => {}
        }
    }
    arrival(subject, out);
    dollars(
        subject.child("entryValue"),
        record,
        "/estimatedValueUsdCents",
        out,
    );
    let quantity = subject.down(&["quantity", "value"]);
    if let Some(member) = &quantity {
        let whole = member
            .text()
            .and_then(decimal::parse)
            .and_then(decimal::whole);
        match whole.filter(|count| *count <= 9_999_999) {
            Some(count) => {
                let at = member.keep(out);
                out.set(record, "/packages", count, &at);
            }
            None => error(
                out,
                "quantity-form",
                member,
                "should be a whole number of packages".to_owned(),
                "debería ser un número entero de bultos".to_owned(),
            ),
        }
    }
    in_bond(subject, out);
    lines(subject, record, out);
}

/// The shipment: SCAC and bill number together, for a truck.
fn shipment(subject: &Member<'_>, record: usize, out: &mut Builder) {
    let scac = subject.child("scac");
    if let Some(member) = &scac
        && member
            .text()
            .is_none_or(|code| identifiers::check("scac", code) != Some(true))
    {
        error(
            out,
            "scac-form",
            member,
            "should be two to four capitals".to_owned(),
            "debería ser de dos a cuatro mayúsculas".to_owned(),
        );
    }
    let mode = subject.child("transportMode");
    const MODES: [&str; 7] = [
        "Air",
        "Ocean",
        "Rail",
        "Truck",
        "Hand Carry",
        "Pipeline",
        "Other",
    ];
    let told = mode.as_ref().and_then(Member::text);
    match (&mode, told) {
        (Some(member), Some(text)) if !MODES.contains(&text) => error(
            out,
            "transport-mode",
            member,
            format!("should be one of {}", MODES.join(", ")),
            format!("debería ser uno de {}", MODES.join(", ")),
        ),
        (Some(member), Some(text)) if text != "Truck" => {
            let at = member.keep(out);
            out.fault(
                Severity::Warning,
                "not-by-truck",
                &at,
                "this entry is not of goods that come by truck".to_owned(),
                "esta entrada no es de mercancías que llegan por camión".to_owned(),
            );
        }
        (Some(_), Some(_)) => {}
        _ => absent(out, subject, "transportMode"),
    }
    let bill = subject.child("bolNumber");
    let number = bill.as_ref().and_then(Member::text).unwrap_or("");
    let carrier = scac.as_ref().and_then(Member::text).unwrap_or("");
    let scn = match number.starts_with(carrier) && !carrier.is_empty() {
        true => number.to_owned(),
        false => format!("{carrier}{number}"),
    };
    match (identifiers::normalise("scn", &scn), told, &bill) {
        (Ok(scn), Some("Truck"), Some(bill)) => {
            set(out, record, "/scns/0", &scn, Some(bill));
            let at = bill.keep(out);
            out.fault(
                Severity::Note,
                "bill-as-scn",
                &at,
                format!("carrier and bill number make the shipment control number {scn}"),
                format!(
                    "transportista y número de guía forman el número de control del embarque {scn}"
                ),
            );
        }
        _ => out.missing(
            record,
            "/scns",
            "the shipment control number of the truck manifest",
            "el número de control del embarque del manifiesto",
        ),
    }
}

fn entry_number(subject: &Member<'_>, record: usize, out: &mut Builder) {
    let Some(member) = subject.child("entryNumber") else {
        absent(out, subject, "entryNumber");
        out.missing(
            record,
            "/entryNumber",
            "the entry number",
            "el número de entrada",
        );
        return;
    };
    match identifiers::normalise("entry-number", member.text().unwrap_or("")) {
        Ok(number) => set(out, record, "/entryNumber", &number, Some(&member)),
        Err(wrong) => {
            let code = match wrong {
                IdentifierError::CheckDigit { .. } => "entry-number-check-digit",
                _ => "entry-number-form",
            };
            error(out, code, &member, wrong.to_string(), wrong.es());
            out.missing(
                record,
                "/entryNumber",
                "the entry number: filer, seven digits and the check digit",
                "el número de entrada: declarante, siete dígitos y el verificador",
            );
        }
    }
}

/// `Free and Dutiable 01`: the code stands last.
fn entry_type(subject: &Member<'_>, record: usize, out: &mut Builder) {
    let member = subject.child("entryType");
    let text = member.as_ref().and_then(Member::text).unwrap_or("");
    let code = text.rsplit(' ').next().unwrap_or("");
    let right = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_digit());
    match (right, &member) {
        (true, Some(member)) => set(out, record, "/entryType", code, Some(member)),
        (_, member) => {
            if let Some(member) = member {
                error(
                    out,
                    "entry-type-form",
                    member,
                    "should end with the two digits of the entry type".to_owned(),
                    "debería terminar con los dos dígitos del tipo de entrada".to_owned(),
                );
            }
            out.missing(record, "/entryType", "the entry type", "el tipo de entrada");
        }
    }
}

fn importer(subject: &Member<'_>, record: usize, out: &mut Builder) {
    if subject.down(&["importer", "name"]).is_none() {
        absent(out, subject, "importer/name");
    }
    let Some(member) = subject.down(&["importerOfRecord", "number"]) else {
        absent(out, subject, "importerOfRecord/number");
        return;
    };
    let text = member.text().unwrap_or("");
    if importer_number(text) {
        set(out, record, "/importerOfRecord", text, Some(&member));
    } else {
        let at = member.keep(out);
        // A natural person's social security number is right too, but a record does not carry it.
        out.fault(
            Severity::Warning,
            "importer-number-form",
            &at,
            "is no IRS (NN-NNNNNNNXX) or CBP (YYDDPP-NNNNN) number and is not taken over"
                .to_owned(),
            "no es un número IRS (NN-NNNNNNNXX) ni CBP (YYDDPP-NNNNN) y no se toma".to_owned(),
        );
    }
}

fn importer_number(text: &str) -> bool {
    let digits = |text: &str, count: usize| {
        text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    match text.split_once('-') {
        Some((head, tail)) if digits(head, 2) => {
            tail.split_at_checked(7).is_some_and(|(number, suffix)| {
                digits(number, 7)
                    && suffix.len() == 2
                    && suffix
                        .bytes()
                        .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
            })
        }
        Some((head, tail)) => digits(head, 6) && digits(tail, 5),
        None => false,
    }
}

fn arrival(subject: &Member<'_>, out: &mut Builder) {
    match subject.child("arrivalDate") {
        Some(member) if member.text().and_then(day).is_none() => error(
            out,
            "date-form",
            &member,
            "should be a date like 2022-02-25".to_owned(),
            "debería ser una fecha como 2022-02-25".to_owned(),
        ),
        Some(_) => {}
        None => absent(out, subject, "arrivalDate"),
    }
}

fn in_bond(subject: &Member<'_>, out: &mut Builder) {
    if let Some(member) = subject.child("inBondNumber")
        && member
            .text()
            .is_none_or(|text| identifiers::check("inbond-number", text) != Some(true))
    {
        let at = member.keep(out);
        out.fault(
            Severity::Warning,
            "inbond-number",
            &at,
            "is no in-bond number of nine digits with its check digit".to_owned(),
            "no es un número in-bond de nueve dígitos con su verificador".to_owned(),
        );
    }
}

/// An amount of dollars: tells where it is none.
fn dollars(member: Option<Member<'_>>, record: usize, to: &str, out: &mut Builder) {
    let Some(member) = member else { return };
    match member
        .text()
        .and_then(money::cents)
        .filter(|cents| *cents <= 10_000_000_000_000)
    {
        Some(cents) => {
            let at = member.keep(out);
            out.set(record, to, cents, &at);
        }
        None => error(
            out,
            "value-form",
            &member,
            "should be an amount of dollars".to_owned(),
            "debería ser un importe en dólares".to_owned(),
        ),
    }
}

fn lines(subject: &Member<'_>, record: usize, out: &mut Builder) {
    let Some(list) = subject.child("lineItems") else {
        return;
    };
    let items = list.items();
    if items.len() > LINES_MAX {
        error(
            out,
            "lines-too-many",
            &list,
            format!("a record holds {LINES_MAX} lines; the rest is left out"),
            format!("un registro admite {LINES_MAX} líneas; el resto se omite"),
        );
    }
    for (index, line) in items.iter().take(LINES_MAX).enumerate() {
        let to = format!("/entryLines/{index}");
        out.open(record, &to);
        let code = line.down(&["commodity", "commodityCode"]);
        match (&code, code.as_ref().and_then(Member::text).and_then(tariff)) {
            (Some(member), Some(digits)) => set(
                out,
                record,
                &format!("{to}/commodityCode"),
                &digits,
                Some(member),
            ),
            (member, None) => {
                match member {
                    Some(member) => error(
                        out,
                        "tariff-form",
                        member,
                        "should be a tariff code of 6, 8 or 10 digits".to_owned(),
                        "debería ser una fracción de 6, 8 o 10 dígitos".to_owned(),
                    ),
                    None => absent(out, line, "commodity"),
                }
                let pointer = format!("{to}/commodityCode");
                out.missing(
                    record,
                    &pointer,
                    "the tariff code",
                    "la fracción arancelaria",
                );
            }
            (None, Some(_)) => {}
        }
        let country = line.child("countryOfOrigin");
        match (
            &country,
            country
                .as_ref()
                .and_then(Member::text)
                .and_then(country::two_letters),
        ) {
            (Some(member), Some(code)) => set(
                out,
                record,
                &format!("{to}/originCountry"),
                code,
                Some(member),
            ),
            (member, _) => {
                match member {
                    Some(member) => error(
                        out,
                        "country-form",
                        member,
                        "should be a country of two letters".to_owned(),
                        "debería ser un país de dos letras".to_owned(),
                    ),
                    None => absent(out, line, "countryOfOrigin"),
                }
                let pointer = format!("{to}/originCountry");
                out.missing(
                    record,
                    &pointer,
                    "the country of origin",
                    "el país de origen",
                );
            }
        }
        let text = line.child("productDescription");
        match &text {
            Some(member) => {
                let words = member
                    .text()
                    .filter(|text| (3..=300).contains(&text.chars().count()));
                if let Some(words) = words {
                    set(out, record, &format!("{to}/goodsText"), words, Some(member));
                }
            }
            None => absent(out, line, "productDescription"),
        }
        dollars(
            line.child("value"),
            record,
            &format!("{to}/valueUsdCents"),
            out,
        );
        let role = line.down(&["itemParty", "role"]);
        let organisation = line.down(&["itemParty", "organization"]);
        // One seller and one buyer a record: of many lines, those of the first.
        if let (0, Some(role), Some(organisation)) =
            (index, role.as_ref().and_then(Member::text), organisation)
        {
            match role {
                "Seller" => party(out, record, "/seller", &organisation),
                "Buyer" => party(out, record, "/buyer", &organisation),
                _ => {}
            }
        }
    }
}
