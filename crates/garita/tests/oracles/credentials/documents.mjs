// Documents of varied shape from a seed: the same seed gives the same documents.

const V2 = "https://www.w3.org/ns/credentials/v2";
const EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2";
const XSD = "http://www.w3.org/2001/XMLSchema#";
const NS = "https://example.org/ns#";

/** Small and good enough to choose shapes by (mulberry32). */
export class Random {
  constructor(seed) {
    this.state = seed >>> 0;
  }
  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }
  below(n) {
    return Math.floor(this.next() * n);
  }
  between(low, high) {
    return low + this.below(high - low + 1);
  }
  chance(p) {
    return this.next() < p;
  }
  of(list) {
    return list[this.below(list.length)];
  }
  hex(length) {
    return Array.from({ length }, () => this.below(16).toString(16)).join("");
  }
  uuid() {
    return `urn:uuid:${this.hex(8)}-${this.hex(4)}-4${this.hex(3)}-a${this.hex(3)}-${this.hex(12)}`;
  }
}

// Scalar terms by what their values are. A document's own context defines those that it uses.
const SCALARS = {
  goods: {},
  remark: {},
  plate: {},
  "señas": {},
  "货物": {},
  "x-y_z.1": {},
  spoken: { "@language": "es-mx" },
  plain: { "@language": null },
  count: {},
  share: {},
  sealed: {},
  weight: { "@type": `${XSD}decimal` },
  day: { "@type": `${XSD}date` },
  moment: { "@type": `${XSD}dateTime` },
  numbered: { "@type": `${XSD}integer` },
  kept: { "@type": `${NS}Code` },
  place: { "@type": "@id" },
  page: { "@type": "@vocab" },
};
const NODES = { line: {}, party: {}, carries: {}, set: { "@container": "@set" } };
const TYPES = ["Manifest", "Line", "Party", "Sello"];

const WORDS = ["arnés", "wire harness", "腰带", "Ünïcødé", "emoji 🚚🇲🇽", "a\tb\nc\r\"d\"\\e", "\u0001\u007f\u0085", "\u2028\u2029", " ", "", "NULL", "e\u0301 é", "\u{10FFFF}", "<&>'", "null", "@id", "@@", "2026-11-30", "https://example.org/ not a link"];
const NUMBERS = [0, 1, -1, 7, 42, 1e15, 9007199254740991, -9007199254740991, 123456789012];
const DOUBLES = [0.1, 1.5, -2.25, 1.5e-9, 1.1e22, 100.01, 0.000001, 12345.678, -0.5, 1e21, 2.5e-300];

/**
 * A credential of an issuer, before it is signed. `without` names shapes that must not be there: `labels` is text with `_:`, `lists` the
 * ordered containers, `single` a subject in an array of its own, `depth` more than a few statements.
 */
export function credential(random, issuer, without = []) {
  const maker = new Maker(random, without);
  const subjects = random.chance(0.15) ? random.between(2, 3) : 1;
  const depth = () => (maker.without.has("depth") ? random.below(2) : random.between(1, 3));
  const made = Array.from({ length: subjects }, () => maker.node(depth(), { subject: true }));
  const document = {
    "@context": [],
    ...(random.chance(0.6) ? { id: random.chance(0.7) ? random.uuid() : `https://example.org/vc/${random.hex(6)}?a=1&b=%C3%A9` } : {}),
    type: random.chance(0.5) ? ["VerifiableCredential", maker.type()] : ["VerifiableCredential"],
    issuer: random.chance(0.3) ? { id: issuer, ...(random.chance(0.5) ? { name: "Aduana" } : {}) } : issuer,
    ...(random.chance(0.4) ? { name: maker.valueObject("Credencial") } : {}),
    ...(random.chance(0.3) ? { description: maker.valueObject(maker.text()) } : {}),
    ...(random.chance(0.7) ? { validFrom: random.of(["2026-01-01T00:00:00Z", "2025-12-31T23:59:59.123Z", "2026-01-01T00:00:00-06:00", "2026-02-28T12:00:00+05:30"]) } : {}),
    ...(random.chance(0.3) ? { validUntil: "2096-01-01T00:00:00Z" } : {}),
    credentialSubject: subjects === 1 && (maker.without.has("single") || random.chance(0.9)) ? made[0] : made,
  };
  if (random.chance(0.15)) document.evidence = { type: maker.type(), ...maker.fields(1) };
  if (random.chance(0.1)) document.termsOfUse = [{ type: maker.type(), ...maker.fields(1) }];
  document["@context"] = maker.context();
  return document;
}

/** Two nodes of one name are one node: what is dropped of one, the other still says. */
function nameless(value) {
  if (value === null || typeof value !== "object") return value;
  if (!Array.isArray(value)) delete value.id;
  Object.values(value).forEach(nameless);
  return value;
}

class Maker {
  constructor(random, without) {
    this.random = random;
    this.without = new Set(without);
    this.used = {};
    this.types = new Set();
    this.vocab = random.chance(0.06);
    this.examples = !this.vocab && random.chance(0.06);
    this.prefixed = random.chance(0.3);
  }

  /** What was used is defined: inline, by a prefix, or by a vocabulary. */
  context() {
    if (this.examples) return [V2, EXAMPLES, ...this.definitions(t => Object.keys(t).length > 0)];
    if (this.vocab) return [V2, { "@vocab": NS }, ...this.definitions(t => Object.keys(t).length > 0)];
    return [V2, ...this.definitions(() => true)];
  }

