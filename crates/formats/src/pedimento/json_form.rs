//! The JSON form: one object for a pedimento, or `{"pedimentos": [...]}` for many.
//!
//! Fields of the header are members of the object, each other block is a list under its name; a line has its charges,
//! identifiers and permits in lists of its own. Values are texts; a number is taken as it is written.

use super::document::*;
use super::fields::{self, Section, from_json, shown};
use crate::ReadError;
use crate::draft::{Places, Severity};
use crate::json::{self, Node, Value};
use serde_json::{Map, Value as Json};

const LISTS: &[&str] = &[
    "transportes",
    "candados",
    "contenedores",
    "guias",
    "facturas",
    "contribuciones",
    "identificadores",
    "partidas",
];
const LISTS_OF_PARTIDA: &[&str] = &[
    "contribucionesPartida",
    "identificadoresPartida",
    "permisosPartida",
];

/// Reads all pedimentos of a file.
pub(super) fn read(bytes: &[u8], places: &mut Places) -> Result<Vec<PedimentoDocument>, ReadError> {
    let root = json::parse(bytes)?;
    let mut found = Vec::new();
    match (&root.value, root.get("pedimentos")) {
        (Value::Object(members), Some(list)) => {
            for (name, member) in members.iter().filter(|(name, _)| name != "pedimentos") {
                places.fault_at(
                    Severity::Warning,
                    "member-not-read",
                    "",
                    Some(member.place(&format!("/{}", json::token(name)))),
                    format!(
                        "beside `pedimentos` nothing is read, `{}` neither",
                        shown(name)
                    ),
                    format!(
                        "junto a `pedimentos` no se lee nada, tampoco `{}`",
                        shown(name)
                    ),
                );
            }
            is_list(list, "/pedimentos", "", places);
            for (index, node) in list.items().iter().enumerate() {
                let path = format!("/pedimentos/{index}");
                found.push(pedimento(node, &path, index, places));
            }
        }
        (Value::List(items), _) => {
            for (index, node) in items.iter().enumerate() {
                found.push(pedimento(node, &format!("/{index}"), index, places));
            }
        }
        _ => found.push(pedimento(&root, "", 0, places)),
    }
    Ok(found)
}

fn pedimento(node: &Node, path: &str, index: usize, places: &mut Places) -> PedimentoDocument {
    let at = format!("/{index}");
    let mut this = PedimentoDocument {
        encabezado: from_json(node, path, &format!("{at}/encabezado"), LISTS, places),
        transportes: list(node, "transportes", path, &at, places),
        candados: list(node, "candados", path, &at, places),
        contenedores: list(node, "contenedores", path, &at, places),
        guias: list(node, "guias", path, &at, places),
        facturas: list(node, "facturas", path, &at, places),
        contribuciones: list(node, "contribuciones", path, &at, places),
        identificadores: list(node, "identificadores", path, &at, places),
        partidas: Vec::new(),
    };
    if let Some(lines) = node.get("partidas") {
        is_list(lines, &format!("{path}/partidas"), &at, places);
        for (number, line) in lines.items().iter().enumerate() {
            let path = format!("{path}/partidas/{number}");
            let at = format!("{at}/partidas/{number}");
            this.partidas.push(Partida {
                datos: from_json(
                    line,
                    &path,
                    &format!("{at}/datos"),
                    LISTS_OF_PARTIDA,
                    places,
                ),
                contribuciones: list(line, "contribucionesPartida", &path, &at, places),
                identificadores: list(line, "identificadoresPartida", &path, &at, places),
                permisos: list(line, "permisosPartida", &path, &at, places),
            });
        }
    }
    this
}

fn list<S: Section>(
    parent: &Node,
    name: &str,
    path: &str,
    at: &str,
    places: &mut Places,
) -> Vec<S> {
    let Some(node) = parent.get(name) else {
        return Vec::new();
    };
    let path = format!("{path}/{name}");
    let field = name.strip_suffix("Partida").unwrap_or(name);
    is_list(node, &path, at, places);
    node.items()
        .iter()
        .enumerate()
        .map(|(index, item)| {
            from_json(
                item,
                &format!("{path}/{index}"),
                &format!("{at}/{field}/{index}"),
                &[],
                places,
            )
        })
        .collect()
}

fn is_list(node: &Node, path: &str, at: &str, places: &mut Places) {
    if !matches!(node.value, Value::List(_) | Value::Null) {
        places.fault_at(
            Severity::Error,
            "member-type",
            at,
            Some(node.place(path)),
            "a list is expected here".to_owned(),
            "aquí se espera una lista".to_owned(),
        );
    }
}

/// Writes pedimentos: one object for one, a list under `pedimentos` for more or none.
pub fn write_json(documents: &[PedimentoDocument]) -> String {
    let mut all: Vec<Json> = documents.iter().map(object).collect();
    let root = match all.len() {
        1 => all.pop().unwrap_or_default(),
        _ => serde_json::json!({ "pedimentos": all }),
    };
    // A tree of texts alone can't fail to be written.
    serde_json::to_string_pretty(&root).unwrap_or_default() + "\n"
}

fn object(document: &PedimentoDocument) -> Json {
    let mut out = members(&document.encabezado);
    blocks(&mut out, "transportes", &document.transportes);
    blocks(&mut out, "candados", &document.candados);
    blocks(&mut out, "contenedores", &document.contenedores);
    blocks(&mut out, "guias", &document.guias);
    blocks(&mut out, "facturas", &document.facturas);
    blocks(&mut out, "contribuciones", &document.contribuciones);
    blocks(&mut out, "identificadores", &document.identificadores);
    let lines: Vec<Json> = document
        .partidas
        .iter()
        .map(|line| {
            let mut out = members(&line.datos);
            blocks(&mut out, "contribucionesPartida", &line.contribuciones);
            blocks(&mut out, "identificadoresPartida", &line.identificadores);
            blocks(&mut out, "permisosPartida", &line.permisos);
            Json::Object(out)
        })
        .collect();
    if !lines.is_empty() {
        out.insert("partidas".to_owned(), Json::Array(lines));
    }
    Json::Object(out)
}

fn members<S: Section>(section: &S) -> Map<String, Json> {
    fields::values(section)
        .map(|(rule, value)| (rule.name.to_owned(), Json::from(value)))
        .collect()
}

fn blocks<S: Section>(out: &mut Map<String, Json>, name: &str, sections: &[S]) {
    if !sections.is_empty() {
        let list = sections
            .iter()
            .map(|section| Json::Object(members(section)))
            .collect();
        out.insert(name.to_owned(), Json::Array(list));
    }
}
