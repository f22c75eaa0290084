//! `garita key encrypt|decrypt|change`: a node's key files under a passphrase.

use std::io::{BufRead as _, IsTerminal as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use garita_node::keyring::locking;

use crate::passphrase::{self, NotOpened, PassphraseArgs};
use crate::{Data, say};

#[derive(Debug, Args)]
pub(crate) struct LockArgs {
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    passphrase: PassphraseArgs,
    /// Do not ask whether you are sure
    #[arg(long)]
    yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ChangeArgs {
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    passphrase: PassphraseArgs,
    /// File with the new passphrase [default: it is asked for]
    #[arg(long, value_name = "FILE")]
    new_passphrase_file: Option<PathBuf>,
}

pub(crate) fn encrypt(args: &LockArgs) -> ExitCode {
    let data = &args.data.data;
    let sure = "the plain key files are overwritten. Without the passphrase nobody opens the keys again, and there is no way around it";
    let done = || -> Result<usize, NotOpened> {
        let found = locking::standing(data)?;
        if found.plain == 0 {
            return Ok(0);
        }
        confirmed(args.yes, sure)?;
        let file = args.passphrase.passphrase_file.clone();
        // Where some are encrypted already it is no new one.
        let passphrase = if found.encrypted == 0 {
            passphrase::new(file.or_else(passphrase::passphrase_credential).as_deref())?
        } else {
            passphrase::get(file.as_deref())?
        };
        Ok(locking::encrypt(data, &passphrase)?)
    };
    match done() {
        Ok(0) => {
            say::data("all key files are encrypted already");
            ExitCode::SUCCESS
        }
        Ok(count) => {
            say::data(format!("{count} key files encrypted"));
            say::talk(
                "copies made before now hold the keys in plain (`garita backup`); the old files were overwritten, which some disks do elsewhere than they read: where that matters, `garita rotate-key` makes new keys",
            );
            ExitCode::SUCCESS
        }
        Err(error) => error.told(),
    }
}

pub(crate) fn decrypt(args: &LockArgs) -> ExitCode {
    let data = &args.data.data;
    let done = || -> Result<usize, NotOpened> {
        if locking::standing(data)?.encrypted == 0 {
            return Ok(0);
        }
        confirmed(
            args.yes,
            "whoever reads the key files can then sign with them",
        )?;
        let passphrase = passphrase::get(args.passphrase.passphrase_file.as_deref())?;
        Ok(locking::decrypt(data, &passphrase)?)
    };
    match done() {
        Ok(0) => {
            say::data("no key file is encrypted");
            ExitCode::SUCCESS
        }
        Ok(count) => {
            say::data(format!("{count} key files decrypted"));
            ExitCode::SUCCESS
        }
        Err(error) => error.told(),
    }
}

pub(crate) fn change(args: &ChangeArgs) -> ExitCode {
    let data = &args.data.data;
    let done = || -> Result<usize, NotOpened> {
        if locking::standing(data)?.encrypted == 0 {
            return Err(NotOpened::Unusable(
                "no key file is encrypted; `garita key encrypt` does it".to_owned(),
            ));
        }
        let old = passphrase::get(args.passphrase.passphrase_file.as_deref())?;
        let new = passphrase::new(args.new_passphrase_file.as_deref())?;
        Ok(locking::change(data, &old, &new)?)
    };
    match done() {
        Ok(count) => {
            say::data(format!(
                "{count} key files encrypted under the new passphrase"
            ));
            say::talk("copies made before now open with the old one");
            ExitCode::SUCCESS
        }
        Err(error) => error.told(),
    }
}

fn confirmed(yes: bool, sure: &str) -> Result<(), NotOpened> {
    if yes {
        return Ok(());
    }
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        return Err(NotOpened::Unusable(format!(
            "{sure}; say `--yes` where nobody can be asked"
        )));
    }
    say::talk(format!("{sure}. Go on? Type `yes`:"));
    let mut answer = String::new();
    // An answer that cannot be read is none.
    let _ = stdin.lock().read_line(&mut answer);
    if answer.trim() == "yes" {
        Ok(())
    } else {
        Err(NotOpened::Unusable("nothing was changed".to_owned()))
    }
}
