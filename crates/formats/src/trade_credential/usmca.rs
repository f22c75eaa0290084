//! USMCA certification of origin: the nine data elements of Annex 5-A.

use super::node::{Member, absent, day, error, party, set, tariff};
use crate::draft::{Builder, Severity};
use crate::money;

/// The record type holds at most this many lines.
const LINES_MAX: usize = 500;

pub(super) fn read(root: &Member<'_>, subject: &Member<'_>, out: &mut Builder) {
    let record = out.record("UsmcaCertification");
    out.missing(
        record,
        "/scns",
        "the shipment control number: a certification has none",
        "el número de control del embarque: una certificación no lo tiene",
    );
    certifier(root, subject, record, out);
    let exporter = subject.down(&["exporterDetails", "name"]);
    match exporter.as_ref().and_then(name) {
        Some(text) => set(out, record, "/exporterName", text, exporter.as_ref()),
        None => {
            absent(out, subject, "exporterDetails/name");
            out.missing(
                record,
                "/exporterName",
                "the exporter's name",
                "el nombre del exportador",
            );
        }
    }
    match subject.child("producerDetails") {
        Some(producer) => party(out, record, "/producer", &producer),
        None => absent(out, subject, "producerDetails"),
    }
    let importers = subject
        .child("importerDetails")
        .map(|list| list.items())
        .unwrap_or_default();
    let importer = importers.first().and_then(|first| first.child("name"));
    if let Some(text) = importer.as_ref().and_then(name) {
        set(out, record, "/importerName", text, importer.as_ref());
    }
    if let Some(second) = importers.get(1) {
        let at = second.keep(out);
        out.fault(
            Severity::Note,
            "importers-many",
            &at,
            "a record names one importer: the first is taken over".to_owned(),
            "un registro nombra un solo importador: se toma el primero".to_owned(),
        );
    }
    let invoice = subject.child("invoiceNumber");
    if let Some(text) = invoice
        .as_ref()
        .and_then(Member::text)
        .filter(|text| money::invoice_number(text))
    {
        set(out, record, "/invoiceNumber", text, invoice.as_ref());
    }
    goods(subject, record, out);
    period(root, record, out);
    signature(root, record, out);
}

fn name<'a>(member: &Member<'a>) -> Option<&'a str> {
    member
        .text()
        .filter(|text| (2..=200).contains(&text.chars().count()))
}

/// The certifier is the issuer; the role is that of the party of the same name.
fn certifier(root: &Member<'_>, subject: &Member<'_>, record: usize, out: &mut Builder) {
    let Some(issuer) = root.child("issuer").filter(Member::is_object) else {
        absent(out, root, "issuer");
        out.missing(
            record,
            "/certifierRole",
            "the certifier's role",
            "el carácter de quien certifica",
        );
        out.missing(record, "/certifier", "the certifier", "quien certifica");
        return;
    };
    party(out, record, "/certifier", &issuer);
    let own = issuer.child("name");
    let own = own.as_ref().and_then(Member::text);
    let of = |path: &[&str]| subject.down(path).and_then(|member| member.text());
    let importers = subject
        .child("importerDetails")
        .map(|list| list.items())
        .unwrap_or_default();
    let imports = importers
        .iter()
        .any(|one| one.child("name").and_then(|name| name.text()) == own);
    let role = match own {
        None => None,
        Some(_) if of(&["exporterDetails", "name"]) == own => Some("exporter"),
        Some(_) if of(&["producerDetails", "name"]) == own => Some("producer"),
        Some(_) if imports => Some("importer"),
        Some(_) => None,
    };
    match role {
        Some(role) => {
            let member = issuer.child("name");
            set(out, record, "/certifierRole", role, member.as_ref());
            let at = issuer.keep(out);
            out.fault(
                Severity::Note,
                "role-by-name",
                &at,
                format!("the issuer has the name of the {role} and is taken as such"),
                format!(
                    "el emisor tiene el nombre del {} y se toma como tal",
                    match role {
                        "exporter" => "exportador",
                        "producer" => "productor",
                        _ => "importador",
                    }
                ),
            );
        }
        None => out.missing(
            record,
            "/certifierRole",
            "the certifier's role",
            "el carácter de quien certifica",
        ),
    }
}

