// A remote plugin without any framework: parking permits, and a carrier by bicycle. Node 18.
//
// ARENGO_URL=https://valley.example ARENGO_SECRET=whsec_… PUBLIC_URL=https://permits.example \
//   node server.mjs 9100

import { createHmac, randomBytes } from "node:crypto";
import { createServer } from "node:http";

import { isGenuineCall, isGenuineEvent, launchClaims } from "./genuine.mjs";
import { countedThisMonth, reportUse } from "./host.mjs";
import { manifest } from "./manifest.mjs";

const HOST = process.env.ARENGO_URL;
const SELF = process.env.PUBLIC_URL;
const SECRET = process.env.ARENGO_SECRET ?? "";
const LONGEST_BODY = 1_000_000;
const bookings = new Map(); // by key
const permits = []; // {member, plate}
const seen = new Set(); // ids of events
const sessionKey = randomBytes(32);

const notFound = [404, { code: "not_found", message: "there is no such booking" }];
const byReference = (reference) =>
  [...bookings.values()].find((one) => one.reference === reference && !one.cancelled);

const calls = {
  "/arengo/health": () => [200, {}],
  "/arengo/carrier/valley-bike/quote": ({ weight_grams }) => {
    const price = { amount: 350, currency: "EUR" };
    const quotes = weight_grams <= 8000 ? [{ option: "bike", title: "By bicycle", price }] : [];
    return [200, { quotes }];
  },
  "/arengo/carrier/valley-bike/book": ({ key, option }) => {
    if (option !== "bike") return [422, { code: "no_option", message: "bicycles only" }];
    if (!bookings.has(key)) bookings.set(key, { reference: `bike-${bookings.size + 1}` });
    return [200, bookings.get(key)];
  },
  "/arengo/carrier/valley-bike/find": ({ key }) => {
    const found = bookings.get(key);
    return found && !found.cancelled ? [200, found] : notFound;
  },
  "/arengo/carrier/valley-bike/cancel": ({ reference }) => {
    const found = byReference(reference);
    if (!found) return notFound;
    found.cancelled = true;
    return [200, { reference }];
  },
  "/arengo/carrier/valley-bike/track": () => [200, { steps: [] }],
};

async function bodyOf(request) {
  const parts = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size > LONGEST_BODY) throw new Error("too long");
    parts.push(part);
  }
  return Buffer.concat(parts);
}

// A frame gets no cookies of its own everywhere: the session travels in the form.
function session(member, locale, until = Date.now() + 600_000) {
  const said = `${member}.${locale}.${until}`;
  return `${said}.${createHmac("sha256", sessionKey).update(said).digest("base64url")}`;
}

function opened(given) {
  const [member, locale, until] = String(given).split(".");
  const holds = Number(until) > Date.now() && session(member, locale, until) === given;
  return holds ? { member, locale } : {};
}

const escaped = (text) => text.replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);

const WORDS = {
  it: {
    title: "Registro dei permessi",
    plate: "Targa",
    issue: "Rilascia",
    none: "Nessun permesso rilasciato finora.",
    counted: "Contati da Arengo questo mese",
  },
  en: {
    title: "Register of permits",
    plate: "Plate",
    issue: "Issue",
    none: "No permit was issued so far.",
    counted: "Counted by Arengo this month",
  },
};

async function page(member, locale) {
  const words = WORDS[locale] ?? WORDS.it;
  const rows = permits
    .filter((one) => one.member === member)
    .map((one) => `<li>${escaped(one.plate)}</li>`);
  const counted = await countedThisMonth(member);
  return `<!doctype html><html lang="${locale}"><head><meta charset="utf-8"><title>${words.title}</title>
<meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer">
<link rel="stylesheet" href="/pages/style.css"></head><body>
${rows.length ? `<ul>${rows.join("")}</ul>` : `<p>${words.none}</p>`}
<p>${words.counted}: ${counted ?? "—"}</p>
<form method="post" action="/pages/register">
<input type="hidden" name="session" value="${session(member, locale)}">
<label>${words.plate}<input name="plate" required maxlength="12" autocomplete="off"></label>
<button>${words.issue}</button></form></body></html>`;
}

const STYLE = `body { font: 1rem/1.5 system-ui, sans-serif; margin: 1rem; color: #17324d }
form { display: flex; flex-wrap: wrap; gap: .75rem; align-items: end }
label { display: grid; gap: .25rem }
input, button { font: inherit; padding: .5rem; max-width: 100%; box-sizing: border-box }
button { background: #0066cc; border: 0; border-radius: 4px; color: #fff; padding: .5rem 1rem }`;

async function framed(request, url) {
  if (request.method === "POST") {
    const form = new URLSearchParams((await bodyOf(request)).toString());
    const { member, locale } = opened(form.get("session"));
    const plate = (form.get("plate") ?? "").trim().slice(0, 12);
    if (!member || !plate) return [403, "This page is over: open it again from Arengo."];
    const number = permits.push({ member, plate });
    await reportUse(member, number);
    return [200, await page(member, locale)];
  }
  const claims = await launchClaims(HOST, url.searchParams.get("launch") ?? "", "permits");
  if (!claims) return [403, "Open this page from Arengo."];
  return [200, await page(claims.sub, claims.locale)];
}

async function answerTo(request, url) {
  if (url.pathname === "/.well-known/arengo-plugin.json") return [200, manifest];
  if (url.pathname === "/pages/register") return framed(request, url);
  if (url.pathname === "/pages/style.css") return [200, STYLE, "text/css"];
  if (request.method !== "POST") return [404, { code: "not_found", message: "nothing here" }];
  const body = await bodyOf(request);
  if (url.pathname === "/arengo/events") {
    if (!isGenuineEvent(SECRET, request.headers, body)) {
      return [401, { code: "forged", message: "not signed by our secret" }];
    }
    if (!seen.has(request.headers["webhook-id"])) {
      seen.add(request.headers["webhook-id"]); // the same may come twice
      console.log(JSON.stringify({ told: JSON.parse(body).type }));
    }
    return [204, ""];
  }
  const fault = await isGenuineCall(HOST, SELF, request, url, body);
  if (fault) return [401, { code: "forged", message: fault }];
  const call = calls[url.pathname];
  return call ? call(JSON.parse(body)) : [404, { code: "no_call", message: "no such call" }];
}

createServer(async (request, response) => {
  let status, content, type;
  try {
    [status, content, type] = await answerTo(request, new URL(request.url, SELF));
  } catch (error) {
    console.error(error);
    [status, content] = [500, { code: "fault", message: "look at the log" }];
  }
  const isPage = typeof content === "string";
  response.writeHead(status, {
    "content-type": type ?? (isPage ? "text/html; charset=utf-8" : "application/json"),
    "content-security-policy":
      `default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors ${HOST}`,
  });
  response.end(isPage ? content : JSON.stringify(content));
}).listen(Number(process.argv[2] ?? 9100), "127.0.0.1", () => console.log("ready"));
