// Find a case by a number that people have in hand, and go through a list page by page.

import { type CaseBrief } from "../src/index.js";
import { connect, emptyTruck, newTrip } from "./common.js";

const api = connect();
const trip = newTrip();
await api.submitRecord(emptyTruck(trip));

// The whole number, its beginning, or its end.
for (const hit of (await api.search({ q: trip.slice(-7) })).items) {
  console.log("found", hit.kind, hit.key, "by its", hit.name);
}

const listed: CaseBrief[] = [];
for await (const one of api.iterateCases({ kind: "trip", limit: 2 })) {
  if (listed.push(one) === 5) break;
}
console.log(`${listed.length} trips, two a page; the newest is ${listed[0]?.key}`);
