//! When the truck arrives, as an instant.

use super::Map;
use crate::draft::{Builder, Severity};
use crate::edi::map::{parse_date, parse_time};
use crate::manifest::southern_port_zone;
use jiff::tz::TimeZone;

impl Map<'_> {
    pub(super) fn arrival(&mut self, record: usize) {
        let (date, time) = (&self.document.arrival_date, &self.document.arrival_time);
        let missing = |out: &mut Builder| {
            out.missing(
                record,
                "/estimatedArrival",
                "when the truck is expected at the US port",
                "cuándo se espera el camión en el puerto de EE. UU.",
            );
        };
        if date.is_empty() {
            missing(self.out);
            return;
        }
        let Some(day) = parse_date(date) else {
            self.fault(
                Severity::Error,
                "date-form",
                "/arrival_date",
                format!("`{date}` is no date like 20261124"),
                format!("`{date}` no es una fecha como 20261124"),
            );
            missing(self.out);
            return;
        };
        if time.is_empty() {
            // A day is no instant: midnight would be a guess that makes every manifest late.
            missing(self.out);
            return;
        }
        let Some(moment) = parse_time(time) else {
            self.fault(
                Severity::Error,
                "time-form",
                "/arrival_time",
                format!("`{time}` is no time like 0910"),
                format!("`{time}` no es una hora como 0910"),
            );
            missing(self.out);
            return;
        };
        let zone_name = self
            .reading
            .zone
            .as_deref()
            .or_else(|| southern_port_zone(&self.document.port));
        let instant = zone_name
            .and_then(|name| TimeZone::get(name).ok())
            .and_then(|zone| zone.to_timestamp(day.to_datetime(moment)).ok());
        match (instant, zone_name) {
            (Some(instant), Some(name)) => {
                let origin = self.at("/arrival_time");
                self.out
                    .set(record, "/estimatedArrival", instant.to_string(), &origin);
                self.fault(
                    Severity::Note,
                    "local-time",
                    "/arrival_time",
                    format!("P4 has no zone: the time is taken as local in {name}"),
                    format!("P4 no tiene huso: la hora se toma como local en {name}"),
                );
            }
            _ => {
                self.fault(
                    Severity::Warning,
                    "zone-unknown",
                    "/arrival_time",
                    format!(
                        "the zone of port {} is not known, so the time is no instant",
                        self.document.port
                    ),
                    format!(
                        "no se conoce el huso del puerto {}, así que la hora no es un instante",
                        self.document.port
                    ),
                );
                missing(self.out);
            }
        }
    }
}
