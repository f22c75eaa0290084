//! What happened to which content: one JSON object a line, on disk before anything is done that follows from it.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What became of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum What {
    Sending,
    Filed,
    Failed,
}

/// A line of the journal.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Event {
    /// The document's key: its digest with what it was sent with.
    key: String,
    /// The file's name then.
    pub(super) name: String,
    what: What,
    /// Milliseconds since 1970, the machine's clock.
    pub(super) at_ms: i64,
    /// Ids of the records that were filed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) records: Vec<String>,
}

impl Event {
    /// A document is about to be sent.
    pub(super) fn sending(key: &str, name: &str, at_ms: i64) -> Event {
        Event::of(key, name, What::Sending, at_ms)
    }

    /// The node's answer: it is filed.
    pub(super) fn filed(key: &str, name: &str, at_ms: i64, answer: &Value) -> Event {
        let records = answer.get("records").and_then(Value::as_array);
        Event {
            records: records
                .into_iter()
                .flatten()
                .filter_map(|record| record.get("id")?.as_str().map(str::to_owned))
                .collect(),
            ..Event::of(key, name, What::Filed, at_ms)
        }
    }

    /// The node refused it, or it was not sent.
    pub(super) fn failed(key: &str, name: &str, at_ms: i64) -> Event {
        Event::of(key, name, What::Failed, at_ms)
    }

    fn of(key: &str, name: &str, what: What, at_ms: i64) -> Event {
        Event {
            key: key.to_owned(),
            name: name.to_owned(),
            what,
            at_ms,
            records: Vec::new(),
        }
    }
}

/// What the journal knows of a document.
pub(super) enum Known<'a> {
    /// It is filed.
    Filed(&'a Event),
    /// It was sent at this time, and no answer was kept.
    Sent(i64),
    /// It never came, or failed and may be tried again.
    Nothing,
}

/// The journal of a folder.
pub(super) struct Journal {
    file: File,
    last: HashMap<String, Event>,
}

impl Journal {
    /// Opens the journal. A last line that was cut by a crash is dropped: what it would have said was not done yet.
    ///
    /// # Errors
    /// When it can't be read or written, or a line before the last is not the journal's.
    pub(super) fn open(path: &Path) -> Result<Journal, String> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(format!("{}: {error}", path.display())),
        };
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        let mut last = HashMap::new();
        for (number, line) in text.get(..whole).unwrap_or("").lines().enumerate() {
            let event: Event = serde_json::from_str(line)
                .map_err(|e| format!("{}: line {}: {e}", path.display(), number + 1))?;
            last.insert(event.key.clone(), event);
        }
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .and_then(|file| {
                file.set_len(u64::try_from(whole).unwrap_or(0))?;
                Ok(file)
            })
            .map_err(|e| format!("{}: {e}", path.display()))?;
        Ok(Journal { file, last })
    }

    /// What is known of a document.
    pub(super) fn known(&self, key: &str) -> Known<'_> {
        match self.last.get(key) {
            Some(event) if event.what == What::Filed => Known::Filed(event),
            Some(event) if event.what == What::Sending => Known::Sent(event.at_ms),
            _ => Known::Nothing,
        }
    }

    /// Adds a line; it is on disk on return. A document that is sent again keeps the time of its first sending.
    pub(super) fn put(&mut self, event: Event) -> io::Result<()> {
        if event.what == What::Sending && matches!(self.known(&event.key), Known::Sent(_)) {
            return Ok(());
        }
        let mut line = serde_json::to_vec(&event)?;
        line.push(b'\n');
        self.file.write_all(&line)?;
        self.file.sync_data()?;
        self.last.insert(event.key.clone(), event);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_cut_by_a_crash_is_dropped_and_the_rest_goes_on() {
        let folder = std::env::temp_dir().join(format!("garita-journal-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("journal.jsonl");
        let mut journal = Journal::open(&path).unwrap();
        journal.put(Event::sending("a", "one.edi", 1)).unwrap();
        let answer = serde_json::json!({ "records": [{ "id": "ni:///x" }, { "refused": "y" }] });
        journal
            .put(Event::filed("a", "one.edi", 2, &answer))
            .unwrap();
        journal.put(Event::sending("b", "two.edi", 3)).unwrap();
        journal.put(Event::sending("b", "two.edi", 9)).unwrap();
        drop(journal);
        let mut text = fs::read_to_string(&path).unwrap();
        let whole = text.len();
        text.push_str("{\"key\":\"b\",\"name\":\"two.edi\",\"what\":\"fi");
        fs::write(&path, &text).unwrap();
        let journal = Journal::open(&path).unwrap();
        assert!(matches!(journal.known("b"), Known::Sent(3)));
        match journal.known("a") {
            Known::Filed(event) => assert_eq!(event.records, ["ni:///x"]),
            _ => panic!("forgotten"),
        }
        assert_eq!(fs::metadata(&path).unwrap().len(), whole as u64);
        fs::write(&path, "no journal\n").unwrap();
        assert!(Journal::open(&path).is_err());
        fs::remove_dir_all(&folder).unwrap();
    }
}
