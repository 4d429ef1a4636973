// What can be done with ticked traces.
import { Bookmark, BookmarkX, Columns2, Tag, Trash2 } from "lucide-react";
import { useState, type FormEvent, type ReactElement } from "react";
import { useCan } from "@/api";
import { Button, ConfirmDialog, Dialog, errorText, TextField, toast, TooltipText } from "@/design";
import { formatPlural } from "@/kit/format";
import { bulk, type BulkAction, BulkAll, type BulkJobAction, type List, onlyTicked } from "@/kit/list";
import { paths, useGo } from "@/kit/url";
import type { TraceRow } from "./columns";

/** The server takes so many ids in one request. */
const MOST_AT_ONCE = 1000;

type Props = { list: List<TraceRow>; ids: string[]; onDone: () => void };

export function TraceBulk({ list, ids, onDone }: Props): ReactElement {
  const { project } = list;
  const [dialog, setDialog] = useState<"tag" | "delete" | null>(null);
  const canTag = useCan("objects:tag");
  const canBookmark = useCan("objects:bookmark");
  const canScore = useCan("scores:CUD");
  const canDelete = useCan("traces:delete");
  const traces = formatPlural(ids.length, "trace");
  const run = async (action: BulkAction, done: string, tag?: string): Promise<void> => {
    for (let from = 0; from < ids.length; from += MOST_AT_ONCE)
      await bulk(project, { action, ids: ids.slice(from, from + MOST_AT_ONCE), tag });
    toast({ title: `${done} ${traces}`, tone: "ok" });
    // The change passes through ingestion; a moment later the rows show it.
    setTimeout(onDone, 700);
  };
  const quick = (action: BulkAction, done: string) => (): void => {
    run(action, done).catch((error: Error) => toast({ title: errorText(error), tone: "danger" }));
  };
  return (
    <>
      <CompareButton project={project} ids={ids} />
      {canBookmark && (
        <Button size="compact" icon={Bookmark} onPress={quick("bookmark", "Bookmarked")}>
          Bookmark
        </Button>
      )}
      {canBookmark && (
        <Button size="compact" icon={BookmarkX} onPress={quick("unbookmark", "Took the bookmark off")}>
          Remove bookmark
        </Button>
      )}
      {canTag && (
        <Button size="compact" icon={Tag} onPress={() => setDialog("tag")}>
          Tag
        </Button>
      )}
      {canScore && (
        <BulkAll
          list={onlyTicked(list, { id: ids })}
          noun="traces"
          actions={["score"]}
          onStarted={onDone}
          isTicked
        />
      )}
      {canDelete && (
        <Button size="compact" variant="danger" icon={Trash2} onPress={() => setDialog("delete")}>
          Delete
        </Button>
      )}
      <TagDialog
        title={`Tag ${traces}`}
        isOpen={dialog === "tag"}
        onClose={() => setDialog(null)}
        onTag={(action, tag) => run(action, action === "tag" ? "Tagged" : "Took the tag off", tag)}
      />
      <ConfirmDialog
        title={`Delete ${traces}?`}
        confirmLabel="Delete"
        isOpen={dialog === "delete"}
        onClose={() => setDialog(null)}
        onConfirm={() => run("delete", "Deleting")}
        typed={ids.length > 100 ? `delete ${ids.length}` : undefined}
      >
        Their observations, scores and comments go with them. This cannot be undone.
      </ConfirmDialog>
    </>
  );
}

/** With everything that matches. */
export function TraceBulkAll({
  list,
  onStarted,
}: {
  list: List<TraceRow>;
  onStarted: () => void;
}): ReactElement {
  const canTag = useCan("objects:tag");
  const canBookmark = useCan("objects:bookmark");
  const canScore = useCan("scores:CUD");
  const canDelete = useCan("traces:delete");
  const actions: BulkJobAction[] = [
    ...(canBookmark ? (["bookmark", "unbookmark"] as const) : []),
    ...(canTag ? (["tag", "untag"] as const) : []),
    ...(canScore ? (["score"] as const) : []),
    ...(canDelete ? (["delete"] as const) : []),
  ];
  return <BulkAll list={list} noun="traces" actions={actions} onStarted={onStarted} />;
}

function CompareButton({ project, ids }: { project: string; ids: string[] }): ReactElement {
  const go = useGo();
  const [a, b, ...more] = ids;
  const isPair = a !== undefined && b !== undefined && more.length === 0;
  const button = (
    <Button
      size="compact"
      icon={Columns2}
      isDisabled={!isPair}
      onPress={() => isPair && go(paths.compare(project, a, b))}
    >
      Compare
    </Button>
  );
  return isPair ? (
    button
  ) : (
    <TooltipText label="Select exactly two traces to compare them.">{button}</TooltipText>
  );
}

type TagProps = {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  onTag: (action: "tag" | "untag", tag: string) => Promise<void>;
};

function TagDialog({ title, isOpen, onClose, onTag }: TagProps): ReactElement {
  const [tag, setTag] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const run = async (action: "tag" | "untag"): Promise<void> => {
    if (tag.trim() === "" || isBusy) return;
    setIsBusy(true);
    try {
      await onTag(action, tag.trim());
      setTag("");
      onClose();
    } catch (error) {
      setProblem(errorText(error as Error));
    } finally {
      setIsBusy(false);
    }
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void run("tag");
  };
  return (
    <Dialog
      title={title}
      size="small"
      isOpen={isOpen}
      onClose={onClose}
      actions={
        <>
          <Button isDisabled={tag.trim() === ""} onPress={() => void run("untag")}>
            Remove this tag
          </Button>
          <Button
            variant="primary"
            isDisabled={tag.trim() === ""}
            isPending={isBusy}
            onPress={() => void run("tag")}
          >
            Add this tag
          </Button>
        </>
      }
    >
      <form onSubmit={submit}>
        <TextField label="Tag" value={tag} onChange={setTag} error={problem} maxLength={200} autoFocus />
      </form>
    </Dialog>
  );
}
