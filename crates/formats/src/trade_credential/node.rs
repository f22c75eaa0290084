//! A member of the credential with its pointer, and the parts that both types have.

use crate::country;
use crate::draft::{Builder, Severity};
pub(super) use crate::json::Member;
use crate::money;

/// Tells an error about a member.
pub(super) fn error(
    out: &mut Builder,
    code: &'static str,
    member: &Member<'_>,
    en: String,
    es: String,
) {
    let at = member.keep(out);
    out.fault(Severity::Error, code, &at, en, es);
}

/// Tells that a member which the vocabulary requires is absent, at the place of what should hold it.
pub(super) fn absent(out: &mut Builder, holder: &Member<'_>, name: &str) {
    holder.keep(out);
    out.fault(
        Severity::Error,
        "member-missing",
        &format!("{}/{name}", holder.path),
        format!("`{name}` is missing"),
        format!("falta `{name}`"),
    );
}

/// The day of a date or of a date and time.
pub(super) fn day(text: &str) -> Option<jiff::civil::Date> {
    let (date, rest) = text.split_at_checked(10)?;
    (rest.is_empty() || rest.starts_with('T'))
        .then(|| date.parse().ok())
        .flatten()
}

/// Fills a party from an organisation.
pub(super) fn party(out: &mut Builder, record: usize, to: &str, organisation: &Member<'_>) {
    let name = organisation.child("name");
    match name.as_ref().and_then(|name| {
        name.text()
            .filter(|text| (2..=200).contains(&text.chars().count()))
    }) {
        Some(text) => set(out, record, &format!("{to}/partyName"), text, name.as_ref()),
        None => out.missing(
            record,
            &format!("{to}/partyName"),
            "the party's name",
            "el nombre de la parte",
        ),
    }
    let address = organisation.down(&["location", "address"]);
    let part = |name: &str| address.as_ref().and_then(|address| address.child(name));
    for (member, name, most) in [
        ("streetAddress", "streetAddress", 200),
        ("locality", "addressLocality", 100),
        ("region", "addressRegion", 50),
    ] {
        let found = part(name);
        let text = found.as_ref().and_then(|found| found.text());
        if let Some(text) = text.filter(|text| text.chars().count() <= most) {
            set(out, record, &format!("{to}/{member}"), text, found.as_ref());
        }
    }
    let postal = part("postalCode");
    let right = |text: &&str| {
        (3..=10).contains(&text.len())
            && text.bytes().all(|byte| {
                byte.is_ascii_uppercase() || byte.is_ascii_digit() || b" -".contains(&byte)
            })
    };
    if let Some(text) = postal.as_ref().and_then(Member::text).filter(right) {
        set(
            out,
            record,
            &format!("{to}/postalCode"),
            text,
            postal.as_ref(),
        );
    }
    let country = part("addressCountry");
    let text = country.as_ref().and_then(Member::text).unwrap_or("");
    match (
        country::two_letters(text),
        country::by_name(text),
        country.as_ref(),
    ) {
        (Some(code), _, _) => set(
            out,
            record,
            &format!("{to}/country"),
            code,
            country.as_ref(),
        ),
        (None, Some(code), Some(member)) => {
            set(
                out,
                record,
                &format!("{to}/country"),
                code,
                country.as_ref(),
            );
            let at = member.keep(out);
            out.fault(
                Severity::Note,
                "country-by-name",
                &at,
                format!("two letters are expected; this name is taken as {code}"),
                format!("se esperan dos letras; este nombre se toma como {code}"),
            );
        }
        _ => out.missing(
            record,
            &format!("{to}/country"),
            "the party's country",
            "el país de la parte",
        ),
    }
    let number = organisation.child("taxId");
    if let Some(text) = number
        .as_ref()
        .and_then(Member::text)
        .filter(|text| money::tax_number(text))
    {
        set(
            out,
            record,
            &format!("{to}/taxNumber"),
            text,
            number.as_ref(),
        );
    }
}

/// Sets a member of the record to a text that a member of the credential says.
pub(super) fn set(
    out: &mut Builder,
    record: usize,
    to: &str,
    text: &str,
    from: Option<&Member<'_>>,
) {
    let at = from.map(|from| from.keep(out)).unwrap_or_default();
    out.set(record, to, text, &at);
}

/// The digits of a tariff code, where it has 6, 8 or 10.
pub(super) fn tariff(text: &str) -> Option<String> {
    crate::identifiers::normalise("hts", text).ok()
}
