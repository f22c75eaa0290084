//! `garita credential inspect`: in words, who says what, what was checked, what was not.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use garita_credential::judge::Checks;
use garita_credential::{Code, Lang, presentation, vc};
use serde_json::Value;

use super::read;
use super::verify::{Bench, By};
use crate::say;

/// Lines of what a subject says; more are counted.
const LINES_MAX: usize = 200;
/// Characters of a value; pictures are carried in texts too.
const VALUE_CHARS_MAX: usize = 120;

/// What was looked at, in both languages, and which codes are against it.
type Group = (&'static str, &'static str, fn(Code) -> bool);

#[derive(Debug, Args)]
pub(crate) struct InspectArgs {
    #[command(flatten)]
    by: By,
    /// A credential or presentation, JSON or the text of a QR code
    file: PathBuf,
}

pub(super) fn inspect(args: &InspectArgs) -> ExitCode {
    let document = match read(&args.file) {
        Ok(document) => document,
        Err((code, why)) => {
            return say::unusable(format!("{}: {code}: {why}", args.file.display()));
        }
    };
    if !document.is_object() {
        return say::unusable(format!(
            "{}: no credential: it is no object",
            args.file.display()
        ));
    }
    let bench = match Bench::of(&args.by, Checks::ALL) {
        Ok(bench) => bench,
        Err(error) => return say::unusable(error),
    };
    let words = Words(args.by.lang.of());
    let opened = bench.opened(&document);
    for line in said(opened.as_ref().unwrap_or(&document), words) {
        say::words(line);
    }
    let problems = bench.problems(&document);
    say::data("");
    say::data(words.of("Checked", "Revisado"));
    let groups: [Group; 4] = [
        ("the signatures hold", "las firmas son válidas", is_of_proof),
        ("it is in force", "está vigente", is_of_dates),
        (
            "who is named signed it",
            "la firmó quien dice",
            is_of_controller,
        ),
        (
            "its form is that of the standard",
            "su forma es la del estándar",
            |code| {
                !(is_of_proof(code)
                    || is_of_dates(code)
                    || is_of_controller(code)
                    || is_of_status(code))
            },
        ),
    ];
    // What somebody said is in force, and by whom it was signed, is said of nothing that was not signed.
    let is_signed = !problems.iter().any(|p| is_of_proof(p.code));
    for (en, es, belongs) in groups {
        let mut found = problems.iter().filter(|p| belongs(p.code)).peekable();
        if found.peek().is_none() && is_signed {
            say::data(format!("  {}: {}", words.of("yes", "sí"), words.of(en, es)));
        }
        for problem in found {
            let text = problem.code.describe(words.0);
            say::words(format!("  NO: {text} ({problem})"));
        }
    }
    let (unknown, of_status): (Vec<_>, Vec<_>) = problems
        .iter()
        .filter(|p| is_of_status(p.code))
        .partition(|p| p.code == Code::StatusListNotGiven);
    let named = statuses(opened.as_ref().unwrap_or(&document));
    if named > unknown.len() && of_status.is_empty() {
        let text = words.of("nothing is said against it", "nada se dice en su contra");
        say::data(format!("  {}: {text}", words.of("yes", "sí")));
    }
    for problem in of_status {
        let text = problem.code.describe(words.0);
        say::words(format!("  NO: {text} ({problem})"));
    }
    say::data("");
    say::data(words.of("Not checked", "No revisado"));
    let mut open = vec![words.of(
        "whether what it says is true, and whether its issuer may say so",
        "si lo que dice es cierto, y si su emisor puede decirlo",
    )];
    if !unknown.is_empty() {
        open.push(words.of(
            "whether it was revoked: give the list, --status URL=FILE",
            "si fue revocada: indique la lista, --status URL=ARCHIVO",
        ));
    } else if named == 0 {
        open.push(words.of(
            "whether it was revoked: it names no list",
            "si fue revocada: no nombra ninguna lista",
        ));
    }
    if presentation::is_one(&document) && !bench.asks() {
        open.push(words.of(
            "whether it was made for you and now: --challenge, --domain",
            "si se hizo para usted y ahora: --challenge, --domain",
        ));
    }
    if document.get("credentialSchema").is_some() {
        open.push(words.of(
            "whether it follows the schemas that it names: none is fetched",
            "si cumple los esquemas que nombra: ninguno se descarga",
        ));
    }
    for line in open {
        say::data(format!("  {line}"));
    }
    if problems.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// How many statuses a document names, with those of the credentials in it.
fn statuses(document: &Value) -> usize {
    many(document.get("credentialStatus")).len()
        + many(document.get("verifiableCredential"))
            .iter()
            .map(statuses)
            .sum::<usize>()
}

/// The language of what is said.
#[derive(Clone, Copy)]
struct Words(Lang);

impl Words {
    fn of(self, en: &'static str, es: &'static str) -> &'static str {
        match self.0 {
            Lang::En => en,
            Lang::Es => es,
        }
    }
}

