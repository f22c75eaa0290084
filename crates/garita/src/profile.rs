//! `garita profile check FOLDER…`: the whole program judged before it runs, its examples, its scenarios in many orders.
//! `garita profile diff OLD NEW`: what a version changes, in plain words. `garita profile package FOLDER`: one file of it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;

use garita_credential::vc;
use garita_exchange::FieldChecks;
use garita_exchange::program::{Programs, read_folder, read_package};
use garita_profile::{FindingSeverity, Folder};
use garita_profile::{check, diff, examples, package, scenario, uses};

use crate::{adopt, say};

#[derive(Debug, Subcommand)]
pub(crate) enum ProfileCommand {
    /// Check folders: names, life cycle, expressions, texts, views, examples, scenarios; exit 0 sound, 1 findings, 2 unreadable
    Check {
        /// Profile folders, or packages of them
        #[arg(required = true)]
        folders: Vec<PathBuf>,
        /// Leave the scenarios out
        #[arg(long)]
        no_scenarios: bool,
        /// Seeded orders with repeats for a case of more than six records (fewer are tried in every order)
        #[arg(long, default_value_t = scenario::SEEDED_ORDERS)]
        orders: usize,
    },
    /// What NEW changes against OLD, a sentence each; exit 0 the same, 1 changes, 2 unreadable
    Diff {
        /// The version in force
        old: PathBuf,
        /// The version proposed
        new: PathBuf,
        /// Language of the sentences
        #[arg(long, value_enum, default_value_t = Lang::En)]
        lang: Lang,
        /// As JSON, in both languages
        #[arg(long)]
        json: bool,
    },
    /// One file of a folder, the same bytes for the same files, with the digests of the whole and of its core; exit 0 made, 2 not
    Package {
        /// Profile folder
        folder: PathBuf,
        /// File to write
        #[arg(long)]
        out: PathBuf,
    },
    /// Write what the charter's offices are to sign for a version: which package, after which, in force from when (the node must run)
    Propose(adopt::ProposeArgs),
    /// Add an office's signature to a proposed version; exit 0 signed, 1 refused, 2 unreadable
    Sign(adopt::SignArgs),
    /// Have the network adopt a version that all its offices signed (the node that founded the network, running)
    Adopt(adopt::AdoptArgs),
    /// Put a package among a node's programs; it is taken up when the node starts next
    Install(adopt::InstallArgs),
}

/// A language of the sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Lang {
    /// English
    En,
    /// Spanish
    Es,
}

pub(crate) fn profile(command: ProfileCommand) -> ExitCode {
    match command {
        ProfileCommand::Check {
            folders,
            no_scenarios,
            orders,
        } => checked(folders, no_scenarios, orders),
        ProfileCommand::Diff {
            old,
            new,
            lang,
            json,
        } => compared(&old, &new, lang, json),
        ProfileCommand::Package { folder, out } => packed(&folder, &out),
        ProfileCommand::Propose(args) => adopt::propose(&args),
        ProfileCommand::Sign(args) => adopt::sign(&args),
        ProfileCommand::Adopt(args) => adopt::adopt(&args),
        ProfileCommand::Install(args) => adopt::install(&args),
    }
}

