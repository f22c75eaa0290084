"""Have a draft judged without filing it, and read all its faults at once."""

from common import connect, empty_truck, new_trip
from garita_client import ProblemError

api = connect()
draft = empty_truck(new_trip())
print("judged good:", api.judge_record(draft)["type"][-1])

del draft["credentialSubject"]["plate"]
draft["credentialSubject"]["port"] = "Laredo"
try:
    api.judge_record(draft)
except ProblemError as problem:
    for fault in problem.errors:
        print(f"{fault.code} at {fault.pointer}: {fault.detail} / {fault.detail_es}")
