//! `garita fsck`: the log against the store against the files. Only reads; says what does not hold, and what to do.

use std::io::IsTerminal as _;
use std::process::ExitCode;

use clap::Args;
use garita_exchange::signing::LogVerifier;
use garita_exchange::upkeep::{self, By};
use garita_node::programs;
use garita_tlog::{Checkpoint, VerifierKey};
use serde_json::{Value, json};

use super::{Folder, files};
use crate::{Data, say};

/// Faults that are told one by one.
const TOLD: usize = 50;

/// Checks that the tree is that of its leaves, the checkpoint that of the tree and signed by this node's key, that each entry commits to what
/// the store says, each record is what it says and stamped by its home, the tables agree, and each file has its digest. The node may run.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit: 0 all holds, 1 something does not, 2 the folder cannot be read.\n\nExamples:\n  garita fsck --data us\n  garita fsck --data us --proofs --json"
)]
pub(crate) struct FsckArgs {
    #[command(flatten)]
    data: Data,
    /// Verify each record's proof as well: some ten thousand records a second
    #[arg(long)]
    proofs: bool,
    /// Do not read the attachments
    #[arg(long)]
    no_files: bool,
    /// One JSON object
    #[arg(long)]
    json: bool,
    /// Language of the findings
    #[arg(long, default_value = "en", value_parser = ["en", "es"])]
    lang: String,
}

/// What does not hold.
struct Finding {
    code: String,
    place: String,
    en: String,
    es: String,
}

#[derive(Default)]
struct Account {
    findings: Vec<Finding>,
    entries: u64,
    files: u64,
    more: u64,
}

impl Account {
    fn add(
        &mut self,
        code: &str,
        place: impl Into<String>,
        en: impl Into<String>,
        es: impl Into<String>,
    ) {
        self.findings.push(Finding {
            code: code.to_owned(),
            place: place.into(),
            en: en.into(),
            es: es.into(),
        });
    }
}

