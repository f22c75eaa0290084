//! Project tasks: `cargo xtask tidy|verify|torture|bench-all|install`.
//!
//! Knows the crates by name only, and uses nothing but the standard library, so that it is built in a second.

mod bench;
mod fuzz;
mod install;
mod ledger;
mod oracles;
mod peers;
mod programs;
mod threats;
mod tidy;
mod torture;
mod verify;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  verify     everything that must hold on main: tidy, format, clippy, tests, profiles, browser, oracles (alias: cargo verify)
  verify oracles [NAME…]
             other people's programs judge what ours writes and serves; all of them, or those named
  tidy       what a script can see in the source tree: import direction, sizes, leftovers, languages
  torture    what takes long: all of it, or [kills|boundaries|partitions|simulated|backlog …], each with [--NAME N] as many as you say: nodes
             killed under load, at each write, links that break between processes and in one, a backlog; [--seed N] the same again
  install    the programs that verify needs and this machine lacks (Chromium), by apt where it may
  bench-all  the benchmarks (alias: cargo bench-all); `bench-all credential` with other implementations beside ours; `bench-all exchange [--soak MINUTES] [--stored RECORDS]` with JetStream; `bench-all fuzz [--seconds N] [--jobs N] [TARGET…]` the fuzzer, ten minutes a target
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.first().map(String::as_str) {
        Some("verify") => match arguments.get(1).map(String::as_str) {
            None => verify::run(),
            Some("oracles") => verify::oracles(arguments.get(2..).unwrap_or_default()),
            Some(other) => Err(format!(
                "`{other}` is no part of verify that runs alone; there is `oracles`"
            )),
        },
        Some("tidy") => tidy::run(),
        Some("torture") => torture::run(arguments.get(1..).unwrap_or_default()),
        Some("install") => install::run(),
        Some("bench-all") => bench::run(arguments.get(1..).unwrap_or_default()),
        Some("--help" | "-h") => {
            say(USAGE);
            Ok(())
        }
        Some(other) => Err(format!("`{other}` is no task\n\n{USAGE}")),
        None => Err(USAGE.to_owned()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            complain(&message);
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "a task's answer goes to stdout")]
fn say(text: &str) {
    println!("{text}");
}

#[expect(clippy::print_stderr, reason = "a task's complaint goes to stderr")]
fn complain(text: &str) {
    eprintln!("{text}");
}
