//! Placeholder until the demo lands (not committed).
use std::process::ExitCode;
#[derive(Debug, clap::Args)]
pub(crate) struct DemoArgs {}
pub(crate) fn command(_: DemoArgs) -> ExitCode { ExitCode::SUCCESS }
