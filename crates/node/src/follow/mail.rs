//! Mail: through any SMTP server, or into a folder where one only tries.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use lettre::message::header::{ContentType, HeaderName, HeaderValue, MIME_VERSION_1_0};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::response::Category;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

use crate::config::MailFile;

/// One mail, at most.
const SEND: Duration = Duration::from_secs(30);
/// Characters of a subject.
const SUBJECT_CHARS_MAX: usize = 150;

/// Sends mail.
#[derive(Debug)]
pub(crate) struct Mailer {
    from: Mailbox,
    way: Way,
    written: AtomicU64,
}

#[derive(Debug)]
enum Way {
    Server(Box<AsyncSmtpTransport<Tokio1Executor>>),
    Folder(PathBuf),
}

/// A mail.
#[derive(Debug, Clone, Default)]
pub(crate) struct Letter {
    /// To whom.
    pub(crate) to: String,
    /// Subject.
    pub(crate) subject: String,
    /// Text.
    pub(crate) text: String,
    /// Code of its language.
    pub(crate) language: &'static str,
    /// What makes it one: a mail that is sent again has the same. Letters, digits, `.` and `-`.
    pub(crate) key: String,
    /// Where the reader's mail program ends the subscription by a POST (RFC 8058); empty: it is none.
    pub(crate) end: String,
}

/// Why a mail was not sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MailError {
    /// The configuration is not what it should be.
    #[error("node.json, `mail`: {0}")]
    Configuration(String),
    /// The mail cannot be written.
    #[error("the mail cannot be written: {0}")]
    Letter(String),
    /// The server did not take it, or there was none.
    #[error("the mail server did not take it: {0}")]
    Server(String),
    /// There is no such box, or it takes nothing from us.
    #[error("the mail's recipient is refused: {0}")]
    Recipient(String),
}

impl Mailer {
    /// A mailer as `node.json` says.
    ///
    /// # Errors
    /// [`MailError::Configuration`].
    pub(crate) fn of(file: &MailFile, data: &Path) -> Result<Mailer, MailError> {
        let wrong = |text: String| MailError::Configuration(text);
        let from: Mailbox = file
            .from
            .parse()
            .map_err(|_| wrong(format!("`from` is no mail address: {}", file.from)))?;
        let way = match (&file.server, &file.folder) {
            (Some(server), None) => {
                let mut builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(server)
                    .map_err(|e| wrong(format!("`server`: {e}")))?
                    .timeout(Some(SEND));
                if let Some(path) = &file.password_file {
                    let path = data.join(path);
                    let password = std::fs::read_to_string(&path)
                        .map_err(|e| wrong(format!("`passwordFile`, {}: {e}", path.display())))?;
                    let user = file.user.clone().unwrap_or_default();
                    builder =
                        builder.credentials(Credentials::new(user, password.trim_end().to_owned()));
                }
                Way::Server(Box::new(builder.build()))
            }
            (None, Some(folder)) => {
                let folder = data.join(folder);
                std::fs::create_dir_all(&folder)
                    .map_err(|e| wrong(format!("`folder`, {}: {e}", folder.display())))?;
                Way::Folder(folder)
            }
            _ => {
                return Err(wrong(
                    "one of `server` and `folder` is wanted, and not both".to_owned(),
                ));
            }
        };
        Ok(Mailer {
            from,
            way,
            written: AtomicU64::new(0),
        })
    }

    /// Sends a mail.
    ///
    /// # Errors
    /// See [`MailError`].
    pub(crate) async fn send(&self, letter: &Letter) -> Result<(), MailError> {
        let message = self.written(letter)?;
        match &self.way {
            Way::Server(server) => {
                let sent = tokio::time::timeout(SEND, server.send(message)).await;
                match sent {
                    Ok(Ok(_)) => Ok(()),
                    Ok(Err(error)) if is_of_recipient(&error) => {
                        Err(MailError::Recipient(error.to_string()))
                    }
                    Ok(Err(error)) => Err(MailError::Server(error.to_string())),
                    Err(_) => Err(MailError::Server("no answer in time".to_owned())),
                }
            }
            Way::Folder(folder) => {
                let number = self.written.fetch_add(1, Ordering::Relaxed);
                let now = garita_exchange::clock::real_now_ms();
                let path = folder.join(format!("{now}-{number:04}.eml"));
                tokio::fs::write(path, message.formatted())
                    .await
                    .map_err(|e| MailError::Server(e.to_string()))
            }
        }
    }

