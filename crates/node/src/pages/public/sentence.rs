//! A change in a plain sentence: what moved from what to what, who says so, why. Pages, feeds, mails and webhooks all say it in these words.

use garita_exchange::governance::Network;

use super::project::money;
use super::visit::Visit;
use crate::console::Lang;
use crate::console::public::{coarse, day, days};
use crate::pages::words::Say;
use crate::site::asking::in_language;
use crate::site::changes::{Change, Kind};
use crate::site::overview::Overview;
use crate::site::read::{WHOLE, minor};
use crate::site::register::{Register, newest};

/// Speaks of changes in one language.
pub(crate) struct Wording<'a> {
    /// Words of the program.
    pub(crate) say: &'a Say,
    /// All that was said.
    pub(crate) register: &'a Register,
    /// What it comes to.
    pub(crate) overview: &'a Overview,
    /// Names of parties.
    pub(crate) network: &'a Network,
}

impl<'a> Wording<'a> {
    /// In the words of a page.
    pub(super) fn of(visit: &'a Visit) -> Wording<'a> {
        Wording {
            say: &visit.say,
            register: &visit.register,
            overview: &visit.overview,
            network: &visit.ask.network,
        }
    }
}

impl Wording<'_> {
    fn lang(&self) -> Lang {
        self.say.lang
    }

    fn w<'t>(&self, en: &'t str, es: &'t str) -> &'t str {
        match self.lang() {
            Lang::En => en,
            Lang::Es => es,
        }
    }

    /// Name of what a change is about; its id where nothing describes it.
    pub(crate) fn about(&self, change: &Change) -> String {
        let named = match change.subject.is_empty() {
            true => {
                let plan = self.register.plans.get(&change.plan);
                let stated = plan.and_then(|p| newest(&p.stated, None, None));
                stated.map(|s| self.lang().either(&s.what.names).to_owned())
            }
            false => {
                let judged = self.overview.all.get(&change.subject);
                let described = judged.and_then(|j| j.described.as_ref());
                described.map(|d| self.lang().either(&d.names).to_owned())
            }
        };
        let id = match change.subject.is_empty() {
            true => &change.plan,
            false => &change.subject,
        };
        named
            .filter(|n| !n.is_empty())
            .unwrap_or_else(|| id.clone())
    }

    /// Who says it: whom the source names, else who signed.
    pub(crate) fn who(&self, change: &Change) -> String {
        match change.said_by.is_empty() {
            true => self.network.name_of(&change.issuer).to_owned(),
            false => change.said_by.clone(),
        }
    }

    /// *The promised date moves from late 2027 to 2028 (+366 days), third change.*
    pub(crate) fn what(&self, change: &Change) -> String {
        let (old, new) = (
            self.told(change, &change.old),
            self.told(change, &change.new),
        );
        let of = self.milestone(change);
        let said = if change.taken_back {
            let what = match old.is_empty() {
                true => self.subject_of(change).to_owned(),
                false => format!("{}: {old}", self.subject_of(change)),
            };
            format!(
                "{} ({what})",
                self.w("A statement is taken back", "Se retira lo dicho")
            )
        } else {
            self.said(change, &old, &new)
        };
        // What somebody wrote ends as he ended it.
        let end = match said.ends_with(['.', '?', '!', '…']) {
            true => "",
            false => ".",
        };
        match of.is_empty() {
            true => format!("{said}{end}"),
            false => format!("{of}: {said}{end}"),
        }
    }

    /// *Stated by SANDAG on 31 May 2025. Reason: agreement with federal agencies.*
    pub(crate) fn source(&self, change: &Change) -> String {
        let (who, on) = (self.who(change), day(change.stated_on, self.lang()));
        let said = match self.lang() {
            Lang::En => format!("Stated by {who} on {on}."),
            Lang::Es => format!("Lo dijo {who} el {on}."),
        };
        match change.reason.is_empty() || change.kind == Kind::Settled {
            true => said,
            false => format!(
                "{said} {} {}",
                self.w("Reason:", "Motivo:"),
                change.reason.trim_end()
            ),
        }
    }

