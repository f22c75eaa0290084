"""Fetch a receipt and check it: that the log of my node holds my record, proven without trusting the node's word."""

import copy

from common import connect, empty_truck, new_trip
from garita_client import ReceiptError, check_receipt

api = connect()
ids = [api.submit_record(empty_truck(new_trip()))["leaf"]["id"] for _ in range(3)]
receipt = api.get_receipt(ids[0].removeprefix("ni:///sha-256;"))

# Whose log key it is, the network's list says; keep it where the node cannot change it.
network = api.get_network()
log_key = next(node["logKey"] for node in network["nodes"] if node["did"] == receipt["stamp"]["node"])
proven = check_receipt(receipt, log_key)
print(f"proven: entry {proven.index} of {proven.size} in {proven.log} is {proven.record}")

forged = copy.deepcopy(receipt)
forged["leaf"]["logged"] += 1
try:
    check_receipt(forged, log_key)
except ReceiptError as error:
    print("a changed receipt is refused:", error)
