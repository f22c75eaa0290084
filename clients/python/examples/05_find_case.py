"""Find a case by a number that people have in hand, and go through a list page by page."""

import itertools

from common import connect, empty_truck, new_trip

api = connect()
trip = new_trip()
api.submit_record(empty_truck(trip))

# The whole number, its beginning, or its end.
for hit in api.search(q=trip[-7:])["items"]:
    print("found", hit["kind"], hit["key"], "by its", hit["name"])

listed = list(itertools.islice(api.iterate_cases(kind="trip", limit=2), 5))
print(len(listed), "trips, two a page; the newest is", listed[0]["key"])
