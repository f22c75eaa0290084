"""Reads each feed with feedparser and each calendar with icalendar, and compares with what was said."""

import datetime
import json
import os
import pathlib
import re
import sys
import unicodedata

import feedparser
import icalendar

# What turns the direction of text is left out of both.
TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
DAY = (datetime.date(2031, 6, 21), datetime.date(2031, 9, 23))


def bare(text, line_ends):
    """The text without control characters; its line ends as one writes them."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x85", "\n")
    text = "".join(c for c in text if c == "\n" or (unicodedata.category(c) != "Cc" and c not in TURNS))
    return text if line_ends else re.sub(r"\s+", " ", text).strip()


def calendar(path, said):
    octets = path.read_bytes()
    assert all(len(line) <= 75 for line in octets.split(b"\r\n")), "a line is too long"
    assert b"\n" not in octets.replace(b"\r\n", b""), "a line ends without CR LF"
    read = icalendar.Calendar.from_ical(octets)
    assert not read.errors, read.errors
    assert [part.name for part in read.walk()] == ["VCALENDAR", "VEVENT"], "another component"
    event = read.walk("VEVENT")[0]
    assert not event.errors, event.errors
    word = bare(said["word"], True)
    assert event["SUMMARY"] == word, (event["SUMMARY"], word)
    assert event["DESCRIPTION"] == f"{word} {word}"
    assert event["UID"] == said["uid"] and event["SEQUENCE"] == 3
    assert (event["DTSTART"].dt, event["DTEND"].dt) == DAY
    assert event["DTSTAMP"].dt.isoformat() == "2026-03-12T12:00:00+00:00"
    assert event["URL"] == "https://garita.example/projects/us-tx-bota?lang=en&x=1"
    assert [str(part) for part in event["CATEGORIES"].cats] == ["El Paso, BOTA", "port"]
    assert "ATTENDEE" not in event
    assert icalendar.Calendar.from_ical(read.to_ical()).to_ical() == read.to_ical()


def atom(path, said):
    read = feedparser.parse(path.read_bytes(), sanitize_html=False)
    assert not read.bozo, read.bozo_exception
    assert read.version == "atom10" and len(read.entries) == 1
    entry = read.entries[0]
    word = bare(said["word"].replace("\x85", ""), False)
    assert bare(read.feed.title, False) == word, (read.feed.title, word)
    assert bare(entry.title, False) == word
    assert bare(entry.content[0].value, False) == f"{word} {word}".strip()
    assert entry.content[0].type == "text/plain" and entry.content[0].language == "es"
    assert entry.id == said["id"] and entry.link == "https://garita.example/projects/us-tx-bota"
    assert read.feed.id == "tag:garita.example,2026:scorecard/en"
    assert entry.tags[0].term == "us-tx-bota" and bare(entry.tags[0].label, False) == word
    assert entry.updated == "2026-03-12T12:00:00Z"


def main():
    folder = pathlib.Path(os.environ["ORACLE_OUT"])
    files = sorted(folder.glob("*.json"))
    assert len(files) >= 10, "nothing to read"
    wrong = 0
    for path in files:
        said = json.loads(path.read_text())
        for ending, check in ((".ics", calendar), (".atom", atom)):
            try:
                check(path.with_suffix(ending), said)
            except Exception as error:  # noqa: BLE001 - all that is wrong is told
                wrong += 1
                print(f"{path.stem}{ending}: {type(error).__name__}: {error}")
    print(f"{len(files)} feeds and calendars, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
