// Import a document as people have it: first the draft with the place of each member, then file it.

import { readFileSync } from "node:fs";
import { basename } from "node:path";

import { type ImportDraft, type Imported } from "../src/index.js";
import { connect, newTrip } from "./common.js";

const api = connect();
const file = process.argv[2] ?? "../examples/empty-truck.edi";
// Another trip each time, so that the example can be run again.
const document = readFileSync(file, "latin1").replaceAll("TOCQ2611240417", newTrip());

const draft = (await api.importDocument("auto", document)) as ImportDraft;
console.log("read as", draft.kind);
for (const record of draft.records) {
  console.log(record.recordType, "from", basename(file));
  for (const [pointer, place] of Object.entries(record.sources)) {
    console.log(`  ${pointer} = "${place.text}" (line ${place.line}, ${place.path})`);
  }
  for (const gap of record.missing) console.log("  missing", gap.pointer, gap.en);
}
for (const fault of draft.faults) console.log(fault.severity, fault.code, fault.en);

const filed = (await api.importDocument("auto", document, { submit: true })) as Imported;
console.log("filed", filed.records[0]?.recordType, filed.records[0]?.id);
