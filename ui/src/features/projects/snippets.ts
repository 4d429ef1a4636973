// The stacks of the setup page: what to install, and a complete program with the real host and keys in it.
export interface Connection {
  host: string;
  publicKey: string;
  secretKey: string;
}

export interface Stack {
  id: string;
  name: string;
  install: string;
  /** A whole file (or command) that runs as it is, once the variables are set. */
  code: (connection: Connection) => string;
  file: string;
  /** Which trace it makes. */
  shows: string;
}

const VARIABLES = (c: Connection): [string, string][] => [
  ["LANGFUSE_PUBLIC_KEY", c.publicKey],
  ["LANGFUSE_SECRET_KEY", c.secretKey],
  // Both names: older SDKs read the first, newer ones the second.
  ["LANGFUSE_HOST", c.host],
  ["LANGFUSE_BASE_URL", c.host],
];

/** A `.env` block. */
export const environmentOf = (c: Connection): string =>
  VARIABLES(c)
    .map(([name, value]) => `${name}="${value}"`)
    .join("\n");

const inPython = (c: Connection): string =>
  ["import os", "", ...VARIABLES(c).map(([name, value]) => `os.environ["${name}"] = "${value}"`)].join("\n");

const inNode = (c: Connection): string =>
  VARIABLES(c)
    .map(([name, value]) => `process.env.${name} = "${value}";`)
    .join("\n");

export const basic = (c: Connection): string => btoa(`${c.publicKey}:${c.secretKey}`);

