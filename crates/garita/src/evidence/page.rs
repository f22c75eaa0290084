//! A bundle as one page for people: no script, nothing fetched, fit to be printed. It says what was judged, and by which file.

use std::fmt::Write as _;

use garita_exchange::evidence::report::{Finding, RecordLine, Report, Standing};
use garita_exchange::evidence::verify::Judged;
use serde_json::Value;

use super::{heading, sorted, title, verdict};
use crate::shown::Language;

/// Members of a record's subject that are shown; who needs more reads the file.
const MEMBERS_MAX: usize = 200;

const STYLE: &str = "body{font:15px/1.45 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem;color:#16181d}\
h1,h2,li,dd{overflow-wrap:anywhere}h1{font-size:1.3rem}h2{font-size:1.05rem;margin:1.6rem 0 .4rem;border-top:1px solid #c9ccd3;padding-top:.8rem}\
.verdict{border:2px solid;padding:.6rem .9rem;font-weight:600}.holds{border-color:#1b6e3c}.fails{border-color:#a3161a;color:#a3161a}\
ul{list-style:none;padding:0;margin:.4rem 0}li{padding-left:1.6rem;text-indent:-1.6rem;margin:.2rem 0}\
.does-not-hold{color:#a3161a;font-weight:600}.not-proven{color:#5a5f69}\
dl{display:grid;grid-template-columns:minmax(8rem,auto) 1fr;gap:.1rem .8rem;margin:.4rem 0}dt{color:#5a5f69}dd{margin:0;overflow-wrap:anywhere}\
.id{font-family:ui-monospace,monospace;font-size:.82em;overflow-wrap:anywhere}\
@media print{body{margin:0;max-width:none;font-size:10.5pt}section{break-inside:avoid}}";

/// The whole page. `digest` names the file that was judged.
pub(super) fn page(judged: &Judged, digest: &str, lang: Language) -> String {
    let report = &judged.report;
    let mut out = String::new();
    let (code, tone) = (
        lang.pick("en", "es"),
        if report.holds() { "holds" } else { "fails" },
    );
    // Writing to a string cannot fail; here and below.
    let _ = write!(
        out,
        "<!doctype html><html lang=\"{code}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title><style>{STYLE}</style></head><body><h1>{title}</h1><p class=\"verdict {tone}\">{verdict}</p>",
        title = escape(&title(report, lang)),
        verdict = escape(&verdict(report, lang)),
    );
    facts(&mut out, report, digest, lang);
    let (of_records, whole) = sorted(report);
    for (n, (record, own)) in report.records.iter().zip(of_records).enumerate() {
        let _ = write!(
            out,
            "<section><h2>{}. {}</h2>",
            n + 1,
            escape(&heading(record, lang))
        );
        subject(&mut out, judged, record);
        findings(&mut out, &own, lang);
        out.push_str("</section>");
    }
    for (standing, en, es) in [
        (
            Standing::DoesNotHold,
            "What does not hold",
            "Lo que no se sostiene",
        ),
        (
            Standing::Proven,
            "What is proven of the whole",
            "Lo que queda probado del conjunto",
        ),
        (
            Standing::NotProven,
            "What is not proven",
            "Lo que no queda probado",
        ),
    ] {
        let some: Vec<&Finding> = whole
            .iter()
            .copied()
            .filter(|f| f.standing == standing)
            .collect();
        if !some.is_empty() {
            let _ = write!(out, "<section><h2>{}</h2>", lang.pick(en, es));
            findings(&mut out, &some, lang);
            out.push_str("</section>");
        }
    }
    let _ = write!(
        out,
        "<p class=\"not-proven\">{}</p></body></html>",
        escape(lang.pick(
            "This page proves nothing by itself: it tells what `garita evidence verify` found in the file named above. Whoever has that file can have it judged again, without a node and without a network.",
            "Esta página no prueba nada por sí misma: dice lo que `garita evidence verify` encontró en el archivo nombrado arriba. Quien tenga ese archivo puede hacerlo juzgar de nuevo, sin nodo y sin red.",
        ))
    );
    out
}

