//! The passphrase of encrypted key files and the PIN of a token: from a file, from systemd's credentials, or asked for at the terminal.
//! Never from the command line or the environment, where others on the machine would see them.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use garita_node::config::{ConfigError, NodeConfig, TokenFile};
use garita_node::keyring::{Keyring, Passphrase, locking};
use garita_node::token::Token;
use zeroize::Zeroizing;

use crate::say;

/// Names of systemd's credentials (`LoadCredential=garita-passphrase:FILE`).
const CREDENTIAL: &str = "garita-passphrase";
const PIN_CREDENTIAL: &str = "garita-pin";
/// Where systemd puts them.
const CREDENTIALS_DIRECTORY: &str = "CREDENTIALS_DIRECTORY";

#[derive(Debug, Args)]
pub(crate) struct PassphraseArgs {
    /// File with the passphrase of encrypted keys [default: systemd's credential `garita-passphrase`, else it is asked for]
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
}

/// Why there is no passphrase, or no opened folder.
#[derive(Debug)]
pub(crate) enum NotOpened {
    /// It does not open the keys.
    Wrong(String),
    /// There is none to be had, or something else cannot be used.
    Unusable(String),
}

impl NotOpened {
    /// Tells it: exit code 1 for a wrong passphrase, 2 for all else.
    pub(crate) fn told(self) -> ExitCode {
        match self {
            Self::Wrong(why) => say::no(why),
            Self::Unusable(why) => say::unusable(why),
        }
    }
}

impl From<ConfigError> for NotOpened {
    fn from(error: ConfigError) -> Self {
        match error {
            ConfigError::Passphrase { .. } => Self::Wrong(error.to_string()),
            other => Self::Unusable(other.to_string()),
        }
    }
}

/// A node's folder with keys that sign. Asks for the passphrase only where some are encrypted.
pub(crate) fn unlocked(data: &Path, args: &PassphraseArgs) -> Result<NodeConfig, NotOpened> {
    // The folder first: nobody types a passphrase for one that is none.
    let closed = NodeConfig::read(data)?;
    let found = locking::standing(data)?;
    let mut keyring = Keyring::closed(data);
    if found.encrypted > 0 {
        keyring = keyring.with_passphrase(get(args.passphrase_file.as_deref())?);
    }
    match &closed.file.pkcs11 {
        Some(file) => keyring = keyring.with_token(token(data, file)?),
        None if found.in_token > 0 => {
            return Err(NotOpened::Unusable(
                "keys lie in a token, and node.json does not say where it is (`pkcs11`)".to_owned(),
            ));
        }
        None => {}
    }
    Ok(NodeConfig::unlocked(data, keyring)?)
}

/// The token that a node's keys lie in, or are to be made in.
pub(crate) fn token(data: &Path, file: &TokenFile) -> Result<Token, NotOpened> {
    // As other files that node.json names: from the node's folder.
    let named = file.pin_file.as_ref().map(|path| data.join(path));
    let pin = match named.or_else(|| credential(PIN_CREDENTIAL)) {
        Some(path) => from_file(&path)?,
        None => ask(
            &format!("PIN of token `{}`: ", file.token),
            "a token's PIN",
            PIN_CREDENTIAL,
        )?,
    };
    Token::open(file, pin).map_err(|error| {
        if error.is_pin() {
            NotOpened::Wrong(error.to_string())
        } else {
            NotOpened::Unusable(error.to_string())
        }
    })
}

/// The passphrase that keys are encrypted under.
pub(crate) fn get(file: Option<&Path>) -> Result<Passphrase, NotOpened> {
    if let Some(file) = file.map(Path::to_owned).or_else(|| credential(CREDENTIAL)) {
        return from_file(&file).map(Passphrase::new);
    }
    typed("passphrase of the node's keys: ")
}

/// A new passphrase: long enough, and typed twice where it is typed.
pub(crate) fn new(file: Option<&Path>) -> Result<Passphrase, NotOpened> {
    let found = match file {
        Some(file) => Passphrase::new(from_file(file)?),
        None => {
            let first = typed("new passphrase: ")?;
            if typed("the same again: ")? != first {
                return Err(NotOpened::Unusable(
                    "the two passphrases differ; nothing was changed".to_owned(),
                ));
            }
            first
        }
    };
    if found.is_long() {
        Ok(found)
    } else {
        Err(NotOpened::Unusable(format!(
            "a passphrase has at least {} characters, such as five words; nothing was changed",
            Passphrase::CHARS_MIN
        )))
    }
}

/// The file with a new passphrase, where systemd has one.
pub(crate) fn passphrase_credential() -> Option<PathBuf> {
    credential(CREDENTIAL)
}

/// The file of systemd's credential, where it is there.
fn credential(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(std::env::var_os(CREDENTIALS_DIRECTORY)?).join(name);
    path.exists().then_some(path)
}

fn from_file(path: &Path) -> Result<Zeroizing<String>, NotOpened> {
    let unusable = |why: String| NotOpened::Unusable(format!("{}: {why}", path.display()));
    let found = fs::metadata(path).map_err(|e| unusable(e.to_string()))?;
    if found.permissions().mode() & 0o077 != 0 {
        return Err(unusable(
            "others may read this secret: chmod 600, and change it (`garita key change`; a PIN by the token's own tool)"
                .to_owned(),
        ));
    }
    // A pipe has no length; what is read is bounded below.
    let too_long = || unusable(format!("longer than {} bytes", Passphrase::BYTES_MAX));
    let text = read_bounded(path).map_err(|e| unusable(e.to_string()))?;
    let Some(text) = text else {
        return Err(too_long());
    };
    let text = std::str::from_utf8(&text).map_err(|_| unusable("not UTF-8".to_owned()))?;
    // Editors end a file with a line feed.
    let line = text.strip_suffix('\n').unwrap_or(text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.is_empty() || line.contains('\n') {
        return Err(unusable("a passphrase or PIN is one line".to_owned()));
    }
    Ok(Zeroizing::new(line.to_owned()))
}

/// The file's bytes; none where there are more than a passphrase has.
fn read_bounded(path: &Path) -> std::io::Result<Option<Zeroizing<Vec<u8>>>> {
    use std::io::Read as _;
    let most = Passphrase::BYTES_MAX + 2;
    // Large enough from the start: a buffer that grows leaves copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(most + 1));
    let limit = u64::try_from(most).unwrap_or(u64::MAX);
    fs::File::open(path)?
        .take(limit.saturating_add(1))
        .read_to_end(&mut bytes)?;
    Ok((bytes.len() <= most).then_some(bytes))
}

fn typed(prompt: &str) -> Result<Passphrase, NotOpened> {
    ask(prompt, "the passphrase of encrypted keys", CREDENTIAL).map(Passphrase::new)
}

/// Asks at the terminal, without echo.
fn ask(prompt: &str, what: &str, credential: &str) -> Result<Zeroizing<String>, NotOpened> {
    let typed = rpassword::prompt_password(prompt).map_err(|_| {
        NotOpened::Unusable(format!(
            "{what} is needed, and there is no terminal to ask at; give a file with it, or systemd's credential `{credential}`"
        ))
    })?;
    let typed = Zeroizing::new(typed);
    if typed.is_empty() || typed.len() > Passphrase::BYTES_MAX {
        return Err(NotOpened::Unusable(format!("{what} was not given")));
    }
    Ok(typed)
}
