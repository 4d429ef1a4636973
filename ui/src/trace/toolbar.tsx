// Above the rows: which view, find in the trace, errors, what to show.
import {
  Braces,
  ChevronDown,
  ChevronUp,
  CircleAlert,
  GanttChart,
  ListTree,
  MessagesSquare,
  ScrollText,
  Share2,
  TriangleAlert,
} from "lucide-react";
import { memo, type ReactElement, type Ref, useRef } from "react";

import { Button, IconButton, SearchField, Segmented } from "@/design";
import { useWidth } from "@/kit/chart/use-size";
import { formatCount } from "@/kit/format";

import { Display } from "./display";
import { isPublished } from "./source";
import { useStable } from "./use-stable";
import { useViewer, type Viewer } from "./viewer-state";
import { HAS_ROWS, type Mode } from "./viewer-url";

const VIEWS = [
  { id: "tree", label: "Tree", icon: ListTree },
  { id: "timeline", label: "Timeline", icon: GanttChart },
  { id: "graph", label: "Graph", icon: Share2 },
  { id: "chat", label: "Chat", icon: MessagesSquare },
  { id: "log", label: "Log", icon: ScrollText },
  { id: "json", label: "JSON", icon: Braces },
] as const;

/** Below this width only the open view is written out. */
const NARROW = 440;

export function Toolbar({ findRef }: { findRef: Ref<HTMLInputElement> }): ReactElement {
  const { source, url, goHit, setMode, setUrl, taste, setTaste, rows, model, foldSubtree } = useViewer();
  const onNext = useStable(() => goHit(1));
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  return (
    <div ref={box} data-chrome className="flex shrink-0 flex-col gap-1.5 border-b border-line p-1.5">
      <ModeSwitch
        mode={url.mode}
        setMode={setMode}
        isNarrow={width < NARROW}
        isVisitor={isPublished(source)}
      />
      {HAS_ROWS.has(url.mode) && (
        <div className="flex min-w-0 items-center gap-1">
          <FindField findRef={findRef} find={url.find} setUrl={setUrl} onNext={onNext} />
          {url.find !== "" && <FindPlace />}
          <Errors />
          <Display
            {...{ taste, setTaste, setUrl, foldSubtree }}
            min={url.min}
            hidden={rows.hidden}
            spans={model.spans}
          />
        </div>
      )}
    </div>
  );
}

// The parts below are drawn again only when what they show changes, not at each step through the rows.
const ModeSwitch = memo(function ModeSwitch(
  props: Pick<Viewer, "setMode"> & { mode: Mode; isNarrow: boolean; isVisitor: boolean },
) {
  const views = VIEWS.filter(({ id }) => !props.isVisitor || id !== "json");
  return (
    <Segmented
      label="View of the trace"
      size="compact"
      value={props.mode}
      onChange={props.setMode}
      options={views.map((view) => ({ ...view, iconOnly: props.isNarrow && view.id !== props.mode }))}
    />
  );
});

interface FindFieldProps extends Pick<Viewer, "setUrl"> {
  findRef: Ref<HTMLInputElement>;
  find: string;
  onNext: () => void;
}

const FindField = memo(function FindField({ findRef, find, setUrl, onNext }: FindFieldProps) {
  return (
    <SearchField
      ref={findRef}
      label="Find in this trace"
      placeholder="Find name, text, model, id"
      value={find}
      onChange={(text) => setUrl({ find: text }, true)}
      onSubmit={onNext}
      className="min-w-0 flex-1"
    />
  );
});

function FindPlace(): ReactElement {
  const { hits, goHit, selected, model } = useViewer();
  const { nodes, isLooking, limits } = hits;
  const place = selected < 0 ? -1 : nodes.indexOf(selected);
  const none = isLooking ? "\u2026" : "None";
  return (
    <span className="flex shrink-0 items-center">
      {limits !== "" && (
        <span role="img" aria-label={limits} title={limits} className="inline-flex text-warn">
          <TriangleAlert size={14} aria-hidden />
        </span>
      )}
      <span role="status" className="tabular px-1 text-table text-2">
        {nodes.length === 0 ? none : `${place < 0 ? "\u2013" : place + 1}/${formatCount(nodes.length)}`}
        <span className="sr-only"> of {formatCount(model.spans)} spans match</span>
      </span>
      <IconButton
        label="Previous match"
        shortcut="shift+n"
        icon={ChevronUp}
        size="compact"
        isDisabled={!nodes.length}
        onPress={() => goHit(-1)}
      />
      <IconButton
        label="Next match"
        shortcut="n"
        icon={ChevronDown}
        size="compact"
        isDisabled={!nodes.length}
        onPress={() => goHit(1)}
      />
    </span>
  );
}

function Errors(): ReactElement | null {
  const { model, goError } = useViewer();
  if (model.errors === 0) return null;
  return (
    <Button
      variant="quiet"
      icon={CircleAlert}
      className="px-1.5! text-danger!"
      aria-label={`Next of ${formatCount(model.errors)} errors`}
      onPress={() => goError(1)}
    >
      {formatCount(model.errors)}
    </Button>
  );
}
