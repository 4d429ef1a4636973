// What can be done with a trace. What the role does not allow is absent.
import { useQueryClient } from "@tanstack/react-query";
import {
  Bookmark,
  BookmarkCheck,
  Braces,
  Columns2,
  Download,
  Ellipsis,
  Globe,
  GlobeLock,
  Link2,
  Star,
  Trash2,
} from "lucide-react";
import { type ReactElement, useState } from "react";

import { api, useCan } from "@/api";
import {
  Badge,
  ConfirmDialog,
  copyText,
  errorText,
  IconButton,
  MenuItem,
  MenuSeparator,
  MenuTrigger,
  toast,
} from "@/design";
import { useCommand } from "@/kit/registry";
import { paths, useGo, withBase } from "@/kit/url";

import { downloadText } from "./download";
import { editTrace, readWholeTrace, traceKey } from "./queries";
import { isPublished } from "./source";
import type { TraceHead } from "./types";
import { useTrace } from "./viewer-state";

const failed = (title: string) => (error: unknown) =>
  void toast({ title, description: errorText(error as Error), tone: "danger" });

export function useCopyLink(): () => Promise<void> {
  const { source, traceId } = useTrace();
  return async () => {
    // The address of the page, whatever the trace is embedded in.
    const here = new URLSearchParams(location.search);
    const query: Record<string, string> = {};
    for (const name of ["mode", "tab", "observation", "find", "zoom", "fold", "min"]) {
      const value = here.get(name);
      if (value !== null) query[name] = value;
    }
    const path = isPublished(source)
      ? paths.published(traceId, { project: source.published || undefined, ...query })
      : paths.trace(source, traceId, query);
    const done = await copyText(addressOf(path));
    if (done) toast(query.observation ? "Link to the span copied" : "Link copied");
    else toast({ title: "The browser did not allow copying", tone: "danger" });
  };
}

const addressOf = (path: string) => location.origin + withBase(path, new URL(document.baseURI).pathname);

/** Of who reads a published trace. */
export function VisitorActions(): ReactElement {
  const copyLink = useCopyLink();
  useCommand({ id: "trace.link", title: "Copy link", shortcut: "y", run: () => void copyLink() });
  return (
    <span data-chrome className="flex shrink-0 items-center">
      <IconButton label="Copy link" shortcut="y" icon={Link2} onPress={() => void copyLink()} />
    </span>
  );
}

