// File a record. With an Idempotency-Key of one's own it can be sent again without harm.

import { connect, emptyTruck, newTrip } from "./common.js";

const api = connect();
const trip = newTrip();
const draft = emptyTruck(trip);
const receipt = await api.submitRecord(draft, { idempotencyKey: `manifest-${trip}` });
console.log("filed", receipt.leaf.id, "at entry", receipt.index, receipt.state);
const again = await api.submitRecord(draft, { idempotencyKey: `manifest-${trip}` });
console.log(again.leaf.id === receipt.leaf.id ? "sent again: the same record" : "filed twice!");
