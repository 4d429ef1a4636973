// Reads a trace back with the client's own `fetchTrace` (3.x).
import { Langfuse } from "langfuse";

const { data: trace } = await new Langfuse().fetchTrace(process.argv[2]);
const observations = trace.observations.map((o) => [o.id, [o.name, o.type, o.parentObservationId]]);
console.log(
  JSON.stringify({
    name: trace.name,
    user: trace.userId,
    tags: trace.tags,
    cost: trace.totalCost,
    observations: Object.fromEntries(observations),
    scores: Object.fromEntries(trace.scores.map((score) => [score.id, score.value])),
  }),
);