    fn said(&self, change: &Change, old: &str, new: &str) -> String {
        let spanish = self.lang() == Lang::Es;
        let from = |text: String| match (old.is_empty(), spanish) {
            (true, _) => text,
            (false, false) => format!("{text} (before: {old})"),
            (false, true) => format!("{text} (antes: {old})"),
        };
        match change.kind {
            Kind::DatePromised => match (change.moved_days, spanish) {
                (Some(0), false) => format!("promised again for {new}"),
                (Some(0), true) => format!("se promete otra vez para {new}"),
                (Some(moved), false) => format!(
                    "the promised date moves from {old} to {new} ({}){}",
                    signed(moved, Lang::En),
                    nth(change.nth, Lang::En)
                ),
                (Some(moved), true) => format!(
                    "la fecha prometida cambia de {old} a {new} ({}){}",
                    signed(moved, Lang::Es),
                    nth(change.nth, Lang::Es)
                ),
                (None, false) => format!("promised for {new}"),
                (None, true) => format!("se promete para {new}"),
            },
            Kind::DateMet => match (change.moved_days, spanish) {
                (Some(moved), false) if moved != 0 => {
                    format!(
                        "met {new}, promised for {old} ({})",
                        signed(moved, Lang::En)
                    )
                }
                (Some(moved), true) if moved != 0 => {
                    format!(
                        "cumplido {new}, prometido para {old} ({})",
                        signed(moved, Lang::Es)
                    )
                }
                (None, false) => from(format!("met {new}")),
                (None, true) => from(format!("cumplido {new}")),
                (_, false) => format!("met {new}"),
                (_, true) => format!("cumplido {new}"),
            },
            Kind::DateWithdrawn => from(self.w("no date any more", "ya sin fecha").to_owned()),
            Kind::StartPromised if spanish => from(format!("inicio de obras, prometido {new}")),
            Kind::StartPromised => from(format!("start of works, promised {new}")),
            Kind::StartMet if spanish => format!("las obras comenzaron {new}"),
            Kind::StartMet => format!("works began {new}"),
            Kind::Cost | Kind::PlanMoney => {
                let kind = self.say.any_code("costKind", &change.measure);
                from(format!("{kind}: {new}"))
            }
            Kind::Progress | Kind::ProgressPlanned => {
                let measure = self.say.any_code("progressMeasure", &change.measure);
                let planned = match change.kind {
                    Kind::ProgressPlanned => self.w(", as planned", ", previsto"),
                    _ => "",
                };
                from(match spanish {
                    true => format!("avance {measure}{planned}: {new}"),
                    false => format!("progress {measure}{planned}: {new}"),
                })
            }
            Kind::Phase => from(format!("{}: {new}", self.w("phase", "fase"))),
            Kind::Described => self
                .w("it is described anew", "se describe de nuevo")
                .to_owned(),
            Kind::Milestone => self
                .w("a milestone is stated", "se declara un hito")
                .to_owned(),
            Kind::Party => format!("{}: {new}", self.w("takes part", "participa")),
            Kind::Risk => format!("{}: {new}", self.w("risk", "riesgo")),
            Kind::Approval => format!(
                "{}: {}",
                self.w("a late change is judged", "se juzga un cambio tardío"),
                self.say.any_code("decision", &change.new)
            ),
            Kind::Question => format!("{}: {new}", self.w("it is asked", "se pregunta")),
            Kind::Answer => format!("{}: {new}", self.w("it is answered", "se responde")),
            Kind::Settled => format!(
                "{}: {new}",
                self.w("a question is closed", "se cierra una pregunta")
            ),
            Kind::Plan => self
                .w("the plan is stated", "se declara el plan")
                .to_owned(),
        }
    }

    /// What kind of word was taken back.
    fn subject_of(&self, change: &Change) -> &'static str {
        let [en, es] = match change.kind {
            Kind::DatePromised | Kind::DateWithdrawn => ["promised date", "fecha prometida"],
            Kind::DateMet => ["day of completion", "día de término"],
            Kind::StartPromised | Kind::StartMet => ["start of works", "inicio de obras"],
            Kind::Cost | Kind::PlanMoney => ["cost", "costo"],
            Kind::Progress | Kind::ProgressPlanned => ["progress", "avance"],
            Kind::Phase => ["phase", "fase"],
            Kind::Described | Kind::Plan => ["description", "descripción"],
            Kind::Milestone => ["milestone", "hito"],
            Kind::Party => ["party", "participante"],
            Kind::Risk => ["risk", "riesgo"],
            Kind::Approval => ["approval", "aprobación"],
            Kind::Question | Kind::Settled => ["question", "pregunta"],
            Kind::Answer => ["answer", "respuesta"],
        };
        match self.lang() {
            Lang::En => en,
            Lang::Es => es,
        }
    }

    /// A value as people read it.
    fn told(&self, change: &Change, value: &str) -> String {
        if value.is_empty() {
            return String::new();
        }
        match change.kind {
            Kind::DatePromised
            | Kind::DateMet
            | Kind::DateWithdrawn
            | Kind::StartPromised
            | Kind::StartMet => coarse(value, self.lang()),
            Kind::Cost | Kind::PlanMoney => match value.split_once(' ') {
                Some((amount, currency)) => {
                    minor(amount).map_or_else(|| value.to_owned(), |minor| money(minor, currency))
                }
                None => value.to_owned(),
            },
            Kind::Progress | Kind::ProgressPlanned => format!("{value} %"),
            Kind::Phase => self.say.any_code("phase", value),
            Kind::Question => {
                let asked = self.register.questions.get(&change.question);
                let asked =
                    asked.and_then(|q| q.asked.iter().find(|a| a.source.id == change.record));
                match (asked, &self.register.publisher) {
                    (Some(asked), Some(publisher)) => {
                        in_language(value, &asked.what.asker, &publisher.words, self.lang())
                            .to_owned()
                    }
                    _ => value.to_owned(),
                }
            }
            _ => value.to_owned(),
        }
    }

    /// Name of the milestone; empty for the whole.
    fn milestone(&self, change: &Change) -> String {
        if change.milestone.is_empty() || change.milestone == WHOLE {
            return String::new();
        }
        let subject = self.register.subjects.get(&change.subject);
        let told = subject.and_then(|s| {
            let mut own = s.milestones.iter().rev();
            own.find(|m| m.what.id == change.milestone)
        });
        told.map(|m| self.lang().either(&m.what.names).to_owned())
            .filter(|n| !n.is_empty())
            .unwrap_or_else(|| change.milestone.clone())
    }
}

fn signed(moved: i64, lang: Lang) -> String {
    let plus = if moved > 0 { "+" } else { "" };
    format!("{plus}{}", days(moved, lang))
}

/// *, third change*; nothing for the first.
fn nth(count: usize, lang: Lang) -> String {
    match (count, lang) {
        (0 | 1, _) => String::new(),
        (2, Lang::En) => ", second change".to_owned(),
        (3, Lang::En) => ", third change".to_owned(),
        (n, Lang::En) => format!(", change {n}"),
        (2, Lang::Es) => ", segundo cambio".to_owned(),
        (3, Lang::Es) => ", tercer cambio".to_owned(),
        (n, Lang::Es) => format!(", cambio {n}"),
    }
}