fn compared(old: &Path, new: &Path, lang: Lang, json: bool) -> ExitCode {
    let read = |root: &Path| {
        let folder = read_profile(root)?;
        let beside = beside(root, &folder)?;
        Ok::<_, String>((folder, beside))
    };
    let ((was, was_beside), (is, is_beside)) = match (read(old), read(new)) {
        (Ok(was), Ok(is)) => (was, is),
        (Err(error), _) | (_, Err(error)) => return say::unusable(error),
    };
    let was_pool: Vec<&Folder> = was_beside.iter().collect();
    let is_pool: Vec<&Folder> = is_beside.iter().collect();
    let found = match diff::diff(&was, &was_pool, &is, &is_pool) {
        Ok(found) => found,
        Err(findings) => {
            for f in findings {
                say::talk(format!("{}:{}: {}: {}", f.file, f.line, f.code, f.message));
            }
            return say::unusable(
                "one of the versions does not load; `garita profile check` says more",
            );
        }
    };
    if json {
        match serde_json::to_string_pretty(&found) {
            Ok(text) => say::data(text),
            Err(error) => return say::unusable(error),
        }
    } else {
        sentences(&found, lang);
    }
    if found.changes.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn sentences(found: &diff::Diff, lang: Lang) {
    let (core, face, wider, narrower) = match lang {
        Lang::En => ("core", "face", "wider", "narrower"),
        Lang::Es => ("núcleo", "rostro", "más a la vista", "menos a la vista"),
    };
    for change in &found.changes {
        let mut marks = vec![if change.core { core } else { face }];
        marks.extend(change.sees.map(|s| match s {
            diff::Sight::Wider => wider,
            diff::Sight::Narrower => narrower,
        }));
        let text = match lang {
            Lang::En => &change.en,
            Lang::Es => &change.es,
        };
        say::data(format!("[{}] {text}", marks.join(", ")));
    }
    let signed = found.changes.iter().filter(|c| c.core).count();
    let wider = |c: &&diff::Change| c.sees == Some(diff::Sight::Wider);
    let more = found.changes.iter().filter(wider).count();
    let (all, id, from, to) = (found.changes.len(), &found.profile, &found.from, &found.to);
    say::talk(match lang {
        Lang::En => format!(
            "{id} {from} to {to}: {all} changes, {signed} in the core that the offices sign, {more} by which somebody sees more"
        ),
        Lang::Es => format!(
            "{id} {from} a {to}: {all} cambios, {signed} en el núcleo que firman las autoridades, {more} por los que alguien ve más"
        ),
    });
}

fn packed(root: &Path, out: &Path) -> ExitCode {
    let made = read_folder(root)
        .map_err(|e| e.to_string())
        .and_then(|folder| {
            let beside = beside(root, &folder)?;
            let pool: Vec<&Folder> = beside.iter().collect();
            package::pack(&folder, &pool).map_err(|e| e.to_string())
        });
    let made = match made {
        Ok(made) => made,
        Err(error) => return say::unusable(error),
    };
    if let Err(error) = std::fs::write(out, &made.bytes) {
        return say::unusable(format!("`{}` cannot be written: {error}", out.display()));
    }
    say::data(format!("profile {} {}", made.profile, made.version));
    say::data(format!("digest  {}", made.digest));
    say::data(format!("core    {}", made.core));
    for path in &made.left_out {
        say::talk(format!("left out `{path}`: no file of a profile"));
    }
    say::talk(format!(
        "{} files, {} bytes in {}",
        made.files,
        made.bytes.len(),
        out.display()
    ));
    ExitCode::SUCCESS
}

/// A folder, or a package of one.
fn read_profile(root: &Path) -> Result<Folder, String> {
    if !root.is_file() {
        return read_folder(root).map_err(|e| e.to_string());
    }
    read_package(root)
        .map(|opened| opened.folder)
        .map_err(|e| e.to_string())
}

/// Members and types of a program's credentials that none of their contexts defines: nobody could sign one.
fn strange_terms(folder: &Folder, pool: &[&Folder]) -> Vec<(String, String, String)> {
    let all: Vec<&Folder> = pool.iter().copied().chain([folder]).collect();
    let Ok(programs) = Programs::from_folders(&all) else {
        return Vec::new();
    };
    let Ok(canonicalizer) = programs.canonicalizer() else {
        return Vec::new();
    };
    let own = uses::id_of(folder);
    let mut found = Vec::new();
    for profile in programs.iter() {
        let model = profile.model();
        for (name, credential) in &model.credentials {
            if model.profile_of(&format!("credentials.{name}")) != own.as_deref() {
                continue;
            }
            // An absolute IRI, so that a member which must be one is not the fault that is told.
            let problems = vc::check_terms(&credential.skeleton("urn:x:y"), &canonicalizer);
            found.extend(
                problems
                    .into_iter()
                    .map(|p| (name.clone(), p.pointer, p.message)),
            );
        }
    }
    found
}

fn checked(folders: Vec<PathBuf>, no_scenarios: bool, orders: usize) -> ExitCode {
    let mut sound = true;
    let mut read: Vec<(PathBuf, Folder)> = Vec::new();
    for root in folders {
        match read_profile(&root) {
            Ok(folder) => read.push((root, folder)),
            Err(error) => return say::unusable(error),
        }
    }
    let mut others: Vec<Folder> = Vec::new();
    for (i, (root, folder)) in read.iter().enumerate() {
        let beside = match beside(root, folder) {
            Ok(beside) => beside,
            Err(error) => return say::unusable(error),
        };
        // A package stands beside nothing: what it stands on is named with it.
        let named = read.iter().enumerate().filter(|(j, _)| *j != i);
        let named = named.map(|(_, (_, other))| other).filter(|other| {
            let id = uses::id_of(other);
            !beside.iter().any(|b| uses::id_of(b) == id)
        });
        let pool: Vec<&Folder> = beside.iter().chain(named).collect();
        let report = check::check_with(folder, &pool);
        told(&report, &root.display().to_string());
        sound &= report.is_sound();
        if !report.is_sound() {
            others.extend(beside);
            continue;
        }
        for (credential, pointer, why) in strange_terms(folder, &pool) {
            say::data(format!(
                "{}/profile.yaml: credential-term: `{credential}` at {pointer}: {why}",
                root.display()
            ));
            sound = false;
        }
        sound &= judged(root, &examples::run_examples(folder, &pool, &FieldChecks));
        if no_scenarios {
            others.extend(beside);
            continue;
        }
        let run = scenario::run_scenarios_with(folder, &pool, orders);
        for fault in &run.faults {
            say::data(format!(
                "{}/{}:{}: scenario: {}",
                root.display(),
                fault.file,
                fault.line,
                fault.what
            ));
        }
        for unreached in &run.unreached {
            say::data(format!(
                "{}: no scenario reaches {unreached}",
                root.display()
            ));
        }
        sound &= run.faults.is_empty();
        say::data(format!(
            "{}: {} scenarios, {} expectations, {} orders, {} faults",
            root.display(),
            run.scenarios,
            run.checks,
            run.orders,
            run.faults.len()
        ));
        others.extend(beside);
    }
    // One by one they are sound; a node reads those that stand on each other as one.
    if sound && read.len() > 1 {
        let mut all: Vec<&Folder> = read.iter().map(|(_, folder)| folder).collect();
        // What they stand on, where it is not among those named.
        for other in &others {
            if !all.iter().any(|held| held.0 == other.0) {
                all.push(other);
            }
        }
        let report = check::check_together(&all);
        told(&report, "together");
        sound &= report.is_sound();
    }
    if sound {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// What came of the examples, in words; whether all were judged as they say.
fn judged(root: &Path, report: &examples::ExampleReport) -> bool {
    let root = root.display();
    for fault in &report.faults {
        say::data(format!("{root}/{}: example: {}", fault.file, fault.what));
    }
    for code in &report.unbroken {
        say::data(format!("{root}: warning: no example breaks rule {code}"));
    }
    say::data(format!(
        "{root}: {} examples ({} valid, {} invalid), {} faults",
        report.valid + report.invalid + report.faults.len(),
        report.valid,
        report.invalid,
        report.faults.len()
    ));
    report.faults.is_empty()
}

fn told(report: &check::Report, root: &str) {
    for finding in &report.findings {
        let severity = match finding.severity {
            FindingSeverity::Error => "error",
            FindingSeverity::Warning => "warning",
        };
        say::data(format!(
            "{root}/{}:{}: {severity} {}: {}\n    {}",
            finding.file,
            finding.line,
            finding.code,
            finding.message,
            finding.help.replace('\n', "\n    ")
        ));
    }
}

/// The profiles beside a folder that it stands on, and those that these stand on.
fn beside(root: &Path, folder: &Folder) -> Result<Vec<Folder>, String> {
    let parent = root
        .canonicalize()
        .ok()
        .and_then(|r| r.parent().map(Path::to_path_buf))
        .unwrap_or_default();
    let mut found: Vec<Folder> = Vec::new();
    let mut open = uses::used_by(folder);
    let mut seen = BTreeSet::new();
    while let Some(id) = open.pop() {
        let other = parent.join(&id);
        if seen.insert(id) && other.join("profile.yaml").is_file() {
            let folder = read_folder(&other).map_err(|e| e.to_string())?;
            open.extend(uses::used_by(&folder));
            found.push(folder);
        }
    }
    Ok(found)
}
