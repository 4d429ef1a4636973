// Tags of the trace; who may, changes them in place.
import { Plus } from "lucide-react";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";

import { useCan } from "@/api";
import { Badge, Button, Chip, errorText, IconButton, Popover, TextField, toast } from "@/design";

import { editTrace } from "./queries";
import type { TraceHead } from "./types";
import { useTrace } from "./viewer-state";

export function Tags({ head }: { head: TraceHead }): ReactElement | null {
  const { projectId, traceId } = useTrace();
  const queries = useQueryClient();
  const mayEdit = useCan("objects:tag");
  const change = (tags: string[]) =>
    editTrace(queries, projectId, traceId, { tags }).catch((error: unknown) =>
      toast({ title: "The tags were not changed", description: errorText(error as Error), tone: "danger" }),
    );
  if (!mayEdit && head.tags.length === 0) return null;
  return (
    <div className="inline-flex min-w-0 flex-wrap items-center gap-1">
      <dt className="sr-only">Tags</dt>
      <dd className="inline-flex min-w-0 flex-wrap items-center gap-1">
        {head.tags.map((tag) => (
          <Badge key={tag}>{tag}</Badge>
        ))}
        {mayEdit && (
          <Popover
            label="Tags"
            className="w-72"
            trigger={<IconButton label="Edit tags" icon={Plus} size="compact" />}
          >
            <TagEditor tags={head.tags} onChange={(tags) => void change(tags)} />
          </Popover>
        )}
      </dd>
    </div>
  );
}

function TagEditor({ tags, onChange }: { tags: string[]; onChange: (tags: string[]) => void }): ReactElement {
  const [text, setText] = useState("");
  const add = () => {
    const tag = text.trim();
    setText("");
    if (tag && !tags.includes(tag)) onChange([...tags, tag]);
  };
  return (
    <div className="flex flex-col gap-3">
      {tags.length > 0 && (
        <div className="flex flex-wrap gap-1">
          {tags.map((tag) => (
            <Chip key={tag} onRemove={() => onChange(tags.filter((other) => other !== tag))}>
              {tag}
            </Chip>
          ))}
        </div>
      )}
      <form
        className="flex items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <TextField
          label="New tag"
          value={text}
          onChange={setText}
          maxLength={200}
          autoFocus
          className="flex-1"
        />
        <Button type="submit" isDisabled={!text.trim()}>
          Add
        </Button>
      </form>
    </div>
  );
}