export function Actions({ head, onScore }: { head: TraceHead; onScore: () => void }): ReactElement {
  const { projectId, traceId, embedded } = useTrace();
  const queries = useQueryClient();
  const [isDeleting, setDeleting] = useState(false);
  const may = {
    bookmark: useCan("objects:bookmark"),
    publish: useCan("objects:publish"),
    score: useCan("scores:CUD"),
    delete: useCan("traces:delete"),
  };
  const go = useGo();
  const copyLink = useCopyLink();
  const edit = (change: Parameters<typeof editTrace>[3]) =>
    editTrace(queries, projectId, traceId, change).catch(failed("The trace was not changed"));
  const copyPublished = async (title: string) => {
    const done = await copyText(addressOf(paths.published(traceId, { project: projectId })));
    toast(done ? title : "The browser did not allow copying");
  };
  const publish = () =>
    editTrace(queries, projectId, traceId, { public: true })
      .then(() => copyPublished("Everyone with the link can read this trace; the link is copied"))
      .catch(failed("The trace was not published"));
  const toggleBookmark = () => void edit({ bookmarked: !head.bookmarked });
  const save = () =>
    readWholeTrace(projectId, traceId)
      .then((text) => downloadText(`trace-${traceId}`, text))
      .catch(failed("The trace was not downloaded"));
  const copyJson = () =>
    readWholeTrace(projectId, traceId)
      .then(copyText)
      .then((done) => toast(done ? "JSON copied" : "The browser did not allow copying"))
      .catch(failed("The trace was not copied"));
  useCommand(
    may.bookmark &&
      !embedded && {
        id: "trace.bookmark",
        title: head.bookmarked ? "Remove bookmark" : "Bookmark",
        shortcut: "b",
        run: toggleBookmark,
      },
  );
  useCommand(
    !embedded && { id: "trace.link", title: "Copy link", shortcut: "y", run: () => void copyLink() },
  );
  useCommand(
    !embedded && {
      id: "trace.compare",
      title: "Compare with another trace",
      run: () => go(paths.compare(projectId, traceId)),
    },
  );
  useCommand(!embedded && { id: "trace.download", title: "Download JSON", run: () => void save() });
  useCommand(!embedded && { id: "trace.copy", title: "Copy as JSON", run: () => void copyJson() });
  return (
    <span data-chrome className="flex shrink-0 items-center">
      {head.public && (
        <Badge tone="info" icon={Globe}>
          Published
        </Badge>
      )}
      {may.bookmark ? (
        <IconButton
          label={head.bookmarked ? "Remove bookmark" : "Bookmark"}
          shortcut="b"
          icon={head.bookmarked ? BookmarkCheck : Bookmark}
          className={head.bookmarked ? "text-accent!" : undefined}
          onPress={toggleBookmark}
        />
      ) : null}
      <IconButton label="Copy link" shortcut="y" icon={Link2} onPress={() => void copyLink()} />
      {may.score && <IconButton label="Add a score" shortcut="a" icon={Star} onPress={onScore} />}
      <MenuTrigger
        label="More"
        placement="bottom end"
        trigger={<IconButton label="More actions" icon={Ellipsis} plain />}
      >
        <MenuItem icon={Columns2} onAction={() => go(paths.compare(projectId, traceId))}>
          Compare with…
        </MenuItem>
        <MenuItem icon={Braces} onAction={() => void copyJson()}>
          Copy as JSON
        </MenuItem>
        <MenuItem icon={Download} onAction={() => void save()}>
          Download JSON
        </MenuItem>
        {head.public ? (
          <MenuItem icon={Link2} onAction={() => void copyPublished("The published link is copied")}>
            Copy the published link
          </MenuItem>
        ) : null}
        {may.publish ? (
          <MenuItem
            icon={head.public ? GlobeLock : Globe}
            onAction={() => void (head.public ? edit({ public: false }) : publish())}
          >
            {head.public ? "Unpublish" : "Publish a read-only link"}
          </MenuItem>
        ) : null}
        {may.delete ? <MenuSeparator /> : null}
        {may.delete ? (
          <MenuItem icon={Trash2} tone="danger" onAction={() => setDeleting(true)}>
            Delete
          </MenuItem>
        ) : null}
      </MenuTrigger>
      <DeleteDialog
        isOpen={isDeleting}
        onClose={() => setDeleting(false)}
        name={head.name ?? traceId}
        spans={head.observations}
      />
    </span>
  );
}

function DeleteDialog({
  isOpen,
  onClose,
  name,
  spans,
}: {
  isOpen: boolean;
  onClose: () => void;
  name: string;
  spans: number;
}): ReactElement {
  const { projectId, traceId, embedded } = useTrace();
  const queries = useQueryClient();
  const go = useGo();
  return (
    <ConfirmDialog
      title="Delete this trace?"
      isOpen={isOpen}
      onClose={onClose}
      confirmLabel="Delete trace"
      onConfirm={async () => {
        await api.delete("/api/public/traces", { body: { traceIds: [traceId] }, project: projectId });
        toast("The trace is being deleted");
        // After the dialog has closed: a page that goes under an open dialog would stay covered for screen readers.
        if (!embedded)
          setTimeout(() => {
            go(paths.traces(projectId));
            queries.removeQueries({ queryKey: traceKey(projectId, traceId) });
          }, 50);
      }}
    >
      <p>
        “{name}” with its {spans} observations, scores and comments will be gone for everyone. This cannot be
        undone.
      </p>
    </ConfirmDialog>
  );
}
