// The sweep over what surrounds the records: comments, queues, models, connections, projects, members, SCIM, exports.
import { SUBJECT } from "./sweep_records.mjs";

const PROJECT_ID = process.env.COMPAT_PROJECT;
const MEMBER = "js-sweep-member@example.com";

async function playComments(sweep) {
  const about = { projectId: PROJECT_ID, objectType: "TRACE", objectId: SUBJECT.trace, content: "Look **here** 🙂" };
  const { id } = await sweep.call("comments.create", about);
  await sweep.call("comments.create", { ...about, objectType: "SESSION", objectId: SUBJECT.session });
  await sweep.call("comments.get", { objectType: "TRACE", objectId: SUBJECT.trace });
  const comment = await sweep.call("comments.getById", id);
  sweep.expect([comment.content, comment.authorUserId ?? null], [about.content, null]);
}

async function playQueues(sweep, userId) {
  const config = await sweep.call("scoreConfigs.create", { name: "queue config", dataType: "NUMERIC" });
  const queue = await sweep.call("annotationQueues.createQueue", { name: "js-sweep", description: "d", scoreConfigIds: [config.id] });
  await sweep.call("annotationQueues.listQueues", {});
  await sweep.call("annotationQueues.getQueue", queue.id);
  const item = await sweep.call("annotationQueues.createQueueItem", queue.id, { objectId: SUBJECT.trace, objectType: "TRACE" });
  await sweep.call("annotationQueues.createQueueItem", queue.id, { objectId: SUBJECT.observation, objectType: "OBSERVATION", status: "PENDING" });
  await sweep.call("annotationQueues.listQueueItems", queue.id, { status: "PENDING" });
  await sweep.call("annotationQueues.getQueueItem", queue.id, item.id);
  const done = await sweep.call("annotationQueues.updateQueueItem", queue.id, item.id, { status: "COMPLETED" });
  sweep.expect([done.status, typeof done.completedAt], ["COMPLETED", "string"]);
  await sweep.call("annotationQueues.deleteQueueItem", queue.id, item.id);
  await sweep.call("annotationQueues.createQueueAssignment", queue.id, { userId });
  await sweep.call("annotationQueues.deleteQueueAssignment", queue.id, { userId });
}

async function playModels(sweep) {
  const base = { modelName: "js-sweep-model", matchPattern: "(?i)^js-sweep-model$", unit: "TOKENS" };
  const model = await sweep.call("models.create", { ...base, inputPrice: 0.000001, outputPrice: 0.000002, startDate: "2026-01-01T00:00:00.000Z" });
  const tier = { name: "Standard", isDefault: true, priority: 0, conditions: [], prices: { input: 0.000003, custom: 0.5 } };
  const tiered = await sweep.call("models.create", { ...base, modelName: "js-sweep-tiered", pricingTiers: [tier] });
  sweep.expect([tiered.pricingTiers.length, tiered.prices.custom.price], [1, 0.5]);
  await sweep.call("models.list", { limit: 100 });
  await sweep.call("models.get", model.id);
  const replaced = await sweep.call("models.upsert", model.id, { ...base, inputPrice: 0.000004 });
  sweep.expect([replaced.id, replaced.inputPrice, replaced.outputPrice ?? null], [model.id, 0.000004, null]);
  const made = await sweep.call("models.upsert", "js-sweep-own-id", { ...base, modelName: "js-sweep-own", pricingTiers: [tier] });
  sweep.expect([made.id, made.modelName], ["js-sweep-own-id", "js-sweep-own"]);
  await sweep.call("models.delete", made.id);
  await sweep.call("models.delete", model.id);
}

async function playConnections(sweep) {
  const secretKey = "sk-sweep-canary-0123456789";
  const body = { provider: "js-sweep", adapter: "openai", secretKey, customModels: ["m"], extraHeaders: { "X-Team": "canary-header" } };
  const connection = await sweep.call("llmConnections.upsert", body);
  const again = await sweep.call("llmConnections.upsert", { ...body, withDefaultModels: false });
  sweep.expect([again.id, again.withDefaultModels, again.extraHeaderKeys], [connection.id, false, ["X-Team"]]);
  const { data } = await sweep.call("llmConnections.list", {});
  sweep.expect(/canary/.test(JSON.stringify([connection, again, data])), false);
  await sweep.call("llmConnections.delete", connection.id);
}

