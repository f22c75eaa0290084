// Attach a file to a record: store it, name it, and read it back as whoever may read the record.

import { type RelatedResource } from "../src/index.js";
import { appointment, connect, digest, newTrip } from "./common.js";

const api = connect();
const photo = new TextEncoder().encode("the seal, photographed");
const stored = await api.attachFile(photo, { contentType: "image/jpeg" });
console.log("stored", stored.size, "bytes as", stored.id);

const receipt = await api.submitRecord({ ...appointment(newTrip()), relatedResource: [stored.relatedResource] });
const { record } = await api.getRecord(digest(receipt.leaf.id));
const named = [record["relatedResource"]].flat()[0] as RelatedResource;
const read = await api.getAttachment(digest(named.id));
console.log("read back:", Buffer.from(read).equals(photo) ? "the same" : "another!");
