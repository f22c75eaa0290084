"""Attach a file to a record: store it, name it, and read it back as whoever may read the record."""

from common import appointment, connect, new_trip

api = connect()
photo = b"the seal, photographed"
stored = api.attach_file(photo, content_type="image/jpeg")
print("stored", stored["size"], "bytes as", stored["id"])

draft = appointment(new_trip())
draft["relatedResource"] = [stored["relatedResource"]]
receipt = api.submit_record(draft)
record = api.get_record(receipt["leaf"]["id"].removeprefix("ni:///sha-256;"))
named = record["record"]["relatedResource"]
named = named[0] if isinstance(named, list) else named
print("read back:", "the same" if api.get_attachment(named["id"].removeprefix("ni:///sha-256;")) == photo else "another!")
