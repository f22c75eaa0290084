//! From JSON or XML to the plain documents, and what is wrong in them.

use super::document::*;
use crate::ReadError;
use crate::decimal;
use crate::draft::{Places, Severity};
use crate::identifiers::{self, IdentifierError};
use crate::json::{self, Value};
use crate::kinds::Head;
use crate::tree::Source;
use crate::xml::{self, Element};

/// One file answers one question of the single window; a thousand documents are an archive.
const COVES_MAX: usize = 1_000;

pub(super) fn read(bytes: &[u8]) -> Result<(Vec<Cove>, Places), ReadError> {
    let mut places = Places::default();
    let documents = match Head::of(bytes).is_xml() {
        true => {
            let root = xml::parse(bytes)?;
            let mut nodes = Vec::new();
            find(&root, &mut nodes);
            all(nodes.into_iter().map(Source::Xml).collect(), &mut places)?
        }
        false => {
            let root = json::parse(bytes)?;
            let list = root.get("coves").unwrap_or(&root);
            let path = if root.get("coves").is_some() {
                "/coves"
            } else {
                ""
            };
            let nodes = match &list.value {
                Value::List(items) => items
                    .iter()
                    .enumerate()
                    .map(|(index, node)| Source::Json(node, format!("{path}/{index}")))
                    .collect(),
                Value::Object(members)
                    if members.iter().any(|(name, _)| name == "tipoOperacion") =>
                {
                    vec![Source::Json(list, path.to_owned())]
                }
                _ => Vec::new(),
            };
            all(nodes, &mut places)?
        }
    };
    if documents.is_empty() {
        return Err(ReadError::new(
            "cove-missing",
            "there is no COVE in this file",
            "no hay ningún COVE en este archivo",
        ));
    }
    for (index, document) in documents.iter().enumerate() {
        check(document, &format!("/{index}"), &mut places);
    }
    Ok((documents, places))
}

/// The nodes that are a COVE: those that have the invoice and a party directly inside.
fn find<'a>(element: &'a Element, found: &mut Vec<&'a Element>) {
    let has = |name: &str| element.children.iter().any(|child| child.local() == name);
    if has("tipoOperacion") && (has("emisor") || has("destinatario")) {
        found.push(element);
        return;
    }
    element.children.iter().for_each(|child| find(child, found));
}

fn all(nodes: Vec<Source<'_>>, places: &mut Places) -> Result<Vec<Cove>, ReadError> {
    if let Some(node) = nodes.get(COVES_MAX) {
        return Err(ReadError::new(
            "cove-too-many",
            format!("more than {COVES_MAX} documents"),
            format!("más de {COVES_MAX} documentos"),
        )
        .at(node.place()));
    }
    Ok(nodes
        .iter()
        .enumerate()
        .map(|(index, node)| cove(node, &format!("/{index}"), places))
        .collect())
}

fn cove(node: &Source<'_>, at: &str, places: &mut Places) -> Cove {
    let below = [
        "patentesAduanales",
        "rfcsConsulta",
        "emisor",
        "destinatario",
        "mercancias",
    ];
    let mut this: Cove = block(node, at, &below, places);
    this.patentes = texts(
        node,
        "patentesAduanales",
        "patenteAduanal",
        &format!("{at}/patentes"),
        places,
    );
    this.rfcs_consulta = texts(
        node,
        "rfcsConsulta",
        "rfcConsulta",
        &format!("{at}/rfcs_consulta"),
        places,
    );
    this.emisor = persona(node, "emisor", at, places);
    this.destinatario = persona(node, "destinatario", at, places);
    for (index, line) in node.list("mercancias", "mercancia").iter().enumerate() {
        this.mercancias.push(block(
            line,
            &format!("{at}/mercancias/{index}"),
            &[],
            places,
        ));
    }
    this
}

fn persona(node: &Source<'_>, name: &str, at: &str, places: &mut Places) -> Persona {
    let at = format!("{at}/{name}");
    let Some(party) = node.child(name) else {
        places.fault(
            Severity::Error,
            "element-missing",
            &at,
            format!("`{name}` is missing"),
            format!("falta `{name}`"),
        );
        return Persona::default();
    };
    let mut this: Persona = block(&party, &at, &["domicilio"], places);
    let at = format!("{at}/domicilio");
    match party.child("domicilio") {
        Some(address) => this.domicilio = block(&address, &at, &[], places),
        None => places.fault(
            Severity::Warning,
            "address-missing",
            &at,
            format!("`{name}` has no address"),
            format!("`{name}` no tiene domicilio"),
        ),
    }
    this
}

