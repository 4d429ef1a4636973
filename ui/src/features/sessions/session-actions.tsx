// Bookmark, score and comments of a whole session. What the role does not allow is absent.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Bookmark, BookmarkCheck, MessageSquareText, Star } from "lucide-react";
import { useState, type ReactElement } from "react";
import { useCan } from "@/api";
import { Button, Drawer, errorText, IconButton, toast } from "@/design";
import { bulk } from "@/kit/list";
import { useCommands } from "@/kit/registry";
import { Comments, commentsQuery } from "@/trace/detail/comments-tab";
import { ScoreDialog } from "@/trace/detail/score-dialog";
import { sessionQuery, type Session } from "./session-queries";

type Props = { projectId: string; session: Session; traceIds: string[] };
type Open = "score" | "comments" | null;

export function SessionActions({ projectId, session, traceIds }: Props): ReactElement {
  const [open, setOpen] = useState<Open>(null);
  const mayScore = useCan("scores:CUD");
  const mayBookmark = useCan("objects:bookmark");
  const { queryKey } = sessionQuery(projectId, session.id);
  const queries = useQueryClient();
  const subject = { objectType: "SESSION" as const, objectId: session.id };
  const { data: comments } = useQuery(commentsQuery(projectId, subject));
  const toggle = (): void =>
    void bookmark(projectId, session, traceIds, (bookmarked) =>
      queries.setQueryData<Session>(queryKey, (data) => data && { ...data, bookmarked }),
    );
  useCommands([
    mayScore && {
      id: "session.score",
      title: "Add a score",
      shortcut: "a",
      run: () => setOpen("score"),
    },
    { id: "session.comments", title: "Comments", shortcut: "m", run: () => setOpen("comments") },
    mayBookmark && {
      id: "session.bookmark",
      title: session.bookmarked ? "Remove bookmark" : "Bookmark",
      shortcut: "b",
      run: toggle,
    },
  ]);
  return (
    <span data-chrome className="flex items-center gap-1">
      {mayBookmark && (
        <IconButton
          label={session.bookmarked ? "Remove bookmark" : "Bookmark"}
          shortcut="b"
          icon={session.bookmarked ? BookmarkCheck : Bookmark}
          className={session.bookmarked ? "text-accent!" : undefined}
          isDisabled={traceIds.length === 0}
          onPress={toggle}
        />
      )}
      {mayScore && (
        <IconButton label="Add a score" shortcut="a" icon={Star} onPress={() => setOpen("score")} />
      )}
      <Button variant="quiet" icon={MessageSquareText} className="px-2!" onPress={() => setOpen("comments")}>
        <span className="max-lg:sr-only">Comments</span>
        {comments && comments.length > 0 && <span className="tabular text-3">{comments.length}</span>}
      </Button>
      {open === "score" && (
        <ScoreDialog
          projectId={projectId}
          target={{
            words: `the session ${session.id}`,
            subject: { sessionId: session.id },
            onAdded: (score) =>
              queries.setQueryData<Session>(
                queryKey,
                (data) => data && { ...data, scores: [...data.scores, score] },
              ),
          }}
          onClose={() => setOpen(null)}
        />
      )}
      <Drawer
        title="Comments on the session"
        size="small"
        isOpen={open === "comments"}
        onClose={() => setOpen(null)}
      >
        <Comments projectId={projectId} {...subject} />
      </Drawer>
    </span>
  );
}

/** A session is bookmarked when one of its traces is: its first one carries it, and all give it back. */
export async function bookmark(
  projectId: string,
  { bookmarked }: Pick<Session, "bookmarked">,
  traceIds: readonly string[],
  show: (bookmarked: boolean) => void,
): Promise<void> {
  show(!bookmarked);
  try {
    const action = bookmarked ? "unbookmark" : "bookmark";
    const ids = bookmarked ? traceIds : traceIds.slice(0, 1);
    for (let at = 0; at < ids.length; at += MOST_AT_ONCE)
      await bulk(projectId, { action, ids: ids.slice(at, at + MOST_AT_ONCE) });
  } catch (error) {
    show(bookmarked);
    toast({ title: "The session was not changed", description: errorText(error as Error), tone: "danger" });
  }
}

const MOST_AT_ONCE = 1000;
