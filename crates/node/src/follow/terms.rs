//! What a follower asked for: of which changes he is told, where, how often, in which language.

use garita_exchange::problem::Fault;
use serde::{Deserialize, Serialize};

use crate::console::Lang;
use crate::outside::{NoTarget, Targets};
use crate::site::changes::{Change, Kind, Scope, Topic};
use crate::site::overview::Overview;
use crate::site::register::Register;

/// Longest mail address (RFC 5321 §4.5.3.1.3).
const MAIL_BYTES_MAX: usize = 254;
/// A date that moved less is told to nobody who asked for this much: ten years.
const DAYS_MAX: u32 = 3_650;

/// Where a follower is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "channel", content = "address")]
pub(crate) enum Where {
    /// By mail.
    Mail(String),
    /// By a signed request.
    Webhook(String),
}

impl Where {
    /// The address.
    pub(crate) fn address(&self) -> &str {
        match self {
            Where::Mail(address) | Where::Webhook(address) => address,
        }
    }

    /// The address as it is compared: most boxes know neither large letters nor what stands behind a plus.
    pub(super) fn compared(&self) -> String {
        match self {
            Where::Webhook(address) => address.clone(),
            Where::Mail(address) => match address.to_ascii_lowercase().rsplit_once('@') {
                Some((user, domain)) => {
                    let user = user.split('+').next().unwrap_or_default();
                    format!("{user}@{domain}")
                }
                None => address.clone(),
            },
        }
    }

    /// The host that is asked; empty for a mail.
    pub(super) fn host(&self) -> String {
        match self {
            Where::Mail(_) => String::new(),
            Where::Webhook(address) => reqwest::Url::parse(address)
                .ok()
                .and_then(|url| Some(url.host_str()?.to_owned()))
                .unwrap_or_default(),
        }
    }
}

/// How often a follower gets mail.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Pace {
    /// Soon after each change.
    AtOnce,
    /// Once a day.
    #[default]
    Daily,
    /// Once a week.
    Weekly,
}

impl Pace {
    /// All of them.
    pub(crate) const ALL: [Pace; 3] = [Pace::AtOnce, Pace::Daily, Pace::Weekly];

    /// Its code.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Pace::AtOnce => "at-once",
            Pace::Daily => "daily",
            Pace::Weekly => "weekly",
        }
    }

    /// Between two mails, ms.
    pub(super) fn between_ms(self) -> i64 {
        match self {
            Pace::AtOnce => 5 * 60_000,
            Pace::Daily => 24 * 3_600_000,
            Pace::Weekly => 7 * 24 * 3_600_000,
        }
    }
}

/// What a follower asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Terms {
    /// Where.
    #[serde(flatten)]
    pub(crate) to: Where,
    /// Codes of topics.
    pub(crate) topics: Vec<String>,
    /// Only of this thing; empty: of all.
    #[serde(default)]
    pub(crate) project: String,
    /// Only of what belongs to this plan; empty: of all.
    #[serde(default)]
    pub(crate) plan: String,
    /// Only of what is at this place; empty: everywhere.
    #[serde(default)]
    pub(crate) port: String,
    /// Of a promised day that moved, only where it moved so many days or more.
    #[serde(default)]
    pub(crate) days: u32,
    /// Code of the language.
    pub(crate) language: String,
    /// How often, by mail.
    #[serde(default)]
    pub(crate) pace: Pace,
}

/// What is known when terms are read.
pub(crate) struct Known<'a> {
    /// All that was said.
    pub(crate) register: &'a Register,
    /// What it comes to.
    pub(crate) overview: &'a Overview,
    /// Where requests may go.
    pub(crate) targets: Targets,
    /// Whether this node sends mail.
    pub(crate) mails: bool,
    /// The language of the page.
    pub(crate) lang: Lang,
}

impl Terms {
    /// The language.
    pub(crate) fn lang(&self) -> Lang {
        Lang::parse(&self.language).unwrap_or(Lang::En)
    }