fn texts(node: &Source<'_>, name: &str, item: &str, at: &str, places: &mut Places) -> Vec<String> {
    let mut found = Vec::new();
    for leaf in node.list(name, item) {
        if let Some((text, _)) = leaf.text().filter(|(text, _)| !text.trim().is_empty()) {
            places.put(format!("{at}/{}", found.len()), leaf.place());
            found.push(text.trim().to_owned());
        }
    }
    found
}

fn block<B: Block>(node: &Source<'_>, at: &str, below: &[&str], places: &mut Places) -> B {
    let mut this = B::default();
    places.put(at.to_owned(), node.place());
    for (index, rule) in B::TEXTS.iter().enumerate() {
        let at = format!("{at}/{}", rule.field);
        let leaf = node.child(rule.name);
        if let Some(leaf) = &leaf {
            places.put(at.clone(), leaf.place());
        }
        let text = leaf
            .as_ref()
            .and_then(Source::text)
            .map(|(text, _)| text.trim().to_owned());
        match (text, leaf.is_some()) {
            (Some(text), _) if !text.is_empty() => this.fill(index, text),
            (None, true) if !rule.required => places.fault(
                Severity::Warning,
                "member-type",
                &at,
                format!("`{}` should be a text", rule.name),
                format!("`{}` debería ser un texto", rule.name),
            ),
            _ if rule.required => places.fault(
                Severity::Error,
                "field-missing",
                &at,
                format!("`{}` is required: {}", rule.name, rule.en),
                format!("falta `{}`: {}", rule.name, rule.es),
            ),
            _ => {}
        }
    }
    for name in node.names() {
        if !below.contains(&name) && !B::TEXTS.iter().any(|rule| rule.name == name) {
            let place = node.child(name).map(|child| child.place());
            let name: String = name.chars().take(40).collect();
            places.fault_at(
                Severity::Note,
                "element-not-read",
                at,
                place,
                format!("`{name}` is not read"),
                format!("no se lee `{name}`"),
            );
        }
    }
    this
}

/// The operation as records name it.
pub(super) fn operation(text: &str) -> Option<&'static str> {
    match text {
        "TOCE.IMP" | "IMP" => Some("IMP"),
        "TOCE.EXP" | "EXP" => Some("EXP"),
        _ => None,
    }
}

/// The day of a date or of a date and time.
pub(super) fn day(text: &str) -> Option<jiff::civil::Date> {
    let (date, rest) = text.split_at_checked(10)?;
    (rest.is_empty() || rest.starts_with('T') || rest.starts_with('-') || rest.starts_with('Z'))
        .then(|| date.parse().ok())
        .flatten()
}

