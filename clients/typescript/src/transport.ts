// Requests, refusals, pages and the live stream. Written by hand; needs nothing but Node 20.

import { signedFields, type RequestSigner } from "./signing.js";

/** One fault of a refusal: stable code, place, English, Spanish. */
export interface ProblemFault {
  code: string;
  pointer: string;
  detail: string;
  detailEs: string;
}

/** A refusal of the node (RFC 9457), with all its faults. */
export class ProblemError extends Error {
  readonly status: number;
  readonly code: string;
  readonly detailEs: string;
  readonly errors: ProblemFault[];
  /** Seconds after which it may be tried again, where the node says so. */
  readonly retryAfter: number | null;

  constructor(status: number, body: Record<string, unknown>, retryAfter: number | null) {
    super(String(body["detail"] ?? `status ${status}`));
    this.name = "ProblemError";
    this.status = status;
    this.code = String(body["code"] ?? "");
    this.detailEs = String(body["detailEs"] ?? "");
    this.errors = Array.isArray(body["errors"]) ? (body["errors"] as ProblemFault[]) : [];
    this.retryAfter = retryAfter;
  }
}

/** How to reach a node, and as whom: a token, or a key that signs each request. */
export interface Options {
  baseUrl: string;
  token?: string;
  signer?: RequestSigner;
  /** Requests that may be repeated are tried again this often when the node is busy or away. */
  retries?: number;
  /** Milliseconds after which a request is given up; the stream is exempt. */
  timeoutMs?: number;
}

/** A request as the generated methods make it. */
export interface Call {
  method: string;
  path: string;
  accept: string;
  query?: Record<string, string | number | boolean | undefined>;
  fields?: Record<string, string | undefined>;
  json?: unknown;
  bytes?: Uint8Array | string;
  contentType?: string | undefined;
}

/** A node keeps an idle stream alive every 15 s: silence of three times that is a lost connection. */
const SILENCE_MS = 45_000;
const RETRY_STATUSES = [429, 503];

/** A member of a path. */
export function segment(text: string): string {
  return encodeURIComponent(text);
}

/** A member of a path whose slashes stay. */
export function segments(text: string): string {
  return text.split("/").map(segment).join("/");
}

export class Transport {
  readonly #options: Required<Pick<Options, "retries" | "timeoutMs">> & Options;

  constructor(options: Options) {
    this.#options = { retries: 3, timeoutMs: 30_000, ...options, baseUrl: options.baseUrl.replace(/\/+$/, "") };
  }