    /// Tells the changes that are asked for.
    pub(crate) fn filter<'a>(
        &'a self,
        register: &'a Register,
        overview: &'a Overview,
    ) -> impl Fn(&Change) -> bool + 'a {
        let scope = Scope::of(register, overview, &self.project, &self.plan, &self.port);
        move |change| {
            let topic = change.kind.topic().code();
            let moved = match (change.kind, change.moved_days) {
                (Kind::DatePromised | Kind::StartPromised, Some(days)) => {
                    days.unsigned_abs() >= u64::from(self.days)
                }
                // A first promise and a promise that is gone are no small moves.
                _ => true,
            };
            self.topics.iter().any(|t| t == topic) && moved && scope.takes(change)
        }
    }

    /// Reads what a form or a JSON body says; all that is wrong at once.
    pub(crate) fn read(
        posted: &[(String, String)],
        known: &Known<'_>,
    ) -> Result<Terms, Vec<Fault>> {
        let value = |name: &str| {
            let found = posted.iter().find(|(n, _)| n == name);
            found.map_or("", |(_, v)| v.trim())
        };
        let mut faults = Vec::new();
        let to = read_where(value("email"), value("webhook"), known);
        let to = to.map_err(|fault| faults.push(fault)).ok();
        let mut topics: Vec<String> = posted
            .iter()
            .filter(|(name, _)| name == "when")
            .map(|(_, code)| code.trim().to_owned())
            .collect();
        topics.sort();
        topics.dedup();
        if topics.is_empty() || topics.iter().any(|code| Topic::of(code).is_none()) {
            let all = Topic::ALL.map(Topic::code).join(", ");
            faults.push(Fault::at(
                "follow-topics",
                "when",
                format!("choose one or more of what you want to be told of: {all}"),
                format!("elija de qué quiere recibir avisos, uno o más: {all}"),
            ));
        }
        let project = value("project").to_owned();
        if !project.is_empty() && !known.overview.all.contains_key(&project) {
            faults.push(Fault::at(
                "follow-project",
                "project",
                "no project of that name is on record",
                "no hay en el registro un proyecto con ese nombre",
            ));
        }
        let plan = value("plan").to_owned();
        if !plan.is_empty() && !known.register.plans.contains_key(&plan) {
            faults.push(Fault::at(
                "follow-plan",
                "plan",
                "no plan of that name is on record",
                "no hay en el registro un plan con ese nombre",
            ));
        }
        let port = value("port").to_owned();
        let mut things = known.overview.all.values();
        if !port.is_empty() && !things.any(|judged| judged.place() == port) {
            faults.push(Fault::at(
                "follow-port",
                "port",
                "nothing on record is at a port of that name",
                "nada en el registro está en un puerto con ese nombre",
            ));
        }
        let days = match value("days") {
            "" => 0,
            text => text
                .parse()
                .ok()
                .filter(|d| *d <= DAYS_MAX)
                .unwrap_or_else(|| {
                    faults.push(Fault::at(
                        "follow-days",
                        "days",
                        format!("a number of days from 0 to {DAYS_MAX}"),
                        format!("un número de días de 0 a {DAYS_MAX}"),
                    ));
                    0
                }),
        };
        let language = match value("in") {
            "" => known.lang.code().to_owned(),
            code if Lang::ALL.iter().any(|lang| lang.code() == code) => code.to_owned(),
            _ => {
                faults.push(Fault::at(
                    "follow-language",
                    "in",
                    "the language is `en` or `es`",
                    "el idioma es `en` o `es`",
                ));
                String::new()
            }
        };
        let pace = match value("pace") {
            "" => Pace::default(),
            code => {
                let mut all = Pace::ALL.into_iter();
                all.find(|pace| pace.code() == code).unwrap_or_else(|| {
                    faults.push(Fault::at(
                        "follow-pace",
                        "pace",
                        "how often is `at-once`, `daily` or `weekly`",
                        "cada cuánto es `at-once`, `daily` o `weekly`",
                    ));
                    Pace::default()
                })
            }
        };
        match to {
            Some(to) if faults.is_empty() => Ok(Terms {
                to,
                topics,
                project,
                plan,
                port,
                days,
                language,
                pace,
            }),
            _ => Err(faults),
        }
    }
}

