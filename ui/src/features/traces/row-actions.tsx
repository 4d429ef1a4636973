// What the menu of one trace can change.
import { useQueryClient } from "@tanstack/react-query";
import { Bookmark, BookmarkX, Trash2 } from "lucide-react";
import { useState, type ReactElement } from "react";
import { useCan } from "@/api";
import { ConfirmDialog, errorText, toast } from "@/design";
import { bulk, dropRows, patchRow, type List, type Pages, type RowAction } from "@/kit/list";
import type { TraceRow } from "./columns";

type Found = [(row: TraceRow) => RowAction[], ReactElement];

export function useRowActions(list: List<TraceRow>): Found {
  const { project } = list;
  const queries = useQueryClient();
  const [doomed, setDoomed] = useState<TraceRow | null>(null);
  const canBookmark = useCan("objects:bookmark");
  const canDelete = useCan("traces:delete");
  const show = (id: string, bookmarked: boolean): void =>
    void queries.setQueryData<Pages<TraceRow>>(list.queryKey, (pages) =>
      patchRow(pages, list.rowId, id, { bookmarked }),
    );
  // Shown at once, taken back when the server refuses.
  const bookmark = ({ id, bookmarked = false }: TraceRow): void => {
    show(id, !bookmarked);
    bulk(project, { action: bookmarked ? "unbookmark" : "bookmark", ids: [id] }).then(
      () => void queries.invalidateQueries({ queryKey: ["trace", project, id] }),
      (error: Error) => {
        show(id, bookmarked);
        toast({ title: "The trace was not changed", description: errorText(error), tone: "danger" });
      },
    );
  };
  const actions = (row: TraceRow): RowAction[] => [
    ...(canBookmark
      ? [
          {
            id: "bookmark",
            label: row.bookmarked ? "Remove bookmark" : "Bookmark",
            icon: row.bookmarked ? BookmarkX : Bookmark,
            run: () => bookmark(row),
          },
        ]
      : []),
    ...(canDelete
      ? [{ id: "delete", label: "Delete", icon: Trash2, tone: "danger" as const, run: () => setDoomed(row) }]
      : []),
  ];
  const dialog = (
    <ConfirmDialog
      title="Delete this trace?"
      confirmLabel="Delete trace"
      isOpen={doomed !== null}
      onClose={() => setDoomed(null)}
      onConfirm={async () => {
        await bulk(project, { action: "delete", ids: [doomed!.id] });
        toast("The trace is being deleted");
        // Gone from the list at once; the server needs a moment.
        const gone = new Set([doomed!.id]);
        queries.setQueryData<Pages<TraceRow>>(
          list.queryKey,
          (pages) => pages && dropRows(pages, list.rowId, gone),
        );
      }}
    >
      “{doomed?.name || doomed?.id}” with its observations, scores and comments will be gone for everyone.
      This cannot be undone.
    </ConfirmDialog>
  );
  return [actions, dialog];
}
