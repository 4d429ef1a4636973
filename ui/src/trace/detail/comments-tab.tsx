// Comments on a trace, a span or a session: a flat thread, oldest first. A draft stays with its object until it is sent.
import { Trash2 } from "lucide-react";
import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";

import { api, useBoot, useCan, useProject } from "@/api";
import { Button, ConfirmDialog, ErrorState, errorText, IconButton, Skeleton, TextArea } from "@/design";
import { DraftNotice, useDraft } from "@/kit/drafts";
import { formatRelative, formatTimeDetails } from "@/kit/format";

import { headQuery, spanKey } from "../queries";
import type { Comment } from "../types";
import { useViewer } from "../viewer-state";

interface Target {
  objectType: "TRACE" | "OBSERVATION" | "SESSION";
  objectId: string;
}

const MOST = 100;

/** Of what is selected in the open trace. */
export function CommentsTab({ objectType, objectId }: Target): ReactElement {
  const { projectId, traceId } = useViewer();
  const queries = useQueryClient();
  // The numbers at the tabs.
  const onChanged = () => {
    const queryKey =
      objectType === "TRACE" ? headQuery(projectId, traceId).queryKey : spanKey(projectId, traceId, objectId);
    return queries.invalidateQueries({ queryKey });
  };
  return <Comments {...{ projectId, objectType, objectId, onChanged }} />;
}

export function commentsQuery(projectId: string, { objectType, objectId }: Target) {
  return queryOptions({
    queryKey: ["comments", projectId, objectType, objectId],
    queryFn: ({ signal }) =>
      api.get("/api/public/comments", {
        project: projectId,
        query: { objectType, objectId, limit: MOST },
        signal,
      }),
    select: (page) => page.data.toSorted((a, b) => a.createdAt.localeCompare(b.createdAt)),
  });
}

export interface CommentsProps extends Target {
  projectId: string;
  onChanged?: () => Promise<void>;
}

export function Comments({ projectId, objectType, objectId, onChanged }: CommentsProps): ReactElement {
  const queries = useQueryClient();
  const mayWrite = useCan("comments:CUD");
  const [doomed, setDoomed] = useState<Comment | null>(null);
  const query = commentsQuery(projectId, { objectType, objectId });
  const { data, error, refetch } = useQuery(query);
  const refresh = async (): Promise<void> => {
    await Promise.all([queries.invalidateQueries({ queryKey: query.queryKey }), onChanged?.()]);
  };
  if (error && !data)
    return (
      <ErrorState error={error} title="The comments could not be loaded" onRetry={() => void refetch()} />
    );
  if (!data) return <Skeleton className="m-3" height="4rem" />;
  return (
    <div className="flex flex-col gap-3 p-3">
      {data.length === 0 && <p className="text-2">No comments yet.</p>}
      <ul className="flex flex-col gap-3">
        {data.map((comment) => (
          <CommentRow key={comment.id} comment={comment} onDelete={setDoomed} />
        ))}
      </ul>
      <DeleteComment {...{ projectId, refresh }} comment={doomed} onClose={() => setDoomed(null)} />
      {mayWrite && <NewComment key={objectId} {...{ projectId, objectType, objectId, refresh }} />}
    </div>
  );
}

function useAuthors(): Map<string, string> {
  const { organization } = useProject();
  const { user } = useBoot();
  const { data } = useQuery({
    queryKey: ["names-of-members", organization.id],
    queryFn: ({ signal }) =>
      api.get("/api/ui/organizations/{organization_id}/members", {
        path: { organization_id: organization.id },
        signal,
      }),
    staleTime: 5 * 60_000,
    retry: false,
  });
  const names = new Map((data?.data ?? []).map(({ userId, name, email }) => [userId, name || email]));
  return names.set(user.id, "You");
}

interface CommentRowProps {
  comment: Comment;
  onDelete: (comment: Comment) => void;
}

function CommentRow({ comment, onDelete }: CommentRowProps): ReactElement {
  const { user } = useBoot();
  const mayWrite = useCan("comments:CUD");
  const authors = useAuthors();
  const author = comment.authorUserId ? (authors.get(comment.authorUserId) ?? "A member") : "Through the API";
  const isOwn = mayWrite && comment.authorUserId === user.id;
  return (
    <li className="rounded-card border border-line p-2">
      <p className="flex items-center gap-2 text-table">
        <span className="font-medium">{author}</span>
        <time className="text-3" dateTime={comment.createdAt} title={formatTimeDetails(comment.createdAt)}>
          {formatRelative(comment.createdAt)}
        </time>
        <span className="flex-1" />
        {isOwn && (
          <IconButton label="Delete comment" icon={Trash2} size="compact" onPress={() => onDelete(comment)} />
        )}
      </p>
      <p className="whitespace-pre-wrap">{comment.content}</p>
    </li>
  );
}

interface DeleteCommentProps {
  projectId: string;
  comment: Comment | null;
  onClose: () => void;
  refresh: () => Promise<void>;
}

/** Outside of the rows: it must still be there to close when its row is gone. */
function DeleteComment({ projectId, comment, onClose, refresh }: DeleteCommentProps): ReactElement {
  const remove = async () => {
    await api.delete("/api/ui/projects/{project_id}/comments/{comment_id}", {
      path: { project_id: projectId, comment_id: comment!.id },
    });
    await refresh();
  };
  return (
    <ConfirmDialog
      title="Delete this comment?"
      isOpen={comment !== null}
      onClose={onClose}
      confirmLabel="Delete comment"
      onConfirm={remove}
    >
      It will be gone for everyone.
    </ConfirmDialog>
  );
}

interface NewCommentProps extends Target {
  projectId: string;
  refresh: () => Promise<void>;
}

function NewComment({ projectId, objectType, objectId, refresh }: NewCommentProps): ReactElement {
  const { user } = useBoot();
  const draft = useDraft(`${user.id} comment ${projectId} ${objectType} ${objectId}`);
  const { text, setText } = draft;
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const send = async () => {
    if (text.trim() === "" || isBusy) return;
    setBusy(true);
    setProblem(null);
    try {
      await api.post("/api/public/comments", {
        body: { projectId, objectType, objectId, content: text.trim() },
        project: projectId,
      });
      draft.clear();
      await refresh();
    } catch (error) {
      setProblem(errorText(error as Error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className="flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <DraftNotice draft={draft} />
      <TextArea
        label="New comment"
        rows={3}
        value={text}
        onChange={setText}
        maxLength={5000}
        error={problem}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void send();
        }}
      />
      <span>
        <Button
          type="submit"
          variant="primary"
          size="compact"
          isDisabled={text.trim() === ""}
          isPending={isBusy}
        >
          Comment
        </Button>
      </span>
    </form>
  );
}