fn read_where(mail: &str, webhook: &str, known: &Known<'_>) -> Result<Where, Fault> {
    match (mail.is_empty(), webhook.is_empty()) {
        (true, true) => Err(Fault::at(
            "follow-address",
            "email",
            "a mail address, as name@example.org",
            "una dirección de correo, como nombre@ejemplo.org",
        )),
        (false, false) => Err(Fault::at(
            "follow-both",
            "webhook",
            "a mail address or a web address, not both",
            "una dirección de correo o una dirección web, no ambas",
        )),
        (false, true) => read_mail(mail, known.mails).map(Where::Mail),
        (true, false) => match known.targets.check(webhook) {
            Ok(url) => Ok(Where::Webhook(url.to_string())),
            Err(why) => Err(no_target(why)),
        },
    }
}

/// A mail address as it is kept: its domain in small letters.
pub(crate) fn read_mail(mail: &str, mails: bool) -> Result<String, Fault> {
    if !mails {
        return Err(Fault::at(
            "follow-no-mail",
            "email",
            "this node sends no mail; follow by Atom or a webhook",
            "este nodo no envía correo; siga por Atom o por webhook",
        ));
    }
    let read: Option<lettre::Address> = mail.parse().ok();
    // A box of the machine itself, or at a number, is nobody's outside.
    let is_outside = |address: &lettre::Address| {
        let domain = address.domain();
        domain.contains('.')
            && domain.parse::<std::net::IpAddr>().is_err()
            && !domain.starts_with('[')
    };
    let read = read
        .filter(|address| mail.len() <= MAIL_BYTES_MAX && mail.is_ascii() && is_outside(address));
    match read {
        Some(address) => Ok(format!(
            "{}@{}",
            address.user(),
            address.domain().to_ascii_lowercase()
        )),
        None => Err(Fault::at(
            "follow-address",
            "email",
            "a mail address, as name@example.org",
            "una dirección de correo, como nombre@ejemplo.org",
        )),
    }
}

fn no_target(why: NoTarget) -> Fault {
    let [en, es] = match why {
        NoTarget::NoAddress => ["a web address: https://…", "una dirección web: https://…"],
        NoTarget::NoTls => [
            "the address begins with https",
            "la dirección comienza con https",
        ],
        NoTarget::Credentials => [
            "the address holds no user and no password; check our signature instead",
            "la dirección no lleva usuario ni contraseña; verifique nuestra firma",
        ],
        NoTarget::Inside => [
            "the address is inside this node's network",
            "la dirección está dentro de la red de este nodo",
        ],
    };
    Fault::at("follow-webhook", "webhook", en, es)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_kept_and_read_back() {
        let terms = Terms {
            to: Where::Mail("a@example.org".to_owned()),
            topics: vec!["dates".to_owned()],
            project: "x".to_owned(),
            plan: String::new(),
            port: String::new(),
            days: 30,
            language: "es".to_owned(),
            pace: Pace::Weekly,
        };
        let text = serde_json::to_string(&terms).unwrap();
        assert!(
            text.contains(r#""channel":"mail","address":"a@example.org""#),
            "{text}"
        );
        assert_eq!(serde_json::from_str::<Terms>(&text).unwrap(), terms);
    }

    #[test]
    fn two_ways_to_write_a_box_are_one() {
        let compared = |mail: &str| Where::Mail(mail.to_owned()).compared();
        assert_eq!(compared("Ana+news@example.org"), "ana@example.org");
        let hook = Where::Webhook("https://A.example/x?y=1".to_owned());
        assert_eq!(hook.host(), "a.example");
    }

    #[test]
    fn a_mail_address_is_one_and_bears_no_more() {
        assert_eq!(
            read_mail("Ana.Ruiz@Example.ORG", true).unwrap(),
            "Ana.Ruiz@example.org"
        );
        let long = format!("{}@example.org", "a".repeat(300));
        for bad in [
            "",
            "a",
            "a@",
            "@b",
            "a b@example.org",
            "a@example.org\r\nBcc: b@example.org",
            "a@example.org, b@example.org",
            "Ana <a@example.org>",
            "ñ@example.org",
            "root@localhost",
            "a@[10.0.0.1]",
            "a@10.0.0.1",
            &long,
        ] {
            assert!(read_mail(bad, true).is_err(), "{bad}");
        }
        assert_eq!(
            read_mail("a@example.org", false).unwrap_err().code,
            "follow-no-mail"
        );
    }
}
