//! Whom to call: the desks that parties name, and the form by which one's own is set.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use garita_exchange::contacts::{self, Contact};
use garita_exchange::problem::Refusal;

use super::ask::{Ask, pairs, see_other, signed, to_sign_in, value_of};
use crate::api::problem::Problem;
use crate::console::{
    ContactRow, ContactsPage, Fault, Field, FieldKind, FormPage, FormSection, Link, Place, Rich,
    Span, paths, render_contacts, render_form,
};
use crate::server::{App, blocking};

/// Where one's own desk is set.
const OWN: &str = "/console/contacts/own";
/// Desks named for one role.
const NAMED: usize = 2;

/// `GET /console/contacts`.
pub(super) async fn page(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
) -> Response {
    signed(app, headers, uri, |ask| {
        let held = ask.app.core().contacts.all();
        let mut rows: Vec<ContactRow> = held
            .iter()
            .map(|(party, held)| ContactRow {
                name: ask.network.name_of(party).to_owned(),
                contact: told(ask, &held.contact),
                since_ms: held.from_ms,
            })
            .collect();
        rows.sort_by(|a, b| a.name.cmp(&b.name));
        let label = if held.contains_key(ask.party()) {
            ask.w("Change our desk", "Cambiar nuestra oficina")
        } else {
            ask.w(
                "Say whom to call at ours",
                "Decir a quién llamar en la nuestra",
            )
        };
        let page = ContactsPage {
            rows,
            own: Link::new(label, OWN),
        };
        Ok(ask.html(render_contacts(&ask.frame(Place::Elsewhere), &page)))
    })
    .await
}

/// `GET /console/contacts/own`.
pub(super) async fn form(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
) -> Response {
    signed(app, headers, uri, |ask| {
        let own = ask.app.core().contacts.of(ask.party()).unwrap_or_default();
        Ok(ask.html(asked(ask, &own, &[])))
    })
    .await
}

/// `POST /console/contacts/own`.
pub(super) async fn set(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
    body: Bytes,
) -> Response {
    let posted = pairs(&String::from_utf8_lossy(&body));
    let text = |name: &str| value_of(&posted, name).trim().to_owned();
    let contact = Contact {
        desk: text("/desk"),
        telephone: text("/telephone"),
        hours: text("/hours"),
        languages: text("/languages")
            .split([',', ' '])
            .map(|tag| tag.trim().to_lowercase())
            .filter(|tag| !tag.is_empty())
            .collect(),
    };
    let known = {
        let (app, headers, uri, posted) = (
            Arc::clone(&app),
            headers.clone(),
            uri.clone(),
            posted.clone(),
        );
        blocking(move || {
            let (ask, known) = Ask::of(app, &headers, &uri)?;
            if !known {
                return Ok(Err(to_sign_in()));
            }
            Ok(match ask.check_token(&posted) {
                Ok(()) => Ok(ask.party().to_owned()),
                Err(refusal) => Err(ask.refused(&refusal)),
            })
        })
        .await
    };
    let party = match known {
        Ok(Ok(party)) => party,
        Ok(Err(answer)) => return answer,
        Err(refusal) => return Problem::from(refusal).into_response(),
    };
    match contacts::set(app.core(), &party, contact.clone()).await {
        Ok(()) => see_other(paths::CONTACTS),
        Err(refusal) => {
            signed(app, headers, uri, move |ask| {
                let faults = faults(ask, &refusal);
                let status = StatusCode::from_u16(refusal.kind.status()).unwrap_or_default();
                Ok(ask.answer(status, asked(ask, &contact, &faults)))
            })
            .await
        }
    }
}

fn faults(ask: &Ask, refusal: &Refusal) -> Vec<Fault> {
    refusal
        .faults
        .iter()
        .map(|f| Fault {
            name: f.pointer.clone(),
            text: ask.w(&f.en, &f.es).to_owned(),
            code: f.code.clone(),
        })
        .collect()
}

