// Follow what is new for my party, stop, and go on where I stopped: nothing is lost, nothing told twice.

import { connect, emptyTruck, newTrip } from "./common.js";

const api = connect();
const first = await api.submitRecord(emptyTruck(newTrip()));
let cursor = first.index > 0 ? String(first.index - 1) : "";
for await (const event of api.stream({ cursor })) {
  console.log("new:", event.data.recordType, event.subject);
  if (event.subject === first.leaf.id) {
    // The id of the event is the cursor: keep it where a restart finds it.
    cursor = event.id;
    break;
  }
}

// While nobody listens two more come.
const missed = new Set<string>();
for (let n = 0; n < 2; n += 1) missed.add((await api.submitRecord(emptyTruck(newTrip()))).leaf.id);
for await (const event of api.stream({ cursor })) {
  console.log("resumed:", event.data.recordType, event.subject);
  missed.delete(event.subject);
  if (missed.size === 0) break;
}
console.log("nothing was missed");
