//! When an event happened: the day and the time that its pass says, local at a port.

use super::{Deriving, Pass, parse_date, parse_time};
use crate::manifest;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

/// Where [`said`] puts the day of a record on its way out, `CCYYMMDD`.
pub(crate) const DATE: &str = "@date";
/// Where [`said`] puts the time, `HHMM`.
pub(crate) const TIME: &str = "@time";

impl<R> Deriving<'_, '_, R> {
    /// Says when it happened: the rows `date` and `time` of a pass, in the zone that is given or else in the port's.
    ///
    /// A day without a time is no instant, which is told once for a document; so is the zone that is taken.
    pub(crate) fn occurred(&mut self, pass: &Pass<'_, R>, port: &str, zone: Option<&str>) {
        let (date, time) = (pass.texts("date").next(), pass.texts("time").next());
        let Some(day) = date.and_then(parse_date) else {
            return;
        };
        let at = pass.origin("time");
        let Some(moment) = time.and_then(parse_time) else {
            let words = (
                "a day without a time: who files the record says when it happened, or it is the time of filing".to_owned(),
                "un día sin hora: quien presenta el registro dice cuándo ocurrió, o vale la hora de presentación".to_owned(),
            );
            self.note_once("occurred-day-only", pass.origin("date"), words);
            return;
        };
        match manifest::instant(day, moment, port, zone) {
            Some((instant, name)) => {
                self.happened(instant, at);
                let words = (
                    format!("times have no zone: they are taken as local in {name}"),
                    format!("las horas no tienen huso: se toman como locales en {name}"),
                );
                self.note_once("local-time", at, words);
            }
            None => {
                let words = (
                    format!(
                        "the zone of port `{port}` is not known, so when it happened is no instant"
                    ),
                    format!(
                        "no se conoce el huso del puerto `{port}`, así que cuándo ocurrió no es un instante"
                    ),
                );
                self.note_once("zone-unknown", at, words);
            }
        }
    }
}

/// A record's subject with the local day and time of what it states, for rows that write them.
pub(crate) fn said(
    subject: &Value,
    occurred: Option<Timestamp>,
    port: &str,
    zone: Option<&str>,
) -> Value {
    let mut subject = subject.clone();
    let zone = zone.or_else(|| manifest::southern_port_zone(port));
    let zone = zone.and_then(|name| TimeZone::get(name).ok());
    if let (Some(members), Some(instant), Some(zone)) = (subject.as_object_mut(), occurred, zone) {
        let local = zone.to_datetime(instant);
        for (name, form) in [(DATE, "%Y%m%d"), (TIME, "%H%M")] {
            members.insert(name.to_owned(), local.strftime(form).to_string().into());
        }
    }
    subject
}

/// What [`said`] put there, for a row's `unfold`.
pub(crate) fn text_of(subject: &Value, name: &str) -> Vec<String> {
    let text = subject.get(name).and_then(Value::as_str);
    text.map(str::to_owned).into_iter().collect()
}
