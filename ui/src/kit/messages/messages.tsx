// Input and output of an observation as messages, with the tools that were offered (ui.md 2.4).
import { Braces, FileJson2, TextQuote, Wrench, Sparkles } from "lucide-react";
import { useMemo, type ReactElement } from "react";
import { Segmented } from "@/design";
import { JsonView } from "@/kit/json-view";
import { MessageList } from "./message-list";
import { normalize } from "./normalize";
import { Disclosure } from "./parts/disclosure";
import { type TextLook, TextLookContext, useMessagesLook } from "./taste";
import type { Fields, Hints, Message, Normalized, ToolDefinition } from "./types";

export interface MessagesProps {
  /** As stored: JSON text or plain text. A value does as well. */
  input: unknown;
  output: unknown;
  hints?: Hints;
  /** Decided by the page; without it there is a switch between Markdown, plain text and JSON. */
  look?: TextLook;
}

const LOOKS = [
  { id: "pretty", label: "Pretty", icon: Sparkles },
  { id: "plain", label: "Plain text", icon: TextQuote },
  { id: "json", label: "JSON", icon: Braces },
] as const;

export function Messages({ input, output, hints, look: given }: MessagesProps): ReactElement {
  const [taste, setTaste] = useMessagesLook();
  const read = useMemo(() => normalize(input, output, hints), [input, output, hints]);
  const look = given ?? taste;
  return (
    <div className="flex min-w-0 flex-col gap-3">
      {given === undefined && (
        <div className="flex flex-wrap items-center justify-between gap-2">
          <Segmented label="Messages as" options={LOOKS} value={look} onChange={setTaste} size="compact" />
          <span className="text-table text-3">{FORMATS[read.format]}</span>
        </div>
      )}
      {look === "json" ? (
        <AsJson input={input} output={output} />
      ) : (
        <TextLookContext value={look}>
          <AsMessages read={read} />
        </TextLookContext>
      )}
    </div>
  );
}

const FORMATS: Record<Normalized["format"], string> = {
  "openai-chat": "OpenAI chat",
  "openai-responses": "OpenAI Responses",
  anthropic: "Anthropic",
  gemini: "Gemini",
  bedrock: "Bedrock Converse",
  langchain: "LangChain",
  vercel: "Vercel AI SDK",
  "pydantic-ai": "Pydantic AI",
  "semantic-kernel": "Semantic Kernel",
  "microsoft-agents": "Microsoft Agent Framework",
  llamaindex: "LlamaIndex",
  "otel-genai": "OpenTelemetry GenAI",
  openinference: "OpenInference",
  generic: "",
};

function AsJson({ input, output }: { input: unknown; output: unknown }): ReactElement {
  return (
    <>
      <SideJson title="Input" value={input} />
      <SideJson title="Output" value={output} />
    </>
  );
}

function SideJson({ title, value }: { title: string; value: unknown }): ReactElement {
  const isText = typeof value === "string";
  return (
    <div role="group" aria-label={title} className="min-w-0">
      <h3 className="mb-1 text-table font-semibold text-2">{title}</h3>
      {value === null || value === undefined || value === "" ? (
        <p className="text-table text-3">Nothing</p>
      ) : (
        <JsonView text={isText ? value : undefined} value={isText ? undefined : value} label={title} />
      )}
    </div>
  );
}

function AsMessages({ read }: { read: Normalized }): ReactElement {
  return (
    <>
      {read.tools.length > 0 && <Tools tools={read.tools} />}
      {read.schema !== undefined && (
        <Disclosure icon={FileJson2} title="Schema of the answer">
          <JsonView value={read.schema} label="Schema of the answer" compact />
        </Disclosure>
      )}
      {/* One list, so that a result finds the call that the input holds. */}
      <Sides messages={read.messages} />
      <Rest title="Other fields of the input" value={read.extra.input} />
      <Rest title="Other fields of the output" value={read.extra.output} />
      {read.warnings.map((text) => (
        <p key={text} className="text-table text-warn">
          {text}
        </p>
      ))}
    </>
  );
}

function Sides({ messages }: { messages: readonly Message[] }): ReactElement {
  if (messages.length === 0)
    return <p className="text-table text-3">No input and no output were recorded.</p>;
  const first = messages.findIndex(({ side }) => side === "output");
  return (
    <MessageList
      messages={messages}
      aside={(index) => (index === first ? <span className="text-caption text-3">Output</span> : undefined)}
    />
  );
}

function Tools({ tools }: { tools: readonly ToolDefinition[] }): ReactElement {
  return (
    <Disclosure
      icon={Wrench}
      title={tools.length === 1 ? "1 tool offered" : `${tools.length} tools offered`}
      note={<ToolNames tools={tools} />}
    >
      <ul className="flex flex-col gap-2">
        {tools.map((tool) => (
          <li key={tool.name} className="min-w-0">
            <p className="font-mono text-table font-medium">{tool.name}</p>
            {tool.description && <p className="text-table whitespace-pre-wrap text-2">{tool.description}</p>}
            {(tool.parameters !== undefined || tool.extra) && (
              <JsonView
                value={tool.extra ? { ...tool.extra, parameters: tool.parameters } : tool.parameters}
                label={`Parameters of ${tool.name}`}
                compact
                className="mt-1"
              />
            )}
          </li>
        ))}
      </ul>
    </Disclosure>
  );
}

const ToolNames = ({ tools }: { tools: readonly ToolDefinition[] }): ReactElement => (
  <span className="block max-w-80 truncate">{tools.map(({ name }) => name).join(", ")}</span>
);

function Rest({ title, value }: { title: string; value?: Fields }): ReactElement | null {
  if (!value) return null;
  return (
    <Disclosure title={title} note={Object.keys(value).length}>
      <JsonView value={value} label={title} compact />
    </Disclosure>
  );
}
