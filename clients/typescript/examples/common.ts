// What all examples share: how to reach the node, and a truck to speak of.

import { readFileSync } from "node:fs";

import { Api, signerFromPem, type RecordDraft } from "../src/index.js";

/** By a key that signs each request where GARITA_KEY_FILE names one (PEM), else by the token in GARITA_TOKEN_FILE. */
export function connect(): Api {
  const baseUrl = process.env["GARITA_URL"] ?? "http://127.0.0.1:8101";
  const key = process.env["GARITA_KEY_FILE"];
  if (key) return new Api({ baseUrl, signer: signerFromPem(readFileSync(key, "utf8")) });
  return new Api({ baseUrl, token: readFileSync(process.env["GARITA_TOKEN_FILE"] ?? "", "utf8").trim() });
}

/** A trip number that nobody has: the carrier's SCAC and ten digits. */
export function newTrip(): string {
  return `TOCQ${String(Math.floor(Math.random() * 1e10)).padStart(10, "0")}`;
}

export function inHours(hours: number): string {
  return `${new Date(Date.now() + hours * 3_600_000).toISOString().slice(0, 19)}Z`;
}

/** The manifest of a truck that comes back empty. */
export function emptyTruck(trip: string, plate = "47AK2F"): RecordDraft {
  return {
    recordType: "Manifest",
    credentialSubject: {
      scac: "TOCQ",
      trip,
      direction: "northbound",
      port: "2304",
      estimatedArrival: inHours(3),
      plate,
      empty: true,
    },
  };
}

/** A time at the bridge. */
export function appointment(trip: string, lane = "standard"): RecordDraft {
  return {
    recordType: "Appointment",
    credentialSubject: {
      scac: "TOCQ",
      trip,
      plate: "47AK2F",
      plateState: "MX-TAM",
      window: { windowStart: inHours(3), windowEnd: inHours(3.5) },
      direction: "northbound",
      crossing: "230404",
      lane,
      empty: true,
    },
  };
}

/** The part of an id that stands in addresses. */
export function digest(id: string): string {
  return id.replace("ni:///sha-256;", "");
}