/// Who says what, line by line.
fn said(document: &Value, words: Words) -> Vec<String> {
    let mut lines = Vec::new();
    if presentation::is_one(document) {
        let holder = presentation::holder_of(document);
        let nobody = words.of("nobody by name", "nadie con nombre");
        lines.push(format!(
            "{} {}",
            words.of("Shown by", "La muestra"),
            shown(holder.unwrap_or(nobody))
        ));
        for credential in presentation::credentials_of(document) {
            lines.push(String::new());
            lines.extend(said(credential, words));
        }
        return lines;
    }
    let text = |name: &str| document.get(name).and_then(Value::as_str).map(shown);
    let kinds: Vec<&str> = many(document.get("type"))
        .iter()
        .filter_map(Value::as_str)
        .collect();
    lines.push(shown(&kinds.join(", ")));
    let issuer = vc::issuer_of(document).unwrap_or_default();
    lines.push(format!(
        "{} {}",
        words.of("Said by", "Lo dice"),
        shown(issuer)
    ));
    if let Some(from) = text("validFrom").or_else(|| text("issuanceDate")) {
        lines.push(format!("{} {from}", words.of("From", "Desde")));
    }
    if let Some(until) = text("validUntil").or_else(|| text("expirationDate")) {
        lines.push(format!("{} {until}", words.of("Until", "Hasta")));
    }
    for proof in many(document.get("proof")) {
        let part = |name: &str| shown(proof.get(name).and_then(Value::as_str).unwrap_or("?"));
        lines.push(format!(
            "{} {} ({}, {})",
            words.of("Signed with", "Firmada con"),
            part("verificationMethod"),
            part("cryptosuite"),
            part("created"),
        ));
    }
    for subject in many(document.get("credentialSubject")) {
        let about = subject.get("id").and_then(Value::as_str);
        let unnamed = words.of("somebody without a name", "alguien sin nombre");
        lines.push(format!(
            "{} {}:",
            words.of("Of", "De"),
            shown(about.unwrap_or(unnamed))
        ));
        let before = lines.len();
        spread(subject, "  ", &mut lines);
        let more = lines.len().saturating_sub(before + LINES_MAX);
        if more > 0 {
            lines.truncate(before + LINES_MAX);
            lines.push(format!(
                "  … {more} {}",
                words.of("more lines", "líneas más")
            ));
        }
    }
    lines
}

/// The members of a value, one a line, those below indented.
fn spread(value: &Value, indent: &str, lines: &mut Vec<String>) {
    let Some(members) = value.as_object() else {
        return;
    };
    for (name, member) in members.iter().filter(|(name, _)| *name != "id") {
        let name = shown(name);
        for (n, item) in many(Some(member)).iter().enumerate() {
            let label = match member {
                Value::Array(items) if items.len() > 1 => format!("{name} {}", n + 1),
                _ => name.clone(),
            };
            match item {
                Value::Object(_) => {
                    lines.push(format!("{indent}{label}:"));
                    spread(item, &format!("{indent}  "), lines);
                }
                Value::String(text) => lines.push(format!("{indent}{label}: {}", shown(text))),
                other => lines.push(format!("{indent}{label}: {other}")),
            }
        }
    }
}

fn many(value: Option<&Value>) -> &[Value] {
    match value {
        None => &[],
        Some(Value::Array(items)) => items,
        Some(one) => std::slice::from_ref(one),
    }
}

/// Text from outside, short and without anything that moves a cursor.
fn shown(text: &str) -> String {
    let mut chars = text
        .chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c });
    let mut out: String = chars.by_ref().take(VALUE_CHARS_MAX).collect();
    if chars.next().is_some() {
        out.push('…');
    }
    out
}

fn is_of_proof(code: Code) -> bool {
    let name = code.as_str();
    [
        "proof",
        "suite-",
        "key-",
        "did-",
        "purpose-",
        "domain-",
        "challenge-",
        "previous-",
    ]
    .iter()
    .any(|start| name.starts_with(start))
}

fn is_of_dates(code: Code) -> bool {
    matches!(code, Code::CredentialExpired | Code::CredentialNotYetValid)
}

fn is_of_controller(code: Code) -> bool {
    matches!(code, Code::ControllerMismatch | Code::HolderMismatch)
}

fn is_of_status(code: Code) -> bool {
    let name = code.as_str();
    name.starts_with("status-")
        || matches!(
            code,
            Code::CredentialRevoked | Code::CredentialSuspended | Code::CredentialRefreshAvailable
        )
}
