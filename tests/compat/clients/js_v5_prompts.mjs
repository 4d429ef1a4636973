// Prompts through `@langfuse/client` 4.x and 5.x, and generations of `@langfuse/tracing` that name them.
import { LangfuseClient } from "@langfuse/client";
import { LangfuseSpanProcessor } from "@langfuse/otel";
import { startActiveObservation, startObservation } from "@langfuse/tracing";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { play } from "./prompts_scenario.mjs";

const processor = new LangfuseSpanProcessor();
const sdk = new NodeSDK({ spanProcessors: [processor] });
sdk.start();
const langfuse = new LangfuseClient();
const other = new LangfuseClient();

async function link(prompts) {
  const trace = await startActiveObservation("linked prompts", async (root) => {
    for (const [name, prompt] of Object.entries(prompts)) {
      const attributes = { input: name, output: "done", prompt };
      startObservation(name, attributes, { asType: "generation" }).end();
    }
    return root.traceId;
  });
  await processor.forceFlush();
  return { trace };
}

await play({
  create: (body) => langfuse.prompt.create(body),
  get: (name, options) => langfuse.prompt.get(name, options),
  update: (name, version, newLabels) => langfuse.prompt.update({ name, version, newLabels }),
  updateElsewhere: (name, version, newLabels) => other.prompt.update({ name, version, newLabels }),
  remove: (name, options) => langfuse.prompt.delete(name, options),
  list: (name) => langfuse.api.prompts.list({ name }),
  link,
});
await sdk.shutdown();
