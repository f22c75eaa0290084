//! How everything is computed, and how well earlier forecasts did.

use garita_exchange::problem::Refusal;
use garita_profile::promises::backtest::Verdict;

use super::visit::{Answer, Visit};
use crate::console::Lang;
use crate::console::public::{MethodPage, PublicPlace, render_method};

/// `GET /method`.
pub(super) fn page(visit: &Visit) -> Result<Answer, Refusal> {
    let made = MethodPage {
        version: "1.0".to_owned(),
        examples: vec![("forecast".to_owned(), record(visit))],
        ..MethodPage::default()
    };
    let frame = visit.frame(PublicPlace::Method);
    Ok(Answer::Page(render_method(
        &frame,
        &visit.head(Vec::new()),
        &made,
    )))
}

/// How earlier forecasts did, in a sentence.
pub(super) fn record(visit: &Visit) -> String {
    let tested = visit.overview.tested();
    let n = tested.n;
    let hits = tested.within80.hits;
    match (&tested.verdict, visit.lang()) {
        (Verdict::NotEnough { .. }, Lang::Es) => format!(
            "Prueba hacia atrás: {n} proyectos terminados pudieron pronosticarse, {hits} dentro del intervalo de 80 %. Menos de 20: no alcanza para juzgar."
        ),
        (Verdict::NotEnough { .. }, Lang::En) => format!(
            "Back-test: {n} finished projects could be forecast, {hits} fell inside the 80 % interval. Fewer than 20: not enough to judge."
        ),
        (_, Lang::Es) => format!(
            "Prueba hacia atrás: {hits} de {n} proyectos terminados dentro del intervalo de 80 %."
        ),
        (_, Lang::En) => {
            format!("Back-test: {hits} of {n} finished projects inside the 80 % interval.")
        }
    }
}
