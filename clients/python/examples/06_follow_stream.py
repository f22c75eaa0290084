"""Follow what is new for my party, stop, and go on where I stopped: nothing is lost, nothing told twice."""

from common import connect, empty_truck, new_trip

api = connect()
first = api.submit_record(empty_truck(new_trip()))
cursor = str(first["index"] - 1) if first["index"] else None
for event in api.stream(cursor=cursor):
    print("new:", event["data"]["recordType"], event["subject"])
    if event["subject"] == first["leaf"]["id"]:
        # The id of the event is the cursor: keep it where a restart finds it.
        cursor = event["id"]
        break

# While nobody listens two more come.
missed = [api.submit_record(empty_truck(new_trip()))["leaf"]["id"] for _ in range(2)]
for event in api.stream(cursor=cursor):
    print("resumed:", event["data"]["recordType"], event["subject"])
    if event["subject"] in missed:
        missed.remove(event["subject"])
    if not missed:
        break
print("nothing was missed")
