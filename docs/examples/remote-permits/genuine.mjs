// Whether what comes is the host's: calls by RFC 9421, events by Standard Webhooks, pages by JWT.

import {
  createHash,
  createHmac,
  createPublicKey,
  randomUUID,
  timingSafeEqual,
  verify,
} from "node:crypto";

const COVERED = [
  "@method",
  "@authority",
  "@path",
  "content-type",
  "idempotency-key",
  "content-digest",
];
const TOLERANCE = 60; // seconds between two clocks
let known = new Map(); // public keys of the host by their id
let fetched = 0;
const spent = new Map(); // nonces and launch ids, with when each is over

const now = () => Date.now() / 1000;

async function keyOf(host, id) {
  if (!known.has(id) && now() - fetched > 60) {
    fetched = now();
    const { keys } = await (await fetch(`${host}/.well-known/arengo-keys.json`)).json();
    known = new Map(keys.map((key) => [key.kid, createPublicKey({ key, format: "jwk" })]));
  }
  return known.get(id);
}

// True the first time, until it is over.
function isFirst(id, until) {
  for (const [old, over] of spent) if (over < now()) spent.delete(old);
  if (spent.has(id)) return false;
  spent.set(id, until + TOLERANCE);
  return true;
}

function same(one, other) {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

// Returns what is wrong with a call, or nothing.
export async function isGenuineCall(host, self, request, url, body) {
  const { headers } = request;
  const digest = createHash("sha256").update(body).digest("base64");
  if (headers["content-digest"] !== `sha-256=:${digest}:`) return "the digest is not the body's";
  const input = /^arengo=(\(([^)]*)\);(.+))$/.exec(headers["signature-input"] ?? "");
  const signature = /^arengo=:([A-Za-z0-9+/=]+):$/.exec(headers["signature"] ?? "");
  if (!input || !signature) return "there is no signature";
  const [, said, components, rest] = input;
  const names = components.split(" ").map((name) => name.replaceAll('"', ""));
  if (names.length !== COVERED.length || !COVERED.every((name) => names.includes(name))) {
    return "the signature covers other things";
  }
  const parameter = (name) => new RegExp(`(?:^|;)${name}="?([^";]*)"?(?:;|$)`).exec(rest)?.[1];
  const [created, expires] = [Number(parameter("created")), Number(parameter("expires"))];
  if (parameter("tag") !== "arengo-call" || parameter("alg") !== "ed25519") {
    return "the signature is for something else";
  }
  if (!(expires > now() && created < now() + TOLERANCE)) return "the signature is over";
  const values = {
    "@method": request.method,
    "@authority": new URL(self).host,
    "@path": url.pathname,
  };
  const lines = names.map((name) => `"${name}": ${values[name] ?? headers[name]}`);
  const base = [...lines, `"@signature-params": ${said}`].join("\n");
  const key = await keyOf(host, parameter("keyid"));
  if (!key) return "the key is not the host's";
  if (!verify(null, Buffer.from(base), key, Buffer.from(signature[1], "base64"))) {
    return "the signature does not fit";
  }
  return isFirst(parameter("nonce"), expires) ? undefined : "the call came before";
}

function mac(secret, id, moment, body) {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const signed = Buffer.concat([Buffer.from(`${id}.${moment}.`), Buffer.from(body)]);
  return "v1," + createHmac("sha256", key).update(signed).digest("base64");
}

export function isGenuineEvent(secret, headers, body) {
  const [id, moment] = [headers["webhook-id"], headers["webhook-timestamp"]];
  if (!id || !/^\d+$/.test(moment ?? "") || Math.abs(now() - Number(moment)) > 300) return false;
  const expected = mac(secret, id, moment, body);
  return (headers["webhook-signature"] ?? "").split(" ").some((one) => same(one, expected));
}

export function signEvent(secret, body) {
  const [id, moment] = [`msg_${randomUUID()}`, String(Math.floor(now()))];
  return {
    "webhook-id": id,
    "webhook-timestamp": moment,
    "webhook-signature": mac(secret, id, moment, body),
  };
}

// What a launch token says, or nothing.
export async function launchClaims(host, token, plugin) {
  const [head, body, signature] = token.split(".");
  if (!signature) return undefined;
  let header, claims;
  try {
    [header, claims] = [head, body].map((part) => JSON.parse(Buffer.from(part, "base64url")));
  } catch {
    return undefined;
  }
  const key = header.alg === "Ed25519" && (await keyOf(host, header.kid));
  const signed = Buffer.from(`${head}.${body}`);
  if (!key || !verify(null, signed, key, Buffer.from(signature, "base64url"))) return undefined;
  const fits = claims.iss === host && claims.aud === plugin && claims.exp > now();
  return fits && isFirst(claims.jti, claims.exp) ? claims : undefined;
}
