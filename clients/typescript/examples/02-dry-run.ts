// Have a draft judged without filing it, and read all its faults at once.

import { ProblemError } from "../src/index.js";
import { connect, emptyTruck, newTrip } from "./common.js";

const api = connect();
const draft = emptyTruck(newTrip());
console.log("judged good:", (await api.judgeRecord(draft)).type?.at(-1));

delete draft.credentialSubject["plate"];
draft.credentialSubject["port"] = "Laredo";
try {
  await api.judgeRecord(draft);
} catch (problem) {
  if (!(problem instanceof ProblemError)) throw problem;
  for (const fault of problem.errors) console.log(`${fault.code} at ${fault.pointer}: ${fault.detail} / ${fault.detailEs}`);
}