fn asked(ask: &Ask, contact: &Contact, faults: &[Fault]) -> String {
    let field = |name: &str, label: (&str, &str), hint: (&str, &str), value: &str| Field {
        name: name.to_owned(),
        label: ask.w(label.0, label.1).to_owned(),
        hint: ask.w(hint.0, hint.1).to_owned(),
        kind: FieldKind::Text,
        value: value.to_owned(),
        optional: name == "/hours" || name == "/languages",
        ..Field::default()
    };
    let page = FormPage {
        path: vec![Link::new(ask.lang.t("contacts.title"), paths::CONTACTS)],
        title: ask.w("Our desk", "Nuestra oficina").to_owned(),
        lede: Rich::text(ask.lang.t("contacts.form-lede")),
        action: OWN.to_owned(),
        hidden: ask.hidden(),
        sections: vec![FormSection {
            fields: vec![
                field(
                    "/desk",
                    ("Desk", "Oficina"),
                    (
                        "What it is called. Example: Import holds desk",
                        "Cómo se llama. Ejemplo: Ventanilla de retenciones",
                    ),
                    &contact.desk,
                ),
                field(
                    "/telephone",
                    ("Telephone", "Teléfono"),
                    (
                        "In international form. Example: +1 956 555 0142",
                        "En forma internacional. Ejemplo: +52 867 555 0142",
                    ),
                    &contact.telephone,
                ),
                field(
                    "/hours",
                    ("Hours", "Horario"),
                    ("Example: daily 06:00-24:00", "Ejemplo: diario 06:00-24:00"),
                    &contact.hours,
                ),
                field(
                    "/languages",
                    ("Languages", "Idiomas"),
                    ("Example: es, en", "Ejemplo: es, en"),
                    &contact.languages.join(", "),
                ),
            ],
            ..FormSection::default()
        }],
        faults: faults.to_vec(),
        submit: ask.w("Sign and publish", "Firmar y publicar").to_owned(),
        halt: false,
        signed_as: ask.network.name_of(ask.party()).to_owned(),
        receivers: vec![
            ask.w("every node of this network", "todos los nodos de esta red")
                .to_owned(),
        ],
        back: Link::new(ask.w("Cancel", "Cancelar"), paths::CONTACTS),
    };
    render_form(&ask.frame(Place::Elsewhere), &page)
}

/// The desk of a party, in one line with its telephone as a link; empty where it names none.
pub(super) fn of(ask: &Ask, party: &str) -> Rich {
    ask.app
        .core()
        .contacts
        .of(party)
        .map_or_else(Rich::default, |contact| told(ask, &contact))
}

/// The desks of those who have a role, where they are few enough to be the one that is meant.
pub(super) fn of_role(ask: &Ask, role: &str) -> Rich {
    let parties: Vec<&str> = ask
        .directory()
        .with_role(role, ask.now_ms)
        .take(NAMED + 1)
        .collect();
    if parties.len() > NAMED {
        return Rich::default();
    }
    let mut said = Rich::default();
    for desk in parties.into_iter().map(|party| of(ask, party)) {
        if !desk.is_empty() {
            if !said.is_empty() {
                said = said.and(Span::Text("; ".to_owned()));
            }
            said.0.extend(desk.0);
        }
    }
    said
}

fn told(ask: &Ask, contact: &Contact) -> Rich {
    let dial: String = contact
        .telephone
        .split(" ext. ")
        .next()
        .unwrap_or_default()
        .chars()
        .filter(|c| c.is_ascii_digit() || *c == '+')
        .collect();
    let mut said = Rich::text(format!("{}, ", contact.desk)).and(Span::Link(Link::new(
        &contact.telephone,
        format!("tel:{dial}"),
    )));
    let mut more = String::new();
    if !contact.hours.is_empty() {
        more = format!("{more}, {}", contact.hours);
    }
    let languages: Vec<String> = contact
        .languages
        .iter()
        .map(|tag| match tag.as_str() {
            "es" => ask.w("Spanish", "español").to_owned(),
            "en" => ask.w("English", "inglés").to_owned(),
            other => other.to_owned(),
        })
        .collect();
    if !languages.is_empty() {
        more = format!("{more}, {}", languages.join(", "));
    }
    if !more.is_empty() {
        said = said.and(Span::Text(more));
    }
    said
}
