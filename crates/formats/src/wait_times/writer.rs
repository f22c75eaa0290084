//! The feed as JSON and as XML.

use super::document::*;
use super::reader::groups;
use crate::tree::{self, Out};

/// Writes the feed as JSON: a list of ports, members in the feed's order.
pub fn write_json(feed: &WaitTimes) -> String {
    // A tree of texts alone can't fail to be written.
    serde_json::to_string_pretty(feed).unwrap_or_default() + "\n"
}

/// Writes the feed as XML, root `border_wait_time`; the same names and order as in JSON.
pub fn write_xml(feed: &WaitTimes) -> String {
    let ports = feed.ports.iter().map(|crossing| ("port", port(crossing)));
    tree::to_xml("border_wait_time", &Out::Block(ports.collect()))
}

fn port(port: &Port) -> Out {
    let mut members = texts(port);
    // What stands behind the lanes in the feed is behind them here too.
    let tail = members.split_off(members.len().min(Port::BEFORE_BLOCKS));
    let below = [
        texts(&port.commercial_vehicle_lanes),
        texts(&port.passenger_vehicle_lanes),
        texts(&port.pedestrian_lanes),
    ];
    for ((name, _, lanes), mut group) in groups(port).into_iter().zip(below) {
        group.extend(
            lanes
                .into_iter()
                .map(|(name, lane)| (name, Out::Block(texts(lane)))),
        );
        members.push((name, Out::Block(group)));
    }
    members.extend(tail);
    Out::Block(members)
}

fn texts<B: Block>(block: &B) -> Vec<(&'static str, Out)> {
    let texts = B::TEXTS.iter().copied().zip(block.texts());
    texts
        .map(|(name, text)| (name, Out::Text(text.to_owned())))
        .collect()
}