  protected async sendJson<T>(call: Call): Promise<T> {
    return (await (await this.#send(call)).json()) as T;
  }

  protected async sendText(call: Call): Promise<string> {
    return (await this.#send(call)).text();
  }

  protected async sendBytes(call: Call): Promise<Uint8Array> {
    return new Uint8Array(await (await this.#send(call)).arrayBuffer());
  }

  /** All items of a list, asking for the next page when one is used up. */
  protected async *pages<T>(
    page: (cursor: { cursor?: string }) => Promise<{ items: T[]; next: string | null }>,
  ): AsyncGenerator<T> {
    let cursor: { cursor?: string } = {};
    for (;;) {
      const { items, next } = await page(cursor);
      yield* items;
      if (next === null) return;
      cursor = { cursor: next };
    }
  }

  /**
   * Events without end: a broken connection is opened again after the last event that is a cursor. Of several records that one
   * entry of the log opened, only the last is; those told again are left out here.
   */
  protected async *events<T extends { id: string }>(call: Call): AsyncGenerator<T> {
    let last = call.query?.["cursor"];
    let told = new Set<string>();
    let waitMs = 0;
    for (;;) {
      if (waitMs > 0) await new Promise((done) => setTimeout(done, waitMs));
      const abort = new AbortController();
      try {
        const response = await this.#once({ ...call, query: { ...call.query, cursor: last } }, abort.signal);
        waitMs = 0;
        for await (const frame of frames(response, abort)) {
          const event = JSON.parse(frame.data) as T;
          if (!told.has(event.id)) yield event;
          if (frame.id === undefined) {
            told.add(event.id);
          } else {
            last = frame.id;
            told = new Set();
          }
        }
      } catch (error) {
        if (error instanceof ProblemError && !RETRY_STATUSES.includes(error.status)) throw error;
      } finally {
        abort.abort();
      }
      waitMs = Math.min(Math.max(waitMs * 2, 250), 10_000);
    }
  }

  async #send(call: Call): Promise<Response> {
    // A write is repeated only where the node can tell that it is the same.
    const repeatable = call.method === "GET" || call.fields?.["Idempotency-Key"] !== undefined;
    for (let tried = 0; ; tried += 1) {
      try {
        return await this.#once(call, AbortSignal.timeout(this.#options.timeoutMs));
      } catch (error) {
        const passing = !(error instanceof ProblemError) || RETRY_STATUSES.includes(error.status);
        // Signed in the second in which the node started: nothing was taken, and a new signature will be.
        const early = error instanceof ProblemError && error.code === "request-before-start";
        if (!(early || (repeatable && passing)) || tried >= this.#options.retries) throw error;
        const seconds = early ? 1 : error instanceof ProblemError ? error.retryAfter : null;
        await new Promise((done) => setTimeout(done, seconds !== null ? seconds * 1000 : 200 * 2 ** tried));
      }
    }
  }

  async #once(call: Call, signal: AbortSignal): Promise<Response> {
    const url = new URL(this.#options.baseUrl + call.path);
    for (const [name, value] of Object.entries(call.query ?? {})) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const headers: Record<string, string> = { accept: call.accept };
    for (const [name, value] of Object.entries(call.fields ?? {})) {
      if (value !== undefined) headers[name.toLowerCase()] = value;
    }
    let body: Uint8Array | undefined;
    if (call.json !== undefined) {
      body = new TextEncoder().encode(JSON.stringify(call.json));
      headers["content-type"] = "application/json";
    } else if (call.bytes !== undefined) {
      body = typeof call.bytes === "string" ? new TextEncoder().encode(call.bytes) : call.bytes;
      headers["content-type"] = call.contentType ?? "application/octet-stream";
    }
    const { token, signer } = this.#options;
    if (signer !== undefined) Object.assign(headers, signedFields(signer, call.method, url.href, body));
    else if (token !== undefined) headers["authorization"] = `Bearer ${token}`;
    const response = await fetch(url, { method: call.method, headers, signal, redirect: "error", ...(body ? { body } : {}) });
    if (response.ok) return response;
    const text = await response.text();
    let problem: Record<string, unknown>;
    try {
      problem = JSON.parse(text) as Record<string, unknown>;
    } catch {
      problem = { detail: text.slice(0, 500) };
    }
    const after = Number(response.headers.get("retry-after") ?? Number.NaN);
    throw new ProblemError(response.status, problem, Number.isFinite(after) ? after : null);
  }
}

/** Frames of Server-Sent Events. */
async function* frames(response: Response, abort: AbortController): AsyncGenerator<{ id?: string; data: string }> {
  if (response.body === null) return;
  const decoder = new TextDecoder();
  let held = "";
  let silence = setTimeout(() => abort.abort(), SILENCE_MS);
  try {
    for await (const piece of response.body) {
      clearTimeout(silence);
      silence = setTimeout(() => abort.abort(), SILENCE_MS);
      held += decoder.decode(piece as Uint8Array, { stream: true });
      const blocks = held.split("\n\n");
      held = blocks.pop() ?? "";
      for (const block of blocks) {
        const data: string[] = [];
        let id: string | undefined;
        for (const line of block.split("\n")) {
          const at = line.indexOf(":");
          const [name, value] = at < 0 ? [line, ""] : [line.slice(0, at), line.slice(at + 1).replace(/^ /, "")];
          if (name === "data") data.push(value);
          if (name === "id") id = value;
        }
        if (data.length > 0) yield { data: data.join("\n"), ...(id !== undefined ? { id } : {}) };
      }
    }
  } finally {
    clearTimeout(silence);
  }
}
