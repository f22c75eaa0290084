//! What is written beside a file that was taken: for its owner in two languages, and for a program.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;

use garita_exchange::encode::instant_text;
use serde_json::{Value, json};

use super::journal::Event;

/// A report on one file.
pub(super) struct Report {
    name: String,
    code: &'static str,
    en: String,
    es: String,
    /// The node's answer, where there is one.
    answer: Value,
}

/// The file is filed.
pub(super) fn filed(name: &str, answer: &Value) -> Report {
    let count = answer
        .get("records")
        .and_then(Value::as_array)
        .map_or(0, Vec::len);
    Report {
        name: name.to_owned(),
        code: "filed",
        en: format!("filed: {count} record(s)"),
        es: format!("presentado: {count} registro(s)"),
        answer: answer.clone(),
    }
}

/// The same content was filed before.
pub(super) fn repeated(name: &str, event: &Event) -> Report {
    let at = instant_text(event.at_ms);
    Report {
        name: name.to_owned(),
        code: "filed-before",
        en: format!(
            "the same content was filed at {at} as {}; nothing was filed again",
            event.name
        ),
        es: format!(
            "el mismo contenido se presentó el {at} como {}; no se presentó de nuevo",
            event.name
        ),
        answer: json!({ "records": event.records.iter().map(|id| json!({ "id": id })).collect::<Vec<_>>() }),
    }
}

/// The node refused the file.
pub(super) fn refused(name: &str, status: u16, problem: &Value) -> Report {
    let text = |member: &str| problem.get(member).and_then(Value::as_str).unwrap_or("");
    let mut report = Report {
        name: name.to_owned(),
        code: "refused",
        en: format!("refused ({status}): {}", text("detail")),
        es: format!("rechazado ({status}): {}", text("detailEs")),
        answer: problem.clone(),
    };
    for error in problem
        .get("errors")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let text = |member: &str| error.get(member).and_then(Value::as_str).unwrap_or("");
        let (code, at) = (text("code"), text("pointer"));
        report.en += &format!("\n  {code} {at}: {}", text("detail"));
        report.es += &format!("\n  {code} {at}: {}", text("detailEs"));
    }
    let before = problem
        .get("filed")
        .and_then(Value::as_array)
        .map_or(0, Vec::len);
    if before > 0 {
        report.en += &format!(
            "\n{before} record(s) of this file were filed before the refusal; to drop the mended file again files the others"
        );
        report.es += &format!(
            "\n{before} registro(s) de este archivo se presentaron antes del rechazo; al volver a dejar el archivo corregido se presentan los demás"
        );
    }
    report
}

/// The file can't be read at all.
pub(super) fn unreadable(name: &str, why: &str) -> Report {
    Report {
        name: name.to_owned(),
        code: "unreadable",
        en: format!("cannot be read: {why}"),
        es: format!("no se puede leer: {why}"),
        answer: Value::Null,
    }
}

/// The file was sent so long ago that the node no longer tells whether it took it.
pub(super) fn unsure(name: &str, at_ms: i64) -> Report {
    let at = instant_text(at_ms);
    Report {
        name: name.to_owned(),
        code: "outcome-unknown",
        en: format!(
            "sent at {at}; the answer never came. Look in the console whether its records are there; if not, drop the file again"
        ),
        es: format!(
            "enviado el {at}; la respuesta nunca llegó. Vea en la consola si están sus registros; si no, vuelva a dejar el archivo"
        ),
        answer: Value::Null,
    }
}

impl Report {
    /// One line for the watcher's own output.
    pub(super) fn line(&self) -> String {
        let first = self.en.lines().next().unwrap_or("");
        format!("{}: {first}", self.name)
    }

    /// Writes `FILE.report.txt` and `FILE.report.json`; both are on disk on return.
    pub(super) fn write(&self, file: &Path) -> io::Result<()> {
        let beside = |ending: &str| {
            let mut name = file.as_os_str().to_owned();
            name.push(ending);
            name
        };
        let text = format!("{}\n\n{}\n\n{}\n", self.name, self.en, self.es);
        let data = json!({
            "file": self.name,
            "code": self.code,
            "en": self.en,
            "es": self.es,
            "answer": self.answer,
        });
        for (ending, bytes) in [
            (".report.txt", text.into_bytes()),
            (".report.json", data.to_string().into_bytes()),
        ] {
            let mut written = File::create(beside(ending))?;
            written.write_all(&bytes)?;
            written.sync_all()?;
        }
        Ok(())
    }
}