fn goods(subject: &Member<'_>, record: usize, out: &mut Builder) {
    let list = subject.child("goods");
    let items = list.as_ref().map(Member::items).unwrap_or_default();
    if items.is_empty() {
        absent(out, subject, "goods");
        out.missing(record, "/originLines", "the goods", "las mercancías");
    }
    if let Some(list) = list.as_ref().filter(|_| items.len() > LINES_MAX) {
        error(
            out,
            "lines-too-many",
            list,
            format!("a record holds {LINES_MAX} lines; the rest is left out"),
            format!("un registro admite {LINES_MAX} líneas; el resto se omite"),
        );
    }
    for (index, line) in items.iter().take(LINES_MAX).enumerate() {
        let to = format!("/originLines/{index}");
        out.open(record, &to);
        type Fits = fn(&str) -> Option<String>;
        let members: [(&str, &str, &'static str, Fits, &str, &str); 4] = [
            (
                "description",
                "goodsText",
                "goods-text",
                |text| {
                    (3..=300)
                        .contains(&text.chars().count())
                        .then(|| text.to_owned())
                },
                "should be words of 3 to 300 characters",
                "debería ser un texto de 3 a 300 caracteres",
            ),
            (
                "commodityCode",
                "commodityCode",
                "tariff-form",
                tariff,
                "should be a tariff code of 6, 8 or 10 digits",
                "debería ser una fracción de 6, 8 o 10 dígitos",
            ),
            (
                "originCriterion",
                "originCriterion",
                "origin-criterion",
                |text| matches!(text, "A" | "B" | "C" | "D").then(|| text.to_owned()),
                "should be A, B, C or D (Article 4.2)",
                "debería ser A, B, C o D (artículo 4.2)",
            ),
            (
                "countryOfOrigin",
                "originCountry",
                "country-form",
                |text| matches!(text, "MX" | "US" | "CA").then(|| text.to_owned()),
                "should be MX, US or CA",
                "debería ser MX, US o CA",
            ),
        ];
        for (from, member, code, fits, en, es) in members {
            let found = line.child(from);
            let value = found.as_ref().and_then(Member::text).and_then(fits);
            let pointer = format!("{to}/{member}");
            match (&found, value) {
                (Some(found), Some(value)) => set(out, record, &pointer, &value, Some(found)),
                (found, _) => {
                    match found {
                        Some(found) => error(out, code, found, en.to_owned(), es.to_owned()),
                        None => absent(out, line, from),
                    }
                    match member {
                        "goodsText" => out.missing(record, &pointer, "the goods", "la mercancía"),
                        "commodityCode" => out.missing(
                            record,
                            &pointer,
                            "the tariff code",
                            "la fracción arancelaria",
                        ),
                        "originCriterion" => out.missing(
                            record,
                            &pointer,
                            "the origin criterion",
                            "el criterio de origen",
                        ),
                        _ => {}
                    }
                }
            }
        }
    }
}

/// The blanket period is the credential's validity, of twelve months at most.
fn period(root: &Member<'_>, record: usize, out: &mut Builder) {
    let mut days = [None, None];
    for ((name, to), slot) in [("validFrom", "/periodStart"), ("validUntil", "/periodEnd")]
        .into_iter()
        .zip(&mut days)
    {
        let Some(member) = root.child(name) else {
            continue;
        };
        match member.text().and_then(day) {
            Some(day) => {
                set(out, record, to, &day.to_string(), Some(&member));
                *slot = Some(day);
            }
            None => error(
                out,
                "date-form",
                &member,
                "should be a date and time".to_owned(),
                "debería ser fecha y hora".to_owned(),
            ),
        }
    }
    let [Some(start), Some(end)] = days else {
        return;
    };
    let Some(member) = root.child("validUntil") else {
        return;
    };
    if end < start {
        error(
            out,
            "date-order",
            &member,
            "the period ends before it begins".to_owned(),
            "el periodo termina antes de comenzar".to_owned(),
        );
    } else if start
        .checked_add(jiff::Span::new().months(12))
        .is_ok_and(|limit| end >= limit)
    {
        error(
            out,
            "period-too-long",
            &member,
            "a blanket period is of twelve months at most".to_owned(),
            "un periodo global es de doce meses como máximo".to_owned(),
        );
    }
}

fn signature(root: &Member<'_>, record: usize, out: &mut Builder) {
    let part = |name: &str| root.down(&["issuer", "employee", name]);
    let text = |name: &str| part(name).and_then(|member| member.text());
    let names: Vec<&str> = [text("firstName"), text("lastName")]
        .into_iter()
        .flatten()
        .collect();
    let person = match (names.is_empty(), text("jobTitle")) {
        (true, _) => None,
        (false, Some(title)) => Some(format!("{}, {title}", names.join(" "))),
        (false, None) => Some(names.join(" ")),
    };
    match person.filter(|person| person.chars().count() <= 200) {
        Some(person) => {
            let employee = root.down(&["issuer", "employee"]);
            set(out, record, "/signatory", &person, employee.as_ref());
        }
        None => out.missing(record, "/signatory", "who signs", "quien firma"),
    }
    // `validFrom` begins the period and is no date of signing; a proof says when it was made.
    let proof = root
        .child("proof")
        .map(|proof| proof.items())
        .unwrap_or_default();
    let created = proof.first().and_then(|proof| proof.child("created"));
    match created.as_ref().and_then(Member::text).and_then(day) {
        Some(day) => set(out, record, "/signedOn", &day.to_string(), created.as_ref()),
        None => out.missing(
            record,
            "/signedOn",
            "the day of signing",
            "la fecha de firma",
        ),
    }
}