async function playProjects(sweep) {
  const made = await sweep.call("projects.create", { name: "JS swept project", retention: 0, metadata: { team: "a" } });
  await sweep.call("projects.update", made.id, { name: "JS swept again", metadata: { team: "b" } });
  const key = await sweep.call("projects.createApiKey", made.id, { note: "of the sweep" });
  const { apiKeys } = await sweep.call("projects.getApiKeys", made.id);
  sweep.expect(apiKeys.map(({ id, note }) => [id, note]), [[key.id, "of the sweep"]]);
  await sweep.call("projects.deleteApiKey", made.id, key.id);
  const { projects } = await sweep.call("organizations.getOrganizationProjects");
  sweep.expect(projects.find(({ id }) => id === made.id)?.name, "JS swept again");
  await sweep.call("organizations.getOrganizationApiKeys");
  await sweep.call("projects.delete", made.id);
}

async function playScim(sweep) {
  await sweep.call("scim.getServiceProviderConfig");
  await sweep.call("scim.getResourceTypes");
  await sweep.call("scim.getSchemas");
  const user = await sweep.call("scim.createUser", { userName: MEMBER, name: { formatted: "Ms Sweep" }, active: true });
  const { totalResults } = await sweep.call("scim.listUsers", { filter: `userName eq "${MEMBER}"` });
  sweep.expect(totalResults, 1);
  await sweep.call("scim.getUser", user.id);
  return user.id;
}

async function playMembers(sweep, userId) {
  // Before this its role is NONE, as SCIM gives it, which the client does not declare.
  await sweep.call("organizations.updateOrganizationMembership", { userId, role: "MEMBER" });
  const { memberships } = await sweep.call("organizations.getOrganizationMemberships");
  sweep.expect(memberships.find((each) => each.userId === userId)?.role, "MEMBER");
  await sweep.call("organizations.updateProjectMembership", PROJECT_ID, { userId, role: "VIEWER" });
  const ofProject = await sweep.call("organizations.getProjectMemberships", PROJECT_ID);
  sweep.expect(ofProject.memberships.map((each) => [each.userId, each.role]), [[userId, "VIEWER"]]);
}

async function playLeaving(sweep, userId) {
  await sweep.call("organizations.deleteProjectMembership", PROJECT_ID, { userId });
  await sweep.call("organizations.deleteOrganizationMembership", { userId });
  await sweep.call("organizations.updateOrganizationMembership", { userId, role: "VIEWER" });
  await sweep.call("scim.deleteUser", userId);
}

async function playExports(sweep) {
  const bucket = { bucketName: "exports", endpoint: process.env.COMPAT_BUCKET_URL, region: "us-east-1", accessKeyId: "AK", secretAccessKey: "canary" };
  const how = { exportFrequency: "daily", enabled: false, forcePathStyle: true, fileType: "JSONL", exportMode: "FULL_HISTORY" };
  const made = await sweep.call("blobStorageIntegrations.upsertBlobStorageIntegration", { projectId: PROJECT_ID, type: "S3_COMPATIBLE", ...bucket, ...how });
  const { data } = await sweep.call("blobStorageIntegrations.getBlobStorageIntegrations");
  sweep.expect(/canary/.test(JSON.stringify([made, data])), false);
  await sweep.call("blobStorageIntegrations.getBlobStorageIntegrationStatus", made.id);
  await sweep.call("blobStorageIntegrations.deleteBlobStorageIntegration", made.id);
}

/** `sweep` has the project's keys, `organization` those of its organization. */
export async function sweepManagement(sweep, organization) {
  let userId;
  await organization.area("SCIM", async () => (userId = await playScim(organization)));
  await organization.area("members", () => playMembers(organization, userId));
  await sweep.area("health", () => sweep.call("health.health"));
  await sweep.area("project", () => sweep.call("projects.get"));
  await sweep.area("comments", playComments);
  await sweep.area("annotation queues", () => playQueues(sweep, userId));
  await sweep.area("models", playModels);
  await sweep.area("LLM connections", playConnections);
  await organization.area("projects", playProjects);
  await organization.area("exports", playExports);
  await organization.area("leaving", () => playLeaving(organization, userId));
}
