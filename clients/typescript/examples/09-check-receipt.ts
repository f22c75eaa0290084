// Fetch a receipt and check it: that the log of my node holds my record, proven without trusting the node's word.

import { checkReceipt } from "../src/index.js";
import { connect, digest, emptyTruck, newTrip } from "./common.js";

const api = connect();
const ids: string[] = [];
for (let n = 0; n < 3; n += 1) ids.push((await api.submitRecord(emptyTruck(newTrip()))).leaf.id);
const receipt = await api.getReceipt(digest(ids[0] ?? ""));

// Whose log key it is, the network's list says; keep it where the node cannot change it.
const { nodes } = await api.getNetwork();
const logKey = nodes.find((node) => node.did === receipt.stamp.node)?.logKey ?? "";
const proven = checkReceipt(receipt, logKey);
console.log(`proven: entry ${proven.index} of ${proven.size} in ${proven.log} is ${proven.record}`);

const forged = structuredClone(receipt);
forged.leaf.logged += 1;
try {
  checkReceipt(forged, logKey);
  console.log("a changed receipt holds!");
} catch (error) {
  console.log("a changed receipt is refused:", (error as Error).message);
}