    /// The mail as it goes out: no line of it is anybody's but ours, whatever was typed.
    fn written(&self, letter: &Letter) -> Result<Message, MailError> {
        let wrong = |e: &dyn std::fmt::Display| MailError::Letter(e.to_string());
        let to: lettre::Address = letter.to.parse().map_err(|e| wrong(&e))?;
        let subject: String = letter
            .subject
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .take(SUBJECT_CHARS_MAX)
            .collect();
        let host = self.from.email.domain();
        let mut message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(subject)
            .message_id(Some(format!("<{}@{host}>", letter.key)))
            .header(MIME_VERSION_1_0)
            .header(ContentType::TEXT_PLAIN)
            .body(letter.text.clone())
            .map_err(|e| wrong(&e))?;
        let mut raw = vec![
            ("Auto-Submitted", "auto-generated".to_owned()),
            ("Content-Language", letter.language.to_owned()),
        ];
        if !letter.end.is_empty() {
            raw.push(("List-Id", format!("<follow.{host}>")));
            raw.push(("List-Unsubscribe", format!("<{}>", letter.end)));
            raw.push((
                "List-Unsubscribe-Post",
                "List-Unsubscribe=One-Click".to_owned(),
            ));
        }
        for (name, value) in raw {
            let name = HeaderName::new_from_ascii_str(name);
            message
                .headers_mut()
                .insert_raw(HeaderValue::new(name, value));
        }
        Ok(message)
    }
}

/// Whether the server speaks of the box: 550 to 554, not of us, our password or itself (RFC 5321 §4.2.3).
fn is_of_recipient(error: &lettre::transport::smtp::Error) -> bool {
    let code = error.status().filter(|_| error.is_permanent());
    code.is_some_and(|code| code.category == Category::MailSystem)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mailer() -> Mailer {
        Mailer {
            from: "Garita <scorecard@garita.example>".parse().unwrap(),
            way: Way::Folder(PathBuf::new()),
            written: AtomicU64::new(0),
        }
    }

    #[test]
    fn what_was_typed_adds_no_line_to_the_head_of_a_mail() {
        let letter = Letter {
            to: "ana@example.org".to_owned(),
            subject: "El Ñandú\r\nBcc: eve@example.org".to_owned(),
            text: "Uno.\r\n.\r\nDos.".to_owned(),
            language: "es",
            key: "follow.1".to_owned(),
            end: "https://garita.example/follow/x/end".to_owned(),
        };
        let text = mailer().written(&letter).unwrap().formatted();
        let text = String::from_utf8(text).unwrap();
        let (head, _) = text.split_once("\r\n\r\n").unwrap();
        let names: Vec<&str> = head
            .split("\r\n")
            .filter(|line| !line.starts_with([' ', '\t']))
            .filter_map(|line| line.split_once(':').map(|(name, _)| name))
            .collect();
        assert!(!names.contains(&"Bcc"), "{head}");
        assert!(head.contains("MIME-Version: 1.0"), "{head}");
        assert!(head.contains("List-Unsubscribe: <https://garita.example/follow/x/end>"));
        assert!(head.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"));
        assert!(
            head.contains("Message-ID: <follow.1@garita.example>"),
            "{head}"
        );
    }

    #[test]
    fn an_address_that_is_none_is_no_mail() {
        let letter = Letter {
            to: "a@example.org>\r\nRCPT TO:<b@example.org".to_owned(),
            ..Letter::default()
        };
        assert!(mailer().written(&letter).is_err());
    }

    #[test]
    fn a_configuration_is_one_way_and_no_more() {
        let file = |server: Option<&str>, folder: Option<&str>| MailFile {
            from: "scorecard@garita.example".to_owned(),
            server: server.map(str::to_owned),
            user: None,
            password_file: None,
            folder: folder.map(PathBuf::from),
        };
        let here = std::env::temp_dir();
        assert!(Mailer::of(&file(None, None), &here).is_err());
        assert!(Mailer::of(&file(Some("smtp://localhost:25"), Some("out")), &here).is_err());
        assert!(Mailer::of(&file(Some("http://localhost"), None), &here).is_err());
        assert!(Mailer::of(&file(Some("smtp://localhost:2525"), None), &here).is_ok());
    }
}
