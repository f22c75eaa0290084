//! Pictures for those who share an address of these pages.

use garita_exchange::problem::Refusal;

use super::project;
use super::visit::{Answer, Visit};
use crate::card::png;
use crate::console::Lang;
use crate::console::public::{ShareCard, day, render_card};
use crate::pages::ask::host_of;

/// `GET /projects/{id}/card.png`.
pub(super) fn of_project(visit: &Visit, id: &str) -> Result<Answer, Refusal> {
    let Some(card) = project::card(visit, id, source(visit)) else {
        return Ok(Answer::Absent(project::nearest(visit, id)));
    };
    Ok(drawn(&card))
}

/// `GET /card.png`: of everything.
pub(super) fn of_all(visit: &Visit) -> Result<Answer, Refusal> {
    let figures = visit.overview.figures();
    let text = match visit.lang() {
        Lang::En => format!(
            "{} projects on both sides. Of {} that were promised again, {} are promised later than first.",
            figures.things, figures.promised_again, figures.moved_later
        ),
        Lang::Es => format!(
            "{} proyectos a ambos lados. De {} que se prometieron otra vez, {} se prometen más tarde que al principio.",
            figures.things, figures.promised_again, figures.moved_later
        ),
    };
    let title = visit.w(
        "Border projects: what was promised, what is promised now",
        "Proyectos fronterizos: lo que se prometió, lo que se promete hoy",
    );
    Ok(drawn(&ShareCard {
        title: title.to_owned(),
        text,
        chart: String::new(),
        source: source(visit),
    }))
}

fn drawn(card: &ShareCard) -> Answer {
    match png(&render_card(card)) {
        Some(bytes) => Answer::Picture("image/png", bytes),
        None => Answer::Absent(Vec::new()),
    }
}

/// *scorecard.example, 30 Nov 2026*
fn source(visit: &Visit) -> String {
    let on = day(visit.as_of.today, visit.lang());
    format!("{}, {on}", host_of(&visit.origin()))
}
