// What is known of their libraries and is kept from the many, each with documents that show it. An entry that no longer shows it fails the
// run: then the shape goes back to the many.

import { writeFileSync } from "node:fs";
import { join } from "node:path";

import * as ours from "./ours.mjs";
import { derive, newKey, SELECTIVE, sign, SUITES, verify } from "./theirs.mjs";

const TERMS = { share: "https://example.org/ns#share", remark: "https://example.org/ns#remark", route: { "@id": "https://example.org/ns#route", "@container": "@list" } };

const document = subject => issuer => ({
  "@context": ["https://www.w3.org/ns/credentials/v2", TERMS],
  type: ["VerifiableCredential"],
  issuer,
  credentialSubject: { remark: "known", ...subject },
});

/**
 * Ours refuses what they signed. `forge` changes it so that they still take it; ours refuses that too, but where the changed copy says what
 * was signed (`forgedIsSigned`).
 */
const KNOWN = [
  {
    name: "small numbers",
    why: "a number such as 1e-7, whose text has no point, is signed as the integer 0, so that all of them are one",
    suites: ["eddsa-rdfc-2022", "ecdsa-sd-2023"],
    documents: [1e-7, 5e-7, 1e-10, -2e-9].map(share => document({ share })),
    forge: made => (made.credentialSubject.share = 3e-8),
  },
  {
    name: "long numbers",
    why: "RDF writes a double with 16 digits; they sign numbers of more as another number, ours does not sign or take them",
    suites: ["eddsa-rdfc-2022", "ecdsa-sd-2023"],
    documents: [0.1 + 0.2, 100.10000000000001].map(share => document({ share })),
    forge: made => (made.credentialSubject.share = made.credentialSubject.share > 1 ? 100.1 : 0.3),
    forgedIsSigned: true,
  },
  {
    name: "language tags with capitals",
    why: "they sign es-MX as es-mx, which the standard allows; ours signs what is written, so signatures over such a tag do not travel",
    suites: ["eddsa-rdfc-2022", "ecdsa-sd-2023"],
    documents: ["es-MX", "en-US", "zh-Hant"].map(tag => document({ remark: { "@value": "x", "@language": tag } })),
    forge: made => (made.credentialSubject.remark["@language"] = made.credentialSubject.remark["@language"].toUpperCase()),
  },
  {
    name: "texts that look like blank nodes",
    why: "they relabel by regular expression over the text of the statements, so such a text is signed as another",
    suites: SELECTIVE,
    documents: ["_:b0 and more", "see _:b7 there", "_:c14n0"].map(text => document({ remark: text })),
    forge: made => (made.credentialSubject.remark = made.credentialSubject.remark.replaceAll(/_:\w+/g, "_:FORGED")),
  },
  {
    name: "inline contexts in JCS",
    why: "they compare the contexts of proof and document as objects, so of a text they refuse even their own; the run makes equal ones one",
    suites: ["eddsa-jcs-2022", "ecdsa-jcs-2019"],
    documents: [document({})],
    theyRefuse: true,
  },
  {
    name: "lists shown in part",
    why: "they do not sign an ordered list statement by statement",
    suites: SELECTIVE,
    documents: [document({ route: ["a", "b"] })],
    unsigned: /"@set" or "@list"/,
  },
  {
    name: "a subject in an array of its own",
    why: "they find what a pointer names in the compacted form, in which an array of one is no array",
    suites: SELECTIVE,
    documents: [issuer => ({ ...document({})(issuer), credentialSubject: [{ remark: "known" }] })],
    pointer: "/credentialSubject/0/remark",
    unsigned: /does not match document/,
  },
];

export async function known({ folder }) {
  const faults = [];
  for (const entry of KNOWN) {
    const counts = { unsigned: 0, signed: 0, forged: 0 };
    for (const suite of entry.suites) {
      const kind = SUITES[suite][0];
      const key = await newKey(kind);
      const files = [];
      for (const [n, make] of entry.documents.entries()) {
        const name = `${entry.name} ${n} by ${suite}`;
        let made;
        try {
          made = await sign(make(key.controller), suite, key, ["/issuer"]);
          if (SELECTIVE.includes(suite)) made = await derive(made, [entry.pointer ?? "/credentialSubject"]);
        } catch (error) {
          if (!entry.unsigned?.test(error.message)) faults.push(`${name}: they do not sign: ${error.message}`);
          counts.unsigned++;
          continue;
        }
        if (entry.unsigned) {
          faults.push(`${name}: they sign what they did not; take it off the list`);
          continue;
        }
        counts.signed++;
        if (entry.theyRefuse) {
          if ((await verify(JSON.stringify(made), JSON.parse)).verified) faults.push(`${name}: they take it; take it off the list`);
          continue;
        }
        const forged = structuredClone(made);
        entry.forge(forged);
        if ((await verify(JSON.stringify(forged))).verified) counts.forged++;
        files.push(...(entry.forgedIsSigned ? [made] : [made, forged]).map((one, at) => {
          const file = join(folder, `${name.replaceAll(" ", "-")}-${at === 0 ? "made" : "forged"}.json`);
          writeFileSync(file, JSON.stringify(one));
          return file;
        }));
      }
      for (const [file, { verified }] of files.length > 0 ? await ours.verify(files, "proof") : []) {
        if (verified) faults.push(`${file}: ours takes it`);
      }
    }
    if (entry.forge && counts.forged === 0) faults.push(`${entry.name}: they take no forged copy any more; take it off the list`);
    const forged = `${counts.signed} refused by ours, ${counts.forged} changed copies of them taken by them`;
    const told = entry.unsigned ? `${counts.unsigned} not signed` : entry.theyRefuse ? `${counts.signed} refused by them` : forged;
    console.log(`known: ${entry.name}: ${entry.why}: ${told}`);
  }
  return faults;
}
