// Prompts through npm `langfuse` 3.x, and generations of the batch endpoint that name them.
import { Langfuse } from "langfuse";
import { play, RUN } from "./prompts_scenario.mjs";

const langfuse = new Langfuse();
const other = new Langfuse();

async function link(prompts) {
  const trace = langfuse.trace({ name: "linked prompts", sessionId: `${RUN}-prompts` });
  for (const [name, prompt] of Object.entries(prompts)) {
    trace.generation({ name, prompt, input: name }).end({ output: "done" });
  }
  await langfuse.flushAsync();
  return { trace: trace.id };
}

await play({
  create: (body) => langfuse.createPrompt(body),
  get: (name, { version, ...options } = {}) => langfuse.getPrompt(name, version, options),
  update: (name, version, newLabels) => langfuse.updatePrompt({ name, version, newLabels }),
  updateElsewhere: (name, version, newLabels) => other.updatePrompt({ name, version, newLabels }),
  link,
});
await langfuse.shutdownAsync();
