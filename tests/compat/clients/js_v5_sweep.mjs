// Every method of the generated API client of `@langfuse/client` 5.x that the server answers, one after the other.
import { LangfuseClient } from "@langfuse/client";
import { problemsOf } from "./declared_types.mjs";
import { Sweep } from "./sweep.mjs";
import { sweepManagement } from "./sweep_management.mjs";
import { sweepRecords } from "./sweep_records.mjs";

const { COMPAT_ORGANIZATION_PUBLIC_KEY: publicKey, COMPAT_ORGANIZATION_SECRET_KEY: secretKey } = process.env;

/** What the SDK makes of a refusal: the class of its error, the status and the server's words. */
async function refuse(call) {
  try {
    return { unexpected: await call() };
  } catch (error) {
    return [error.constructor.name.replace(/^_|\$\d+$/g, ""), error.statusCode, error.body];
  }
}

const client = new LangfuseClient();
const organization = new LangfuseClient({ publicKey, secretKey });
const stranger = new LangfuseClient({ publicKey: "pk-lf-stranger", secretKey: "sk-lf-stranger" });
const refusals = {
  stranger: await refuse(() => stranger.api.projects.get()),
  missing: await refuse(() => client.api.datasets.get("no such dataset")),
  invalid: await refuse(() => client.api.scoreConfigs.create({ name: "x", dataType: "NO_SUCH_TYPE" })),
  forbidden: await refuse(() => client.api.organizations.getOrganizationMemberships()),
  organization: await refuse(() => organization.api.prompts.list({})),
};

const sweeps = [new Sweep(client.api), new Sweep(organization.api)];
await sweepRecords(sweeps[0]);
await sweepManagement(...sweeps);
const [first, second] = sweeps.map((sweep) => sweep.report());
const uncalled = first.uncalled.filter((method) => second.uncalled.includes(method));
// What the check itself finds in an answer with a bit of everything wrong.
const score = { id: 1, dataType: "BOOLEAN", value: 1, stringValue: "True", name: "n", source: "NOBODY", comment: null, timestamp: "2026-01-01T00:00:00Z" };
const found = problemsOf("scores.getMany", { data: [score], meta: { page: 1, limit: null, totalItems: "0" } });
console.log(JSON.stringify({ found, refusals, areas: { ...first.areas, ...second.areas }, uncalled }));
