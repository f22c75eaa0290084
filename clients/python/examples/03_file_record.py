"""File a record. With an Idempotency-Key of one's own it can be sent again without harm."""

from common import connect, empty_truck, new_trip

api = connect()
trip = new_trip()
draft = empty_truck(trip)
receipt = api.submit_record(draft, idempotency_key=f"manifest-{trip}")
print("filed", receipt["leaf"]["id"], "at entry", receipt["index"], receipt["state"])
again = api.submit_record(draft, idempotency_key=f"manifest-{trip}")
print("sent again: the same record" if again["leaf"] == receipt["leaf"] else "filed twice!")
