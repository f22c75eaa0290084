//! The `garita` binary: arguments as typed, then a checked configuration; `main` only reports.
//!
//! Data goes to stdout, talk to stderr. Exit codes: 0 done, 1 the answer is no (refused, not valid, not in step), 2 unusable input.

mod adopt;
mod bench;
mod case;
mod conformance;
mod credential;
mod demo;
mod erase;
mod evidence;
mod export;
mod import;
mod key;
mod log;
mod node;
mod passphrase;
mod profile;
mod rotate;
mod say;
mod scorecard;
mod sheet;
mod shown;
mod upkeep;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

/// The fold makes and drops many small values on one thread while others do the same: the system's allocator took a third of the
/// sequencer's time (perf, demo of 60 s).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Debug, Parser)]
#[command(
    name = "garita",
    version,
    about = "The open exchange for border crossings: signed records, seen and proven on both sides.",
    after_help = "Examples:\n  garita demo                                   a stretch of a day at Laredo on four nodes\n  garita init --data a --network \"My network\" --party customs:\"US customs\":customs.us\n  garita serve --data a\n  garita import carta-porte --dry-run FILE.xml\n  garita credential verify FILE.json"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// A stretch of a day at Laredo on four nodes of this machine; synthetic data, no agency affiliation
    Demo(demo::DemoArgs),
    /// Make a node: its folder, keys, tokens and sign-in links
    Init(node::InitArgs),
    /// Run a node
    Serve(node::ServeArgs),
    /// Invite a peer, join by invitation, list peers
    #[command(subcommand)]
    Peer(node::PeerCommand),
    /// Print a one-time sign-in link for a person
    Link(node::LinkArgs),
    /// Print a new API token for a system of a party (the node must run)
    Token(node::TokenArgs),
    /// Public keys of systems that sign their requests: add, list, revoke; a passphrase for the node's own key files
    #[command(subcommand)]
    Key(key::KeyCommand),
    /// Copy a node's folder as of one instant (the node may run)
    Backup(upkeep::backup::BackupArgs),
    /// Make a node's folder from a copy
    Restore(upkeep::restore::RestoreArgs),
    /// Bring a node's folder to this program's schema, with a copy of the database made before (the node is stopped)
    Upgrade(upkeep::upgrade::UpgradeArgs),
    /// Check the log against the store against the files
    Fsck(upkeep::fsck::FsckArgs),
    /// Look at all that an operator would, and say what to do
    Doctor(upkeep::doctor::DoctorArgs),
    /// Have a party sign with new keys from now on, without stopping its node
    RotateKey(rotate::RotateArgs),
    /// Erase the content of records on this node; their places in the log and what followed from them stay
    Erase(erase::EraseArgs),
    /// Legal holds: what must not be erased
    #[command(subcommand)]
    Hold(erase::HoldCommand),
    /// Erase what is over by the rules of `node.json`
    #[command(subcommand)]
    Retention(erase::RetentionCommand),
    /// Revoke a party's key from now on (the node that founded the network)
    RevokeKey(node::RevokeArgs),
    /// Submit a draft or a signed record to a node
    Submit(node::SubmitArgs),
    /// Read a document that people already have: what it says, what is missing, all at once
    Import(import::ImportArgs),
    /// The public scorecard: enter projects and dated statements
    #[command(subcommand)]
    Scorecard(scorecard::ScorecardCommand),
    /// Write a case as a document that its party sends
    Export(export::ExportArgs),
    /// Spreadsheets of record types: the template to fill in
    #[command(subcommand)]
    Sheet(sheet::SheetCommand),
    /// Make keys, resolve DIDs, change the key of one with a history
    #[command(subcommand)]
    Did(credential::did::DidCommand),
    /// Lists of what became of credentials: revoked, suspended
    #[command(subcommand)]
    Status(credential::status::StatusCommand),
    /// Issue and verify credentials without a node
    #[command(subcommand)]
    Credential(credential::CredentialCommand),
    /// What a booth without a net goes by: keys, and how each case stands
    #[command(subcommand)]
    Trust(shown::TrustCommand),
    /// What proves a case: write it as one file, check such a file with nothing else, print it as a page
    #[command(subcommand)]
    Evidence(evidence::EvidenceCommand),
    /// A case as a party sees it, and whether the others hold the same of it
    #[command(subcommand)]
    Case(case::CaseCommand),
    /// The log: check a receipt offline
    #[command(subcommand)]
    Log(log::LogCommand),
    /// Programs: check, compare and package them; propose, sign and adopt a version
    #[command(subcommand)]
    Profile(profile::ProfileCommand),
    /// Print the OpenAPI document of the HTTP API, as a node serves it at `/openapi.json`
    Openapi {
        /// Address of the node that it names
        #[arg(long, default_value = "http://127.0.0.1:8101")]
        url: String,
    },
    /// What a conformance suite asks of a command line
    #[command(subcommand, hide = true)]
    Conformance(conformance::jose::ConformanceCommand),
    /// Measure this machine
    Bench(bench::BenchArgs),
}

/// Where a node's folder is.
#[derive(Debug, Args)]
struct Data {
    /// The node's folder
    #[arg(long, default_value = "garita-data")]
    data: PathBuf,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match cli.command {
        Command::Demo(args) => demo::command(args),
        Command::Init(args) => node::init(args),
        Command::Serve(args) => node::serve(args),
        Command::Peer(command) => node::peer(command),
        Command::Link(args) => node::link(args),
        Command::Token(args) => node::token(args),
        Command::Key(command) => key::key(command),
        Command::Backup(args) => upkeep::backup::backup(&args),
        Command::Restore(args) => upkeep::restore::restore(&args),
        Command::Upgrade(args) => upkeep::upgrade::upgrade(&args),
        Command::Fsck(args) => upkeep::fsck::fsck(&args),
        Command::Doctor(args) => upkeep::doctor::doctor(&args),
        Command::RotateKey(args) => rotate::rotate_key(args),
        Command::Erase(args) => erase::erase(&args),
        Command::Hold(command) => erase::hold(command),
        Command::Retention(command) => erase::retention(command),
        Command::RevokeKey(args) => node::revoke_key(args),
        Command::Submit(args) => node::submit(args),
        Command::Import(args) => import::import(args),
        Command::Scorecard(command) => scorecard::scorecard(command),
        Command::Export(args) => export::export(args),
        Command::Sheet(command) => sheet::sheet(command),
        Command::Did(command) => credential::did::did(command),
        Command::Status(command) => credential::status::status(command),
        Command::Credential(command) => credential::credential(command),
        Command::Trust(command) => shown::trust(command),
        Command::Evidence(command) => evidence::evidence(command),
        Command::Case(command) => case::case(command),
        Command::Log(command) => log::log(command),
        Command::Profile(command) => profile::profile(command),
        Command::Openapi { url } => {
            let document = garita_node::api::openapi::openapi(&url);
            say::data(serde_json::to_string_pretty(&document).unwrap_or_default());
            ExitCode::SUCCESS
        }
        Command::Conformance(command) => conformance::jose::run(command),
        Command::Bench(args) => bench::bench(args),
    }
}