fn check(document: &Cove, at: &str, places: &mut Places) {
    let mut tell = |severity, code, field: &str, en: String, es: String| {
        places.fault(severity, code, &format!("{at}/{field}"), en, es);
    };
    if document.e_document.is_empty() {
        tell(
            Severity::Warning,
            "cove-number-missing",
            "e_document",
            "this value document has no receipt number yet".to_owned(),
            "este comprobante de valor aún no tiene número de acuse".to_owned(),
        );
    } else if let Err(wrong) = identifiers::normalise("cove", &document.e_document) {
        tell(
            Severity::Error,
            "cove-form",
            "e_document",
            wrong.to_string(),
            wrong.es(),
        );
    }
    if !document.tipo_operacion.is_empty() && operation(&document.tipo_operacion).is_none() {
        tell(
            Severity::Error,
            "operation-unknown",
            "tipo_operacion",
            "should be TOCE.IMP or TOCE.EXP".to_owned(),
            "debería ser TOCE.IMP o TOCE.EXP".to_owned(),
        );
    }
    if !document.fecha_expedicion.is_empty() && day(&document.fecha_expedicion).is_none() {
        tell(
            Severity::Error,
            "date-form",
            "fecha_expedicion",
            "should be a date like 2026-11-22".to_owned(),
            "debería ser una fecha como 2026-11-22".to_owned(),
        );
    }
    for (index, patente) in document.patentes.iter().enumerate() {
        if identifiers::check("patente", patente) != Some(true) {
            tell(
                Severity::Error,
                "patente-form",
                &format!("patentes/{index}"),
                "should be four digits".to_owned(),
                "debería ser de cuatro dígitos".to_owned(),
            );
        }
    }
    let named = document.rfcs_consulta.iter().enumerate();
    let mut rfcs: Vec<(String, &str)> = named
        .map(|(index, rfc)| (format!("rfcs_consulta/{index}"), rfc.as_str()))
        .collect();
    for (name, party) in [
        ("emisor", &document.emisor),
        ("destinatario", &document.destinatario),
    ] {
        if party.tipo_identificador == "1" {
            rfcs.push((format!("{name}/identificacion"), &party.identificacion));
        }
        if !matches!(
            party.tipo_identificador.as_str(),
            "" | "0" | "1" | "2" | "3"
        ) {
            tell(
                Severity::Warning,
                "identifier-kind",
                &format!("{name}/tipo_identificador"),
                "should be 0, 1, 2 or 3".to_owned(),
                "debería ser 0, 1, 2 o 3".to_owned(),
            );
        }
    }
    for (field, rfc) in rfcs {
        match identifiers::normalise("rfc", rfc) {
            Ok(_) => {}
            Err(wrong @ IdentifierError::CheckDigit { .. }) => {
                tell(
                    Severity::Error,
                    "rfc-check-digit",
                    &field,
                    wrong.to_string(),
                    wrong.es(),
                );
            }
            Err(wrong) => tell(
                Severity::Error,
                "rfc-form",
                &field,
                wrong.to_string(),
                wrong.es(),
            ),
        }
    }
    if document.mercancias.is_empty() {
        tell(
            Severity::Error,
            "goods-missing",
            "mercancias",
            "no goods are told".to_owned(),
            "no se indican mercancías".to_owned(),
        );
    }
    for (index, line) in document.mercancias.iter().enumerate() {
        let field = |name: &str| format!("mercancias/{index}/{name}");
        for (name, text) in [
            ("cantidad", &line.cantidad),
            ("valor_unitario", &line.valor_unitario),
            ("valor_total", &line.valor_total),
            ("valor_dolares", &line.valor_dolares),
        ] {
            if !text.is_empty() && decimal::parse(text).is_none() {
                tell(
                    Severity::Error,
                    "number-form",
                    &field(name),
                    "is not a decimal number".to_owned(),
                    "no es un número decimal".to_owned(),
                );
            }
        }
        let currency = line.moneda.as_str();
        let right = currency.len() == 3 && currency.bytes().all(|byte| byte.is_ascii_uppercase());
        if !currency.is_empty() && !right {
            tell(
                Severity::Error,
                "currency-form",
                &field("moneda"),
                "should be a currency of three capitals".to_owned(),
                "debería ser una moneda de tres mayúsculas".to_owned(),
            );
        }
        if document
            .mercancias
            .first()
            .is_some_and(|first| first.moneda != line.moneda)
        {
            tell(
                Severity::Error,
                "currency-mixed",
                &field("moneda"),
                "an invoice has one currency, and the first line another".to_owned(),
                "una factura tiene una sola moneda, y la primera línea tiene otra".to_owned(),
            );
        }
        let (count, unit, total) = (
            decimal::parse(&line.cantidad),
            decimal::parse(&line.valor_unitario),
            decimal::parse(&line.valor_total),
        );
        if let (Some(count), Some(unit), Some(total)) = (count, unit, total) {
            let product = count.saturating_mul(unit) / decimal::ONE;
            // Unit values are rounded to six places, so the product may be off by a part of the quantity.
            let allowed = count / 1_000 + decimal::ONE / 100;
            if (product - total).abs() > allowed {
                tell(
                    Severity::Warning,
                    "value-product",
                    &field("valor_total"),
                    format!("quantity and unit value make {}", decimal::text(product)),
                    format!("cantidad por valor unitario da {}", decimal::text(product)),
                );
            }
        }
    }
}