  definitions(wanted) {
    const iri = name => (this.prefixed ? `eg:${name}` : NS + name);
    const own = {};
    for (const [name, term] of Object.entries(this.used)) {
      if (!wanted(term)) continue;
      const definition = { "@id": iri(encodeURIComponent(name)), ...term };
      own[name] = Object.keys(term).length === 0 && this.random.chance(0.8) ? definition["@id"] : definition;
    }
    if (!this.vocab && !this.examples) {
      for (const name of this.types) own[name] = iri(name);
    }
    if (Object.keys(own).length === 0) return [];
    const prefix = this.prefixed ? { eg: NS } : {};
    if (this.random.chance(0.2) && Object.keys(own).length > 2) {
      const half = Object.entries(own);
      const cut = half.length >> 1;
      return [{ ...prefix, ...Object.fromEntries(half.slice(0, cut)) }, { ...Object.fromEntries(half.slice(cut)) }];
    }
    return [{ ...prefix, ...own }];
  }

  type() {
    const type = this.random.of(TYPES);
    this.types.add(type);
    return type;
  }

  use(name, term) {
    this.used[name] = term;
    return name;
  }

  node(depth, { subject = false } = {}) {
    const { random } = this;
    const node = {};
    if (subject ? random.chance(0.7) : random.chance(0.25)) node.id = random.of([random.uuid(), `did:example:${random.hex(5)}`, `https://example.org/p/${random.hex(4)}#a`]);
    if (random.chance(0.5)) node.type = random.chance(0.7) ? this.type() : [...new Set([this.type(), this.type()])];
    Object.assign(node, this.fields(depth));
    return node;
  }

  fields(depth) {
    const { random } = this;
    const out = {};
    for (let n = random.between(1, 4); n > 0; n--) {
      const [name, value] = this.scalar();
      out[name] = value;
    }
    if (depth <= 0) return out;
    for (let n = random.between(0, 2); n > 0; n--) {
      const name = random.of(Object.keys(NODES));
      this.use(name, NODES[name]);
      out[name] = this.children(depth - 1, name);
    }
    if (!this.without.has("lists") && random.chance(0.1)) {
      out[this.use("route", { "@container": "@list" })] = ["Laredo", "Nuevo Laredo", "Laredo"].slice(0, random.between(0, 3));
    }
    if (random.chance(0.1)) {
      out[this.use("titles", { "@container": "@language" })] = { en: "line", es: random.chance(0.5) ? "línea" : ["línea", "renglón"] };
    }
    return out;
  }

  /** One node, several, or line items of which some are the same to the last letter. */
  children(depth, name) {
    const { random } = this;
    const set = NODES[name]["@container"] === "@set";
    if (!set && random.chance(0.4)) return this.node(depth);
    const items = Array.from({ length: random.between(1, 4) }, () => this.node(depth));
    if (random.chance(0.4)) {
      const same = nameless(structuredClone(random.of(items)));
      items.push(same, structuredClone(same));
    }
    return items;
  }

  scalar() {
    const { random } = this;
    const name = random.of(Object.keys(SCALARS));
    this.use(name, SCALARS[name]);
    const one = () => this.value(name);
    if (!random.chance(0.25)) return [name, one()];
    const many = Array.from({ length: random.between(1, 4) }, one);
    if (random.chance(0.3)) many.push(many[0]);
    return [name, many];
  }

  value(name) {
    const { random } = this;
    switch (name) {
      case "count":
        return random.of(NUMBERS);
      case "share":
        return random.of(DOUBLES);
      case "sealed":
        return random.chance(0.5);
      case "weight":
        return random.of(["1.0", "19999.99", "0", "-3.50"]);
      case "day":
        return `20${random.between(10, 40)}-0${random.between(1, 9)}-1${random.below(10)}`;
      case "moment":
        return `2026-0${random.between(1, 9)}-11T0${random.below(10)}:00:00${random.of(["Z", ".5Z", "-06:00"])}`;
      case "numbered":
        return String(random.below(1e6));
      case "place":
        return random.of(["https://example.org/otay", "urn:example:laredo", "did:example:1#k"]);
      case "page":
        return random.of(["https://example.org/one", "urn:example:two"]);
      case "remark":
        return random.chance(0.5) ? this.text() : { "@value": this.text(), "@language": random.of(["en", "es", "es-mx"]) };
      case "goods":
        return random.chance(0.7) ? this.text() : { "@value": random.hex(4), "@type": `${NS}Code` };
      default:
        return this.text();
    }
  }

  text() {
    const { random } = this;
    if (!this.without.has("labels") && random.chance(0.06)) return random.of(["_:b0", "see _:c14n0 and _:b1", "_:", "<_:c14n3> <urn:x> \"y\" ."]);
    if (random.chance(0.4)) return random.of(WORDS);
    return `${random.of(["carton", "sello", "línea", "pallet"])} ${random.hex(random.between(1, 12))}`;
  }

  valueObject(text) {
    const { random } = this;
    if (random.chance(0.5)) return text;
    if (random.chance(0.3)) return [{ "@value": text, "@language": "es" }, { "@value": `${text} (en)`, "@language": "en" }];
    return { "@value": text, "@language": "es", ...(random.chance(0.3) ? { "@direction": "ltr" } : {}) };
  }
}
