"""Correct a record, then take it back. Nothing is deleted: the timeline shows what was said and what holds."""

from common import appointment, connect, new_trip

api = connect()
trip = new_trip()


def show(when: str) -> None:
    told = [f"{r['recordType']} {'in force' if r['inForce'] else r['why']}" for r in api.get_timeline("trip", f"TOCQ:{trip}")["items"]]
    print(f"{when}: {', '.join(told)}")


said = api.submit_record(appointment(trip))["leaf"]["id"]
show("said")

corrected = appointment(trip, lane="fast")
corrected["replaces"] = {"id": said, "kind": "corrects", "reason": "The driver has a FAST card"}
correction = api.submit_record(corrected)["leaf"]["id"]
show("corrected")

# Who takes back a correction is back at what he said before; the truck is not coming, so that goes too.
for record, lane in ((correction, "fast"), (said, "standard")):
    withdrawn = appointment(trip, lane=lane)
    withdrawn["replaces"] = {"id": record, "kind": "withdraws", "reason": "The truck is not coming"}
    api.submit_record(withdrawn)
show("withdrawn")
