// Correct a record, then take it back. Nothing is deleted: the timeline shows what was said and what holds.

import { appointment, connect, newTrip } from "./common.js";

const api = connect();
const trip = newTrip();

async function show(when: string): Promise<void> {
  const { items } = await api.getTimeline("trip", `TOCQ:${trip}`);
  console.log(`${when}: ${items.map((r) => `${r.recordType} ${r.inForce ? "in force" : r.why}`).join(", ")}`);
}

const said = (await api.submitRecord(appointment(trip))).leaf.id;
await show("said");

const corrects = { id: said, kind: "corrects", reason: "The driver has a FAST card" } as const;
const correction = (await api.submitRecord({ ...appointment(trip, "fast"), replaces: corrects })).leaf.id;
await show("corrected");

// Who takes back a correction is back at what he said before; the truck is not coming, so that goes too.
for (const [id, lane] of [[correction, "fast"], [said, "standard"]] as const) {
  await api.submitRecord({ ...appointment(trip, lane), replaces: { id, kind: "withdraws", reason: "The truck is not coming" } });
}
await show("withdrawn");
