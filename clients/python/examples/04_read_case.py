"""Read a case and its timeline."""

from common import appointment, connect, empty_truck, new_trip

api = connect()
trip = new_trip()
api.submit_record(appointment(trip))
api.submit_record(empty_truck(trip))

case = api.get_case("trip", f"TOCQ:{trip}")
print("trip", case["case"]["key"], "is", case["state"])
for record in api.get_timeline("trip", f"TOCQ:{trip}")["items"]:
    print(f"{record['effective']} {record['recordType']} {'in force' if record['inForce'] else record['why']}")
