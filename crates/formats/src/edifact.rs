//! UN/EDIFACT messages of a truck's crossing, in and out, each as a table: cargo report, conveyance report, customs
//! response.
//!
//! | message | module | what it becomes |
//! | --- | --- | --- |
//! | CUSCAR | [`cuscar`] | a `Manifest` and its `Shipment`s; cancellations |
//! | CUSREP | [`cusrep`] | a `Manifest` without goods, a change of truck, an arrival, an appointment |
//! | CUSRES | [`cusres`] | acceptance, rejection, holds, releases, arrival |
//!
//! The tables follow directory D.03B, which the truck guides of CBP (CUSCAR 2007, CUSRES 2009) build on, and read
//! older directories where they say the same with other codes. The guides allow segments where the directory has
//! none (DOC after CNI, RFF and LOC after EQD); they are read there. What guides leave open is a field of
//! [`TripReading`] or [`cusres::Reading`].

pub mod cuscar;
pub mod cusrep;
pub mod cusres;
mod lines;
mod moment;
mod node;
mod reading;
mod tags;
mod trip;

pub use reading::{NameOrder, TripElement, TripReading};

use crate::edi::Replaced;

/// A message that goes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The interchange.
    pub text: String,
    /// Members of the records that the message has no place for, as `Type pointer`.
    pub left_out: Vec<String>,
    /// Characters that could not be written and became blanks.
    pub replaced: Vec<Replaced>,
}
