// Read a case and its timeline.

import { appointment, connect, emptyTruck, newTrip } from "./common.js";

const api = connect();
const trip = newTrip();
await api.submitRecord(appointment(trip));
await api.submitRecord(emptyTruck(trip));

const state = await api.getCase("trip", `TOCQ:${trip}`);
console.log("trip", state.case.key, "is", state.state);
for (const record of (await api.getTimeline("trip", `TOCQ:${trip}`)).items) {
  console.log(record.effective, record.recordType, record.inForce ? "in force" : record.why);
}