export const STACKS: readonly Stack[] = [
  {
    id: "python",
    name: "Python SDK",
    install: "pip install langfuse",
    file: "hello.py",
    shows: "A trace “hello” with a generation below it, with its tokens and its cost.",
    code: (c) => `${inPython(c)}

from langfuse import get_client

langfuse = get_client()
with langfuse.start_as_current_observation(as_type="span", name="hello", input="Say hello") as span:
    with langfuse.start_as_current_observation(
        as_type="generation", name="answer", model="gpt-4o-mini", input=[{"role": "user", "content": "Say hello"}]
    ) as generation:
        generation.update(output="Hello!", usage_details={"input": 9, "output": 3})
    span.update(output="Hello!")
langfuse.flush()
`,
  },
  {
    id: "js",
    name: "JavaScript SDK",
    install: "npm install @langfuse/tracing @langfuse/otel @opentelemetry/sdk-node",
    file: "hello.mjs",
    shows: "A trace “hello” with a generation below it, with its tokens and its cost.",
    code: (c) => `${inNode(c)}

const { NodeSDK } = await import("@opentelemetry/sdk-node");
const { LangfuseSpanProcessor } = await import("@langfuse/otel");
const { startObservation } = await import("@langfuse/tracing");

const sdk = new NodeSDK({ spanProcessors: [new LangfuseSpanProcessor()] });
sdk.start();

const span = startObservation("hello", { input: "Say hello" });
const generation = span.startObservation(
  "answer",
  { model: "gpt-4o-mini", input: [{ role: "user", content: "Say hello" }] },
  { asType: "generation" },
);
generation.update({ output: "Hello!", usageDetails: { input: 9, output: 3 } }).end();
span.update({ output: "Hello!" }).end();
await sdk.shutdown();
`,
  },
  {
    id: "openai",
    name: "OpenAI drop-in",
    install: "pip install langfuse openai",
    file: "chat.py",
    shows: "One trace for each call of the model, with messages, tokens, cost and time to first token.",
    code: (c) => `${inPython(c)}

from langfuse import get_client
from langfuse.openai import openai  # instead of: import openai

client = openai.OpenAI()  # reads OPENAI_API_KEY
answer = client.chat.completions.create(
    name="greet", model="gpt-4o-mini", messages=[{"role": "user", "content": "Say hello"}]
)
print(answer.choices[0].message.content)
get_client().flush()
`,
  },
  {
    id: "langchain",
    name: "LangChain, LangGraph",
    install: "pip install langfuse langchain langchain-openai",
    file: "chain.py",
    shows: "One trace for each run, with every chain, tool and model call as a span of it.",
    code: (c) => `${inPython(c)}

from langchain_core.prompts import ChatPromptTemplate
from langchain_openai import ChatOpenAI
from langfuse import get_client
from langfuse.langchain import CallbackHandler

chain = ChatPromptTemplate.from_template("Say hello to {name}") | ChatOpenAI(model="gpt-4o-mini")
# The same for a graph of LangGraph: graph.invoke(..., config={"callbacks": [...]})
print(chain.invoke({"name": "Ada"}, config={"callbacks": [CallbackHandler()]}).content)
get_client().flush()
`,
  },
  {
    id: "llamaindex",
    name: "LlamaIndex",
    install: "pip install langfuse llama-index openinference-instrumentation-llama-index",
    file: "ask.py",
    shows: "One trace for each query, with retrieval, synthesis and model calls.",
    code: (c) => `${inPython(c)}

from langfuse import get_client
from llama_index.core import Document, VectorStoreIndex
from openinference.instrumentation.llama_index import LlamaIndexInstrumentor

langfuse = get_client()
LlamaIndexInstrumentor().instrument()

index = VectorStoreIndex.from_documents([Document(text="Spyglass keeps every call of a model.")])
print(index.as_query_engine().query("What does Spyglass keep?"))
langfuse.flush()
`,
  },
  {
    id: "litellm",
    name: "LiteLLM",
    install: 'pip install litellm "langfuse<3"',
    file: "call.py",
    shows: "One trace for each completion, whichever provider it went to.",
    code: (c) => `${inPython(c)}

import litellm

litellm.success_callback = ["langfuse"]
litellm.failure_callback = ["langfuse"]
answer = litellm.completion(model="gpt-4o-mini", messages=[{"role": "user", "content": "Say hello"}])
print(answer.choices[0].message.content)
`,
  },
  {
    id: "vercel",
    name: "Vercel AI SDK",
    install: "npm install ai @ai-sdk/openai @langfuse/otel @opentelemetry/sdk-node",
    file: "generate.mjs",
    shows: "One trace for each generateText or streamText, with its steps and tools.",
    code: (c) => `${inNode(c)}

const { NodeSDK } = await import("@opentelemetry/sdk-node");
const { LangfuseSpanProcessor } = await import("@langfuse/otel");
const { generateText } = await import("ai");
const { openai } = await import("@ai-sdk/openai");

const sdk = new NodeSDK({ spanProcessors: [new LangfuseSpanProcessor()] });
sdk.start();
const { text } = await generateText({
  model: openai("gpt-4o-mini"),
  prompt: "Say hello",
  experimental_telemetry: { isEnabled: true, functionId: "greet" },
});
console.log(text);
await sdk.shutdown();
`,
  },
  {
    id: "pydantic-ai",
    name: "Pydantic AI",
    install: "pip install langfuse pydantic-ai",
    file: "agent.py",
    shows: "One trace for each run of the agent, with its model calls and tools.",
    code: (c) => `${inPython(c)}

from langfuse import get_client
from pydantic_ai import Agent

langfuse = get_client()
Agent.instrument_all()

agent = Agent("openai:gpt-4o-mini", instructions="Be brief.")
print(agent.run_sync("Say hello").output)
langfuse.flush()
`,
  },
  {
    id: "otlp",
    name: "OpenTelemetry",
    install: "pip install opentelemetry-sdk opentelemetry-exporter-otlp-proto-http",
    file: "spans.py",
    shows: "A trace “hello” with one generation; attributes of the GenAI conventions become its fields.",
    code: (c) => `from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

exporter = OTLPSpanExporter(
    endpoint="${c.host}/api/public/otel/v1/traces",
    headers={"Authorization": "Basic ${basic(c)}"},
)
provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(exporter))
tracer = provider.get_tracer("hello")
with tracer.start_as_current_span("hello"):
    with tracer.start_as_current_span("chat gpt-4o-mini") as span:
        span.set_attribute("gen_ai.operation.name", "chat")
        span.set_attribute("gen_ai.request.model", "gpt-4o-mini")
        span.set_attribute("gen_ai.usage.input_tokens", 9)
        span.set_attribute("gen_ai.usage.output_tokens", 3)
provider.shutdown()
`,
  },
  {
    id: "curl",
    name: "curl",
    install: "",
    file: "",
    shows: "A trace “hello” with one generation.",
    code: (c) => {
      const now = new Date().toISOString();
      const id = Math.random().toString(16).slice(2, 10);
      const batch = [
        {
          id: `event-1-${id}`,
          type: "trace-create",
          timestamp: now,
          body: { id: `hello-${id}`, name: "hello", timestamp: now, input: "Say hello", output: "Hello!" },
        },
        {
          id: `event-2-${id}`,
          type: "generation-create",
          timestamp: now,
          body: {
            id: `answer-${id}`,
            traceId: `hello-${id}`,
            name: "answer",
            model: "gpt-4o-mini",
            startTime: now,
            endTime: now,
            usageDetails: { input: 9, output: 3 },
          },
        },
      ];
      return `curl ${c.host}/api/public/ingestion \\
  -u ${c.publicKey}:${c.secretKey} \\
  -H 'content-type: application/json' \\
  -d '${JSON.stringify({ batch })}'
`;
    },
  },
];

/** What to tell a coding agent. */
export const agentPrompt = (c: Connection): string => `Add tracing to this project with the Langfuse SDK.
- The server is Spyglass at ${c.host}. It speaks the protocol of Langfuse: use the ordinary SDK ("langfuse" from PyPI, "@langfuse/tracing" and "@langfuse/otel" from npm) or any OpenTelemetry exporter with OTLP over HTTP to ${c.host}/api/public/otel.
- Read LANGFUSE_PUBLIC_KEY, LANGFUSE_SECRET_KEY and LANGFUSE_BASE_URL (older SDKs: LANGFUSE_HOST) from the environment; never write keys into the code. Put them into .env and keep that file out of version control.
- Trace every call of a model as a generation with model, input, output and token usage, every tool as a tool observation, and one trace for each request of a user. Set user and session ids where the project knows them.
- Flush before a short-lived process ends.
- Run one request at the end and check that the trace arrived.
`;
