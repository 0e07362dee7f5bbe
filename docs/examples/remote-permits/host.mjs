// What the plugin says to the host on its own: how much was used; and what it asks by GraphQL.

import { signEvent } from "./genuine.mjs";

const HOST = process.env.ARENGO_URL;
const SECRET = process.env.ARENGO_SECRET ?? "";
let held = { token: "", until: 0 };

async function signed(path, content) {
  const body = JSON.stringify(content);
  const headers = { "content-type": "application/json", ...signEvent(SECRET, body) };
  return fetch(`${HOST}${path}`, { method: "POST", headers, body });
}

export async function reportUse(member, number) {
  const reading = {
    meter: "permits.issued",
    organization_id: member,
    quantity: 1,
    occurred_at: new Date().toISOString(),
    key: `permit-${number}`,
  };
  const answer = await signed("/webhooks/remote/permits/usage", { readings: [reading] });
  console.log(JSON.stringify({ reported: answer.status, key: reading.key }));
}

async function token() {
  if (held.until < Date.now() + 60_000) {
    const answer = await (await signed("/webhooks/remote/permits/token", {})).json();
    if (!answer.token) throw new Error(JSON.stringify(answer));
    held = { token: answer.token, until: Date.parse(answer.expires_at) };
  }
  return held.token;
}

async function ask(query, variables) {
  const answer = await fetch(`${HOST}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${await token()}` },
    body: JSON.stringify({ query, variables }),
  });
  if (answer.status === 401) held.until = 0; // ended before its time: the next call asks for another
  const { data, errors } = await answer.json();
  if (errors) throw new Error(errors[0].message);
  return data;
}

const USAGE = `query ($member: ID!, $month: String!) {
  usage(organizationId: $member, month: $month) { meter quantity }
}`;

// How many permits the host counted for a member this month; nothing where it does not tell.
export async function countedThisMonth(member) {
  try {
    const { usage } = await ask(USAGE, {
      member: Buffer.from(`Organization:${member}`).toString("base64"),
      month: new Date().toISOString().slice(0, 7),
    });
    return Number(usage.find((one) => one.meter === "permits.issued")?.quantity ?? 0);
  } catch (error) {
    console.log(JSON.stringify({ refused: error.message }));
    return undefined;
  }
}
