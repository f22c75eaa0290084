//! `garita evidence export|verify|page`: what proves a case, as one file that is judged with nothing but this binary.

mod page;

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use garita_exchange::evidence::report::{Finding, RecordLine, Report, Standing};
use garita_exchange::evidence::verify::{Ground, Judged, verify};
use garita_exchange::evidence::{BUNDLE_BYTES_MAX, FORMAT};
use garita_node::config::NodeConfig;
use reqwest::Url;
use serde_json::Value;

use crate::shown::Language;
use crate::{export, say};

#[derive(Debug, Subcommand)]
pub(crate) enum EvidenceCommand {
    /// Write what a party holds of a case, with all that proves it, as one file (the node must run)
    Export(ExportArgs),
    /// Check such a file, without a node and without a network; exit 0 all holds, 1 something does not, 2 unreadable
    Verify(VerifyArgs),
    /// Write the file as a page for people to read and print; exit codes as of verify
    Page(PageArgs),
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  garita evidence export trip/TOCQ:TOCQ2611240417 --data customs --party cbp > case.json\n  garita evidence export trip TOCQ:TOCQ2611240417 --url http://127.0.0.1:8080 --token-file cbp.token --out case.json"
)]
pub(crate) struct ExportArgs {
    /// The case: KIND/KEY, or KIND KEY
    #[arg(required = true, num_args = 1..=2, value_name = "CASE")]
    case: Vec<String>,
    /// The node's folder, on its own machine
    #[arg(long, requires = "party", conflicts_with_all = ["url", "token_file"])]
    data: Option<PathBuf>,
    /// Short name of the party whose records it is of; its API token lies in the node's folder
    #[arg(long, requires = "data")]
    party: Option<String>,
    /// The node's address
    #[arg(long, requires = "token_file")]
    url: Option<String>,
    /// File with the party's API token
    #[arg(long, requires = "url")]
    token_file: Option<PathBuf>,
    /// File to write; stdout where absent
    #[arg(long)]
    out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    #[command(flatten)]
    judged: JudgedArgs,
    /// One JSON object, for programs
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct PageArgs {
    #[command(flatten)]
    judged: JudgedArgs,
}

#[derive(Debug, Args)]
struct JudgedArgs {
    /// The file (`-` for standard input)
    file: PathBuf,
    /// Digest of the network's genesis as you know it from elsewhere (ni:///sha-256;…); without it any network's file may hold
    #[arg(long, value_name = "DIGEST")]
    network: Option<String>,
    /// Language of what is said
    #[arg(long, value_enum, default_value = "en")]
    lang: Language,
}

pub(crate) fn evidence(command: EvidenceCommand) -> ExitCode {
    match command {
        EvidenceCommand::Export(args) => export(&args),
        EvidenceCommand::Verify(args) => match judge(&args.judged) {
            Ok((judged, _)) => {
                if args.json {
                    say::data(as_json(&judged.report));
                } else {
                    for line in lines(&judged.report, args.judged.lang) {
                        say::words(line);
                    }
                }
                code(&judged.report)
            }
            Err(exit) => exit,
        },
        EvidenceCommand::Page(args) => match judge(&args.judged) {
            Ok((judged, digest)) => {
                say::data(page::page(&judged, &digest, args.judged.lang));
                code(&judged.report)
            }
            Err(exit) => exit,
        },
    }
}

fn code(report: &Report) -> ExitCode {
    if report.holds() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn export(args: &ExportArgs) -> ExitCode {
    let (kind, key) = match args.case.as_slice() {
        [kind, key] => (kind.as_str(), key.as_str()),
        [case] => match case.split_once('/') {
            Some(case) => case,
            None => return say::unusable(format!("`{case}`: write a case as KIND/KEY")),
        },
        _ => return say::unusable("write a case as KIND/KEY"),
    };
    let (url, token_file) = match (&args.data, &args.party, &args.url, &args.token_file) {
        (Some(data), Some(party), ..) => match NodeConfig::read(data) {
            Ok(config) => (
                format!("http://{}", config.file.listen),
                data.join(format!("{party}.token")),
            ),
            Err(error) => return say::unusable(error),
        },
        (_, _, Some(url), Some(token_file)) => (url.clone(), token_file.clone()),
        _ => {
            return say::unusable(
                "say where: --data DIR --party SLUG, or --url URL --token-file FILE",
            );
        }
    };
    let token = match fs::read_to_string(&token_file) {
        Ok(token) => token,
        Err(error) => return say::unusable(format!("{}: {error}", token_file.display())),
    };
    let mut target = match Url::parse(url.trim_end_matches('/')) {
        Ok(target) => target,
        Err(error) => return say::unusable(format!("`{url}`: {error}")),
    };
    match target.path_segments_mut() {
        Ok(mut path) => {
            path.pop_if_empty()
                .extend(["v1", "cases", kind, key, "evidence"]);
        }
        Err(()) => return say::unusable(format!("`{url}` is no address of a node")),
    }
    let bundle = match export::ask(target, token.trim()) {
        Ok(bundle) => bundle,
        Err(why) => return say::no(why),
    };
    if bundle.get("format").and_then(Value::as_str) != Some(FORMAT) {
        return say::no(format!("what `{url}` answered is no `{FORMAT}`"));
    }
    match &args.out {
        None => say::data(&bundle),
        Some(path) => {
            if let Err(error) = fs::write(path, bundle.to_string()) {
                return say::unusable(format!("{}: {error}", path.display()));
            }
        }
    }
    let count = bundle.get("records").and_then(Value::as_array);
    say::talk(format!(
        "{} records of {kind}/{key} as of {}; check them anywhere with `garita evidence verify`",
        count.map_or(0, Vec::len),
        bundle
            .get("exported")
            .and_then(Value::as_str)
            .unwrap_or_default()
    ));
    ExitCode::SUCCESS
}

/// Reads and judges a file; with the digest of its bytes.
fn judge(args: &JudgedArgs) -> Result<(Judged, String), ExitCode> {
    let unusable = |why: String| say::unusable(format!("{}: {why}", args.file.display()));
    let bytes = read(&args.file).map_err(unusable)?;
    // The programs that this binary carries: what they call their members is known, whatever the file says.
    let contexts = garita_node::programs::load(None)
        .and_then(|programs| programs.canonicalizer())
        .map_err(|error| unusable(error.to_string()))?
        .contexts()
        .clone();
    let ground = Ground {
        network: args.network.as_deref(),
        contexts,
    };
    match verify(&bytes, &ground) {
        Ok(judged) => {
            let digest = <sha2::Sha256 as sha2::Digest>::digest(&bytes);
            let name = garita_exchange::encode::ni(&digest.into());
            Ok((judged, name))
        }
        Err(fault) => {
            let text = args.lang.pick(&fault.en, &fault.es);
            let place = if fault.pointer.is_empty() {
                String::new()
            } else {
                format!(" {}", fault.pointer)
            };
            Err(unusable(format!("{}{place}: {text}", fault.code)))
        }
    }
}

/// The bytes, one more than the limit at most: the reader tells that it is too large.
fn read(file: &Path) -> Result<Vec<u8>, String> {
    let limit = u64::try_from(BUNDLE_BYTES_MAX).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    let read = if file.as_os_str() == "-" {
        std::io::stdin().take(limit + 1).read_to_end(&mut bytes)
    } else {
        File::open(file).and_then(|file| file.take(limit + 1).read_to_end(&mut bytes))
    };
    read.map(|_| bytes).map_err(|e| e.to_string())
}

impl Language {
    /// Of two sentences the one in this language.
    fn pick<'a>(self, en: &'a str, es: &'a str) -> &'a str {
        match self {
            Self::En => en,
            Self::Es => es,
        }
    }

    /// What stands before a finding.
    fn standing(self, standing: Standing) -> &'static str {
        match standing {
            Standing::Proven => self.pick("proven", "probado"),
            Standing::NotProven => self.pick("not proven", "no probado"),
            Standing::DoesNotHold => self.pick("DOES NOT HOLD", "NO SE SOSTIENE"),
        }
    }
}

/// Findings by the record that they are of, and those of no single record.
fn sorted(report: &Report) -> (Vec<Vec<&Finding>>, Vec<&Finding>) {
    let mut of_records: Vec<Vec<&Finding>> = report.records.iter().map(|_| Vec::new()).collect();
    let mut of_whole = Vec::new();
    for finding in &report.findings {
        let number = finding
            .pointer
            .strip_prefix("/records/")
            .and_then(|rest| rest.split('/').next()?.parse::<usize>().ok());
        match number.and_then(|n| of_records.get_mut(n)) {
            Some(of_record) => of_record.push(finding),
            None => of_whole.push(finding),
        }
    }
    (of_records, of_whole)
}

/// The verdict in one sentence.
fn verdict(report: &Report, lang: Language) -> String {
    let count = |standing| report.of(standing).count();
    let (proven, said) = (count(Standing::Proven), count(Standing::NotProven));
    match count(Standing::DoesNotHold) {
        0 => lang
            .pick(
                "all holds: {proven} statements are proven; {said} are not, and are named",
                "todo se sostiene: {proven} afirmaciones quedan probadas; {said} no, y se nombran",
            )
            .replace("{proven}", &proven.to_string())
            .replace("{said}", &said.to_string()),
        faults => lang
            .pick(
                "THE FILE DOES NOT HOLD: {faults} things in it contradict each other or what was signed",
                "EL ARCHIVO NO SE SOSTIENE: {faults} cosas en él se contradicen o contradicen lo firmado",
            )
            .replace("{faults}", &faults.to_string()),
    }
}

fn title(report: &Report, lang: Language) -> String {
    let case = report.cases.first();
    let case = case.map_or_else(String::new, |case| format!("{}/{}", case.kind, case.key));
    lang.pick(
        "Evidence of {case}, as {party} held it at node \"{node}\" on {at}",
        "Evidencia de {case}, como la tenía {party} en el nodo «{node}» el {at}",
    )
    .replace("{case}", &case)
    .replace("{party}", &report.party_name)
    .replace("{node}", &report.node_name)
    .replace("{at}", &report.exported)
}

/// One line of a record: what, by whom, when.
fn heading(record: &RecordLine, lang: Language) -> String {
    lang.pick(
        "{kind} ({view}) of {issuer}, of {occurred} as it says; {id}",
        "{kind} ({view}) de {issuer}, del {occurred} según dice; {id}",
    )
    .replace("{kind}", &record.record_type)
    .replace("{view}", &record.view)
    .replace("{issuer}", &record.issuer_name)
    .replace("{occurred}", &record.occurred)
    .replace("{id}", &record.id)
}

fn lines(report: &Report, lang: Language) -> Vec<String> {
    let finding = |f: &Finding| {
        let told = lang.pick(&f.en, &f.es);
        match f.standing {
            Standing::DoesNotHold => format!(
                "   {}: {} {}: {told}",
                lang.standing(f.standing),
                f.code,
                f.pointer
            ),
            Standing::Proven | Standing::NotProven => {
                format!("   {}: {told}", lang.standing(f.standing))
            }
        }
    };
    let mut out = vec![title(report, lang), verdict(report, lang)];
    let (of_records, mut whole) = sorted(report);
    for (n, (record, findings)) in report.records.iter().zip(of_records).enumerate() {
        out.push(String::new());
        out.push(format!("{}. {}", n + 1, heading(record, lang)));
        out.extend(findings.into_iter().map(finding));
    }
    out.push(String::new());
    out.push(
        lang.pick("of the whole file", "de todo el archivo")
            .to_owned(),
    );
    whole.sort_by_key(|f| f.standing != Standing::Proven);
    out.extend(whole.into_iter().map(finding));
    out.push(String::new());
    out.push(verdict(report, lang));
    out
}

fn as_json(report: &Report) -> Value {
    let mut value = serde_json::to_value(report).unwrap_or_default();
    if let Value::Object(members) = &mut value {
        let result = if report.holds() {
            "holds"
        } else {
            "does-not-hold"
        };
        members.insert("result".to_owned(), result.into());
    }
    value
}
