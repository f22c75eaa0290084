//! What the stream of a page sends: whole fragments, made by the same templates as the page, named by their element's id.
//!
//! A server keeps the fragments it last sent on a connection, renders them anew after each commit that concerns the page (or at
//! most once a second), and sends what differs: `Swap::between`. A page that comes back with an old cursor gets everything once.

use serde::Serialize;

/// A part of a page that is swapped as one element.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fragment {
    /// The element's id, also inside the markup.
    pub id: String,
    /// The element.
    pub html: String,
}

/// What the script shows beside the fragments.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Status {
    /// The node's clock, ms since 1970 UTC.
    pub now_ms: i64,
    /// Milliseconds of the node's clock in a real one.
    pub rate: u32,
    /// What a screen reader is told, where it changed: the count of the needs list, never the clock.
    pub announce: String,
}

/// The data of one `swap` event. A new `cursor` goes into the address when the script connects again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Swap {
    /// Where the page stands now.
    pub cursor: String,
    /// Elements to put in the place of those with the same id.
    pub changes: Vec<Fragment>,
    /// Ids of elements that are gone.
    pub removed: Vec<String>,
    /// Clock and announcement.
    pub status: Status,
}

impl Swap {
    /// What differs between two renderings of a page. Running times alone are no difference: the script ticks them.
    pub fn between(
        old: &[Fragment],
        new: &[Fragment],
        cursor: impl Into<String>,
        status: Status,
    ) -> Swap {
        let changed = |fragment: &&Fragment| {
            old.iter()
                .find(|o| o.id == fragment.id)
                .is_none_or(|o| still(&o.html) != still(&fragment.html))
        };
        Swap {
            cursor: cursor.into(),
            changes: new.iter().filter(changed).cloned().collect(),
            removed: old
                .iter()
                .filter(|o| !new.iter().any(|n| n.id == o.id))
                .map(|o| o.id.clone())
                .collect(),
            status,
        }
    }

    /// Whether there is nothing to send but the clock.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.removed.is_empty()
    }

    /// The event as it goes over the wire: name `swap`, the cursor as its id, JSON on one line.
    pub fn event(&self) -> String {
        // Serialising plain strings and numbers can't fail; an empty object would be ignored by the script.
        let data = serde_json::to_string(self).unwrap_or_else(|_| "{}".to_owned());
        let id: String = self.cursor.chars().filter(|c| !c.is_control()).collect();
        format!("event: swap\nid: {id}\ndata: {data}\n\n")
    }
}

/// The markup without its running times.
fn still(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, after)) = rest.split_once("<span class=\"rel\"") {
        out.push_str(before);
        rest = after.split_once("</span>").map_or("", |(_, tail)| tail);
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fragment(id: &str, html: &str) -> Fragment {
        Fragment {
            id: id.into(),
            html: html.into(),
        }
    }

    #[test]
    fn sends_what_differs_and_what_is_gone() {
        let old = [
            fragment("a", "x <span class=\"rel\">1 s</span>"),
            fragment("b", "y"),
            fragment("c", "z"),
        ];
        let new = [
            fragment("a", "x <span class=\"rel\">2 s</span>"),
            fragment("b", "Y"),
            fragment("d", "n"),
        ];
        let swap = Swap::between(&old, &new, "7", Status::default());
        assert_eq!(
            swap.changes
                .iter()
                .map(|c| c.id.as_str())
                .collect::<Vec<_>>(),
            ["b", "d"]
        );
        assert_eq!(swap.removed, ["c"]);
        assert!(Swap::between(&new, &new, "8", Status::default()).is_empty());
    }

    #[test]
    fn an_event_is_one_line_of_data() {
        let swap = Swap::between(
            &[],
            &[fragment("a", "one\ntwo")],
            "7\nevent: x",
            Status::default(),
        );
        assert_eq!(swap.event().lines().count(), 4);
        assert!(
            swap.event()
                .starts_with("event: swap\nid: 7event: x\ndata: {")
        );
    }
}