fn facts(out: &mut String, report: &Report, digest: &str, lang: Language) {
    let cases: Vec<String> = report
        .cases
        .iter()
        .map(|case| format!("{}/{}", case.kind, case.key))
        .collect();
    out.push_str("<dl>");
    for (en, es, text) in [
        (
            "Network",
            "Red",
            format!("{} · {}", report.network_name, report.network),
        ),
        ("Cases", "Expedientes", cases.join(", ")),
        (
            "Party",
            "Parte",
            format!("{} · {}", report.party_name, report.party),
        ),
        (
            "Written by",
            "Lo escribió",
            format!("{} · {}", report.node_name, report.node),
        ),
        ("Written at", "Escrito el", report.exported.clone()),
        (
            "Digest of the file",
            "Huella del archivo",
            digest.to_owned(),
        ),
    ] {
        let _ = write!(
            out,
            "<dt>{}</dt><dd class=\"id\">{}</dd>",
            lang.pick(en, es),
            escape(&text)
        );
    }
    out.push_str("</dl>");
}

/// What the record states, member by member.
fn subject(out: &mut String, judged: &Judged, record: &RecordLine) {
    let place = record.pointer.strip_prefix("/records/");
    let held = place
        .and_then(|n| n.parse::<usize>().ok())
        .and_then(|n| judged.bundle.records.get(n));
    let document = held.and_then(|r| serde_json::from_str::<Value>(&r.document).ok());
    let Some(subject) = document.as_ref().and_then(|d| d.get("credentialSubject")) else {
        return;
    };
    let mut members = Vec::new();
    flatten(subject, String::new(), &mut members);
    out.push_str("<dl>");
    for (name, value) in members {
        let _ = write!(out, "<dt>{}</dt><dd>{}</dd>", escape(&name), escape(&value));
    }
    out.push_str("</dl>");
}

/// Scalars with their place, in the document's order. As deep as a record may be nested, which its reading has bounded.
fn flatten(value: &Value, at: String, out: &mut Vec<(String, String)>) {
    let under = |step: &str| {
        if at.is_empty() {
            step.to_owned()
        } else {
            format!("{at} · {step}")
        }
    };
    if out.len() >= MEMBERS_MAX {
        return;
    }
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                flatten(value, under(name), out);
            }
        }
        Value::Array(items) => {
            for (n, item) in items.iter().enumerate() {
                flatten(item, under(&(n + 1).to_string()), out);
            }
        }
        Value::String(text) => out.push((at, text.clone())),
        Value::Null | Value::Bool(_) | Value::Number(_) => out.push((at, value.to_string())),
    }
}

fn findings(out: &mut String, findings: &[&Finding], lang: Language) {
    out.push_str("<ul>");
    for finding in findings {
        let (class, mark) = match finding.standing {
            Standing::Proven => ("proven", "✓"),
            Standing::NotProven => ("not-proven", "○"),
            Standing::DoesNotHold => ("does-not-hold", "✗"),
        };
        let code = match finding.standing {
            Standing::DoesNotHold => format!(" ({} {})", finding.code, finding.pointer),
            Standing::Proven | Standing::NotProven => String::new(),
        };
        let _ = write!(
            out,
            "<li class=\"{class}\">{mark} {}: {}{}</li>",
            lang.standing(finding.standing),
            escape(lang.pick(&finding.en, &finding.es)),
            escape(&code)
        );
    }
    out.push_str("</ul>");
}

/// Text from the file as text of the page, whatever is in it: marks of direction too, which would make it read otherwise than it is.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                out.push('\u{fffd}');
            }
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_a_file_is_never_a_tag() {
        assert_eq!(
            escape("<b a='1' c=\"2\">&\u{202e}\u{1b}"),
            "&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;\u{fffd}\u{fffd}"
        );
    }

    #[test]
    fn members_are_told_with_their_place() {
        let mut out = Vec::new();
        let value = serde_json::json!({ "a": { "b": [1, "x"] }, "c": true });
        flatten(&value, String::new(), &mut out);
        let told: Vec<String> = out.iter().map(|(n, v)| format!("{n}={v}")).collect();
        assert_eq!(told, ["a · b · 1=1", "a · b · 2=x", "c=true"]);
    }
}
