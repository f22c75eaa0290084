//! Border wait times in the form of CBP's feed, in and out, as JSON and as XML.
//!
//! All values are texts, as the feed has them: a number may be empty or `N/A`. No record type states a wait, so a draft
//! of this kind has no records: its faults say whether the feed is right, and [`read_feed`] gives the content. [`feed`]
//! makes the same form from what a node measured.

mod document;
mod elements;
mod feed;
mod reader;
#[cfg(test)]
mod tests;
mod times;
mod writer;

pub use document::{CommercialLanes, Lane, PassengerLanes, PedestrianLanes, Port, WaitTimes};
pub use elements::elements;
pub use feed::{Crossing, LaneKind, LaneStatus, LaneWait, feed};
pub use times::{update_text, updated};
pub use writer::{write_json, write_xml};

use crate::ReadError;
use crate::draft::{Builder, Draft, Fault};
use crate::kinds::{DocumentKind, Head};

/// Whether a file that begins so is a wait times feed.
pub(crate) fn recognises(head: &Head<'_>) -> bool {
    match head.is_xml() {
        true => head.has("<border_wait_time"),
        false => head.has("\"port_number\"") && head.has("_lanes\""),
    }
}

/// Reads a feed into a draft without records, with all faults.
///
/// # Errors
/// When the bytes are no bounded JSON or XML, or no list of ports.
pub fn read(bytes: &[u8]) -> Result<Draft, ReadError> {
    let (_, places) = reader::read(bytes)?;
    Ok(Builder::new(DocumentKind::BorderWaitTimes, places).finish())
}

/// Reads the content of a feed, with all faults found in it.
///
/// # Errors
/// As [`read`].
pub fn read_feed(bytes: &[u8]) -> Result<(WaitTimes, Vec<Fault>), ReadError> {
    let (feed, places) = reader::read(bytes)?;
    Ok((feed, places.faults().to_vec()))
}
