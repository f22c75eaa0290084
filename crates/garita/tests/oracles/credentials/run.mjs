// Credentials of varied shape by Digital Bazaar's libraries, judged by Garita; credentials by Garita, judged by them; and changed copies of
// each, which neither may take. `GARITA_FUZZ_SEED` chooses other documents.

import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { known } from "./known.mjs";
import { issued } from "./issued.mjs";
import * as ours from "./ours.mjs";
import { Pool } from "./pool.mjs";

const OUT = process.env.ORACLE_OUT;
const SEED = Number(process.env.GARITA_FUZZ_SEED ?? 20261130) >>> 0;
/** At least so many of theirs must be agreed upon, or the run judged too little. */
const AGREED_MIN = 1000;

// Shapes that are kept from what is signed statement by statement, because something is known of them: see `known.mjs`.
const SELECTIVE = ["labels", "lists", "single"];

// Documents by them: a suite, how many, and changed copies of each. BBS takes them a second a step, so its documents are few and small.
const SERIES = [
  { suite: "eddsa-rdfc-2022", kind: "ed25519", count: 280, copies: 2, without: [] },
  { suite: "eddsa-jcs-2022", kind: "ed25519", count: 180, copies: 2, without: [] },
  { suite: "ecdsa-rdfc-2019", kind: "p256", count: 140, copies: 2, without: [] },
  { suite: "ecdsa-rdfc-2019", kind: "p384", count: 80, copies: 2, without: [] },
  { suite: "ecdsa-jcs-2019", kind: "p256", count: 120, copies: 2, without: [] },
  { suite: "ecdsa-jcs-2019", kind: "p384", count: 60, copies: 2, without: [] },
  { suite: "ecdsa-sd-2023", kind: "p256", count: 160, copies: 1, without: SELECTIVE },
  { suite: "bbs-2023", kind: "bls12381g2", count: 24, copies: 1, without: [...SELECTIVE, "depth"] },
  { suite: "eddsa-rdfc-2022", kind: "ed25519", count: 20, copies: 2, without: [], set: "eddsa-jcs-2022" },
  { suite: "ecdsa-jcs-2019", kind: "p256", count: 20, copies: 2, without: [], set: "ecdsa-rdfc-2019" },
];
const COUNT_A_JOB = 20;
const COUNT_A_JOB_BBS = 4;

const faults = [];
const pool = new Pool(2);

function jobs() {
  let seed = SEED;
  const all = [];
  for (const series of SERIES) {
    const share = series.suite === "bbs-2023" ? COUNT_A_JOB_BBS : COUNT_A_JOB;
    for (let at = 0; at < series.count; at += share) {
      const name = `${series.suite}-${series.kind}${series.set ? "-set" : ""}-${at}`;
      all.push({ ...series, name, count: Math.min(share, series.count - at), seed: seed++, folder: OUT });
    }
  }
  // What takes longest begins first, so that the threads end together.
  return all.sort((a, b) => (b.suite === "bbs-2023") - (a.suite === "bbs-2023"));
}

/** Theirs: both take all that they signed, neither takes a changed copy. */
async function theirs() {
  const made = await pool.all(jobs());
  const good = made.flatMap(job => job.good);
  const bad = made.flatMap(job => job.bad);
  const onGood = await ours.verify(good.map(g => g.file));
  const onBad = await ours.verify(bad.map(b => b.file), "proof");
  const agreed = {};
  for (const { file, verified, why } of good) {
    const suite = /([^/]+?)-\d+-\d+\.json$/.exec(file)[1];
    const said = onGood.get(file);
    if (!verified) faults.push(`${file}: they refuse their own: ${why}`);
    if (!said.verified) faults.push(`${file}: ours refuses theirs: ${said.why}`);
    if (verified && said.verified) agreed[suite] = (agreed[suite] ?? 0) + 1;
  }
  const refused = {};
  let onlyOneHeld = 0;
  for (const { file, change, verified, held } of bad) {
    if (onBad.get(file).verified) faults.push(`${file}: ours takes a changed copy`);
    const proofs = [JSON.parse(readFileSync(file)).proof].flat().length;
    if (verified && held < proofs) onlyOneHeld++;
    else if (verified) faults.push(`${file}: they take a changed copy`);
    refused[change] = (refused[change] ?? 0) + 1;
  }
  const count = Object.values(agreed).reduce((a, b) => a + b, 0);
  if (count < AGREED_MIN) faults.push(`only ${count} of theirs were agreed upon`);
  console.log(`theirs: ${count} of ${good.length} taken by both: ${told(agreed)}`);
  console.log(`theirs, changed: ${bad.length}: ${told(refused)}`);
  console.log(`known: of a changed proof set they ask for one good proof (ours for all): ${onlyOneHeld}`);
  const unsigned = {};
  for (const job of made) for (const [why, n] of Object.entries(job.refused)) unsigned[why] = (unsigned[why] ?? 0) + n;
  for (const [why, n] of Object.entries(unsigned)) console.log(`known: they do not sign (${why}): ${n}, others were made in their place`);
}

const told = counts => Object.entries(counts).map(([name, n]) => `${name} ${n}`).join(", ");

for (const folder of ["good", "bad", "ours", "known"]) {
  rmSync(join(OUT, folder), { recursive: true, force: true });
  mkdirSync(join(OUT, folder), { recursive: true });
}
console.log(`seed ${SEED}`);
const began = Date.now();
await theirs();
faults.push(...(await issued({ pool, folder: join(OUT, "ours"), seed: SEED })));
faults.push(...(await known({ folder: join(OUT, "known"), seed: SEED })));
await pool.end();
console.log(`${Math.round((Date.now() - began) / 1000)} s, ${faults.length} faults`);
if (faults.length > 0) {
  console.error(faults.slice(0, 40).join("\n"));
  process.exit(1);
}
