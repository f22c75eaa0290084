//! Where each member of a draft record stood in its file.

use super::SourcePlace;
use super::book::{At, Book};
use serde::{Serialize, Serializer};
use std::fmt;
use std::sync::Arc;

/// For each filled member of a draft record, by JSON pointer, the place that says so. In the order of pointers.
///
/// Places are kept in parts, for all records of a file together, and written when they are asked for.
#[derive(Clone, Default)]
pub struct Sources {
    members: Vec<Member>,
    file: Arc<File>,
    /// Added to each line.
    shift: u32,
}

/// What the records of a file have in common.
#[derive(Debug, Default)]
pub(super) struct File {
    /// The pointers of all members, one behind the other: one allocation for all of them.
    pub(super) pointers: String,
    pub(super) book: Book,
}

/// A member and the name of its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    pub(super) pointer: Stretch,
    pub(super) at: At,
}

/// A stretch of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stretch {
    from: u32,
    length: u32,
}

impl Stretch {
    /// Adds a text to others; none where all of them would be longer than four gigabytes.
    pub(super) fn add(to: &mut String, text: &str) -> Option<Stretch> {
        let from = u32::try_from(to.len()).ok()?;
        let length = u32::try_from(text.len()).ok()?;
        to.push_str(text);
        Some(Stretch { from, length })
    }

    pub(super) fn of(self, texts: &str) -> &str {
        let from = usize::try_from(self.from).unwrap_or(usize::MAX);
        let length = usize::try_from(self.length).unwrap_or(usize::MAX);
        texts
            .get(from..from.saturating_add(length))
            .unwrap_or_default()
    }
}

impl Sources {
    /// Of members in the order in which they were set; a later place of a member stands for an earlier one.
    pub(super) fn new(mut members: Vec<Member>, file: Arc<File>) -> Sources {
        let texts = file.pointers.as_str();
        members.sort_by(|one, other| one.pointer.of(texts).cmp(other.pointer.of(texts)));
        members.dedup_by(|later, kept| {
            let same = later.pointer.of(texts) == kept.pointer.of(texts);
            if same {
                *kept = *later;
            }
            same
        });
        Sources {
            members,
            file,
            shift: 0,
        }
    }

    /// The place of the member at a pointer.
    pub fn get(&self, pointer: &str) -> Option<SourcePlace> {
        let found = self.find(pointer)?;
        self.place(self.members.get(found)?)
    }

    /// Whether the file says the member at a pointer.
    pub fn contains(&self, pointer: &str) -> bool {
        self.find(pointer).is_some()
    }

    /// The members' pointers.
    pub fn pointers(&self) -> impl Iterator<Item = &str> {
        let texts = self.file.pointers.as_str();
        self.members.iter().map(|member| member.pointer.of(texts))
    }

    /// The members' pointers and places.
    pub fn iter(&self) -> impl Iterator<Item = (&str, SourcePlace)> {
        let texts = self.file.pointers.as_str();
        self.members
            .iter()
            .filter_map(|member| Some((member.pointer.of(texts), self.place(member)?)))
    }

    /// How many members have a place.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether no member has a place.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Forgets the place of a member, which no longer comes from the file.
    pub(super) fn remove(&mut self, pointer: &str) {
        if let Some(found) = self.find(pointer) {
            self.members.remove(found);
        }
    }

    pub(super) fn shift_lines(&mut self, by: u32) {
        self.shift = self.shift.saturating_add(by);
    }

    fn find(&self, pointer: &str) -> Option<usize> {
        let texts = self.file.pointers.as_str();
        self.members
            .binary_search_by(|member| member.pointer.of(texts).cmp(pointer))
            .ok()
    }

    fn place(&self, member: &Member) -> Option<SourcePlace> {
        let mut place = self.file.book.place(member.at)?;
        place.line = place.line.saturating_add(self.shift);
        Some(place)
    }
}

/// Of pointers and their places; a later place of a member stands for an earlier one.
impl FromIterator<(String, SourcePlace)> for Sources {
    fn from_iter<I: IntoIterator<Item = (String, SourcePlace)>>(places: I) -> Sources {
        let mut file = File::default();
        let mut members = Vec::new();
        for (pointer, place) in places {
            if let Some(pointer) = Stretch::add(&mut file.pointers, &pointer) {
                let at = At::Told(file.book.tell(place));
                members.push(Member { pointer, at });
            }
        }
        Sources::new(members, Arc::new(file))
    }
}

impl PartialEq for Sources {
    fn eq(&self, other: &Sources) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl fmt::Debug for Sources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl Serialize for Sources {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(line: u32) -> SourcePlace {
        SourcePlace::new(line, None, "path", "text")
    }

    #[test]
    fn the_later_place_of_a_member_stands() {
        let sources: Sources = [("/b", 1), ("/a", 2), ("/b", 3)]
            .into_iter()
            .map(|(pointer, line)| (pointer.to_owned(), place(line)))
            .collect();
        let told: Vec<(&str, u32)> = sources.iter().map(|(p, place)| (p, place.line)).collect();
        assert_eq!(told, [("/a", 2), ("/b", 3)]);
        assert_eq!(sources.get("/b"), Some(place(3)));
        assert_eq!(sources.get("/c"), None);
    }

    #[test]
    fn lines_shift_and_places_go() {
        let mut sources: Sources = [("/a".to_owned(), place(2)), ("/b".to_owned(), place(4))]
            .into_iter()
            .collect();
        sources.shift_lines(10);
        sources.remove("/a");
        assert_eq!(
            serde_json::to_value(&sources).expect("a map"),
            serde_json::json!({"/b": {"line": 14, "path": "path", "text": "text"}})
        );
    }
}