pub(crate) fn fsck(args: &FsckArgs) -> ExitCode {
    let folder = match Folder::open(&args.data.data) {
        Ok(folder) => folder,
        Err(error) => return say::unusable(error),
    };
    let account = match examine(&folder, args) {
        Ok(account) => account,
        Err(error) => return say::unusable(error),
    };
    tell(&account, args);
    if account.findings.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn examine(folder: &Folder, args: &FsckArgs) -> Result<Account, String> {
    let mut account = Account::default();
    tree(folder, &mut account);
    let damages = folder.reader.damages().map_err(|e| e.to_string())?;
    for damage in damages {
        let (en, es) = of_tables(damage.code);
        account.add(
            damage.code,
            format!("{} ({})", damage.count, damage.examples.join(", ")),
            en,
            es,
        );
    }
    let network = folder.network()?;
    let installed = folder.config.data.join(programs::FOLDER);
    let canonicalizer = if args.proofs {
        let extra = installed.is_dir().then_some(installed.as_path());
        let programs = programs::load(extra).map_err(|e| e.to_string())?;
        Some(programs.canonicalizer().map_err(|e| e.to_string())?)
    } else {
        None
    };
    let by = By {
        network: &network,
        node: &folder.config.identity.did,
        proofs: canonicalizer.as_ref(),
    };
    let watched = std::io::stderr().is_terminal();
    let (faults, count) = upkeep::entries(&folder.reader, by, TOLD, |seen| {
        account.entries = seen;
        if watched && seen.is_multiple_of(50_000) {
            say::talk(format!("{seen} entries"));
        }
    })
    .map_err(|e| e.to_string())?;
    account.more = count.saturating_sub(faults.len() as u64);
    for fault in faults {
        let place = format!("entry {}, {}", fault.index, fault.record);
        account.add(&fault.code, place, fault.en, fault.es);
    }
    if !args.no_files {
        attachments(folder, &mut account)?;
    }
    Ok(account)
}

/// The tree from its first leaf, and its checkpoint.
fn tree(folder: &Folder, account: &mut Account) {
    if let Err(error) = folder.reader.verify_tail(u64::MAX) {
        account.add(
            "log-damaged",
            "log",
            error.to_string(),
            format!("la bitácora no concuerda consigo misma ({error})"),
        );
        return;
    }
    let Ok(head) = folder.reader.head() else {
        return;
    };
    let identity = &folder.config.identity;
    let key = identity.log_key.verification_key().ed25519_bytes();
    let key = key
        .and_then(|key| VerifierKey::ed25519(&identity.origin, key).ok())
        .and_then(|key| LogVerifier::parse(&key.to_string()).ok());
    let signed = match (&head.checkpoint, key) {
        (None, _) => true,
        (Some(note), Some(key)) => {
            Checkpoint::open(note.as_bytes(), &identity.origin, &key).is_ok()
        }
        (Some(_), None) => false,
    };
    if !signed {
        account.add(
            "checkpoint-unsigned",
            "log",
            "the newest checkpoint is not signed by this node's log key (`keys/log.json`)",
            "el último punto de control no está firmado con la llave de la bitácora de este nodo (`keys/log.json`)",
        );
    }
}

/// Each file that is known: there, as long as it was, with its digest.
fn attachments(folder: &Folder, account: &mut Account) -> Result<(), String> {
    let mut after = None;
    loop {
        let page = folder
            .reader
            .node_attachments(after.as_ref(), 500)
            .map_err(|e| e.to_string())?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        after = Some(last.digest);
        for file in &page {
            account.files += 1;
            let name = files::hex(&file.digest);
            match files::digest(&folder.reader.blobs().path(&file.digest)) {
                Err(error) => account.add(
                    "file-missing",
                    name,
                    format!("the attachment cannot be read: {error}"),
                    "el adjunto no se puede leer",
                ),
                Ok((bytes, sha256)) if bytes == file.size && sha256 == name => {}
                Ok(_) => account.add(
                    "file-other",
                    name,
                    "the attachment's bytes are not those of its digest",
                    "los bytes del adjunto no son los de su resumen",
                ),
            }
        }
    }
}

fn of_tables(code: &str) -> (&'static str, &'static str) {
    match code {
        "database-damaged" => (
            "the database says that its file is damaged",
            "la base de datos dice que su archivo está dañado",
        ),
        "outbox-gap" => (
            "the sequence of deliveries to a peer has gaps",
            "la secuencia de entregas a un nodo tiene huecos",
        ),
        "counts-wrong" => (
            "counts by state are not those of the cases",
            "los conteos por estado no son los de los expedientes",
        ),
        "erased-kept" => (
            "records that are said to be erased have a salt, a base proof or a file yet",
            "registros que constan como borrados aún tienen sal, prueba base o archivo",
        ),
        "erasure-of-nothing" => (
            "what is said to be erased is not marked so",
            "lo que consta como borrado no está marcado así",
        ),
        "salt-missing" => (
            "entries without a salt: nobody can be shown what they commit to",
            "entradas sin sal: a nadie se le puede mostrar qué comprometen",
        ),
        _ => ("tables contradict each other", "las tablas se contradicen"),
    }
}

fn tell(account: &Account, args: &FsckArgs) {
    let spanish = args.lang == "es";
    if args.json {
        let findings: Vec<Value> = account
            .findings
            .iter()
            .map(|f| json!({ "code": f.code, "place": f.place, "message": if spanish { &f.es } else { &f.en } }))
            .collect();
        say::data(json!({
            "holds": account.findings.is_empty(),
            "entries": account.entries,
            "files": account.files,
            "findings": findings,
            "more": account.more,
        }));
        return;
    }
    for finding in &account.findings {
        let sentence = if spanish { &finding.es } else { &finding.en };
        say::words(format!("{}: {}: {sentence}", finding.code, finding.place));
    }
    if account.more > 0 {
        say::data(if spanish {
            format!("y {} más", account.more)
        } else {
            format!("and {} more", account.more)
        });
    }
    let (entries, files) = (account.entries, account.files);
    say::data(match (account.findings.is_empty(), spanish) {
        (true, false) => format!("all holds: {entries} log entries, {files} files"),
        (true, true) => {
            format!("todo concuerda: {entries} entradas de la bitácora, {files} archivos")
        }
        (false, false) => format!(
            "{} findings in {entries} log entries and {files} files; stop the node, keep this folder, and restore a copy that holds",
            account.findings.len()
        ),
        (false, true) => format!(
            "{} hallazgos en {entries} entradas y {files} archivos; detenga el nodo, conserve esta carpeta y restaure una copia que concuerde",
            account.findings.len()
        ),
    });
}
