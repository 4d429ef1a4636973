// What the selected span is, in one or two lines.
import { Braces, Link2 } from "lucide-react";
import type { ReactElement } from "react";

import { Badge, CopyButton, IconButton, LevelBadge, Link, TypeIcon, typeLook } from "@/design";
import {
  formatDuration,
  formatMs,
  formatNumber,
  formatTime,
  formatTimeDetails,
  formatTokenPair,
  shortId,
} from "@/kit/format";
import { paths } from "@/kit/url";

import { useCopyLink } from "../actions";
import { FLAG } from "../skeleton";
import { isPublished } from "../source";
import type { Span, TraceHead } from "../types";
import { useViewer } from "../viewer-state";
import { LEVELS } from "../viewer-url";
import { CostButton } from "./cost-button";
import { Fact } from "./fact";
import { isModelCall, SpanMenu } from "./span-menu";

export function SpanHeader({ node, span }: { node: number; span: Span | undefined }): ReactElement {
  const { model, source } = useViewer();
  const copyLink = useCopyLink();
  const row = model.rows[node]!;
  const look = typeLook(row.type);
  const parent = model.parent[node]!;
  const speed = row.tokensOut > 0 && row.duration > 0 ? (row.tokensOut / row.duration) * 1e6 : null;
  return (
    <header className="flex shrink-0 flex-col gap-1 border-b border-line px-3 py-2">
      <div className="flex min-w-0 items-center gap-2">
        <TypeIcon type={row.type} size={16} />
        <h2 className="min-w-0 truncate text-form font-semibold" title={row.name}>
          {row.name || "(no name)"}
        </h2>
        <LevelBadge level={LEVELS[row.level]} />
        <span className="flex-1" />
        <IconButton label="Copy link to this span" icon={Link2} onPress={() => void copyLink()} />
        {span ? <SpanMenu span={span} /> : isModelCall(row) && <span className="w-control shrink-0" />}
      </div>
      <dl className="flex flex-wrap items-center gap-x-4 gap-y-0.5 text-table">
        <Fact label="Type">{look.label}</Fact>
        <Fact label="Duration">{row.duration < 0 ? "no end yet" : formatMs(row.duration / 1000)}</Fact>
        {row.ttft >= 0 && <Fact label="First token">{formatMs(row.ttft / 1000)}</Fact>}
        {row.model && <Fact label="Model">{row.model}</Fact>}
        {row.tokensIn + row.tokensOut > 0 && (
          <Fact label={row.flags & FLAG.estimated ? "Tokens (estimated)" : "Tokens"}>
            {formatTokenPair(row.tokensIn, row.tokensOut)}
          </Fact>
        )}
        {speed !== null && <Fact label="Speed">{formatNumber(speed)} tokens/s</Fact>}
        <CostButton node={node} span={span} />
        <Fact label="Started" title={span ? formatTimeDetails(span.startTime) : undefined}>
          {parent >= 0
            ? `+${formatMs(model.start[node]! / 1000)}`
            : formatTime((model.t0 + model.start[node]!) / 1000)}
        </Fact>
        <div className="inline-flex items-center">
          <dt className="sr-only">Id</dt>
          <dd className="inline-flex items-center">
            <span className="mono text-3" title={row.id}>
              {shortId(row.id)}
            </span>
            <CopyButton text={row.id} label="Copy span id" />
          </dd>
        </div>
        {/* Known only with the body of the span: last, so that nothing moves when it comes. */}
        {span?.promptName && (
          <Fact label="Prompt">
            {isPublished(source) ? (
              promptOf(span)
            ) : (
              <Link href={paths.observations(source, { q: `prompt:${quoted(span.promptName)}` })}>
                {promptOf(span)}
              </Link>
            )}
          </Fact>
        )}
      </dl>
    </header>
  );
}

const promptOf = ({ promptName, promptVersion }: Span) =>
  promptVersion === null ? promptName : `${promptName} v${promptVersion}`;

const quoted = (text: string) => `"${text.replace(/[\\"]/g, (sign) => `\\${sign}`)}"`;

export function TraceSummary({ head }: { head: TraceHead }): ReactElement {
  return (
    <header className="flex min-h-10 shrink-0 flex-wrap items-center gap-2 border-b border-line px-3 py-2">
      <TypeIcon type="TRACE" size={16} />
      <h2 className="text-form font-semibold">Trace</h2>
      <span className="text-table text-3">Input and output of the whole run</span>
      <span className="flex-1" />
      {head.sdk && head.sdk.name !== "unknown" && (
        <Badge icon={Braces} title="The client that sent it">
          {head.sdk.name} {head.sdk.version === "unknown" ? "" : head.sdk.version}
        </Badge>
      )}
      <span className="sr-only">{formatDuration(head.latency)}</span>
    </header>
  );
}
