// The menu of views: system views, own and shared ones, and what may be done with the current one.
import { Bookmark, Check, ChevronDown } from "lucide-react";
import { useState, type ReactElement } from "react";
import { useCan } from "@/api";
import {
  Button,
  Checkbox,
  Dialog,
  MenuItem,
  MenuSection,
  MenuSeparator,
  MenuTrigger,
  TextField,
  toast,
  errorText,
} from "@/design";
import type { Entity } from "../list/api";
import { useViewActions, useViews, type SavedView, type ViewState } from "./api";
import { systemViews } from "./system";

export type ViewsMenuProps = {
  project: string;
  entity: Entity;
  /** Id in the address. */
  view: string | undefined;
  now: ViewState;
  onApply: (id: string | undefined, state: Partial<ViewState>) => void;
};

const same = (a: Partial<ViewState>, b: ViewState): boolean =>
  (a.q ?? "") === b.q &&
  (a.sort ?? b.sort) === b.sort &&
  (a.cols ?? []).join() === b.cols.join() &&
  (a.row ?? "") === b.row &&
  (a.range === undefined || a.range === b.range);

export function ViewsMenu({ project, entity, view, now, onApply }: ViewsMenuProps): ReactElement {
  const views = useViews(project, entity);
  const { update, remove, setDefault } = useViewActions(project, entity);
  const [isSaving, setIsSaving] = useState(false);
  const canWrite = useCan("TableViewPresets:CUD");
  const current = views.find(({ id }) => id === view);
  const system = systemViews(entity).find(({ id }) => id === view);
  const hasDrifted = Boolean(current && !same(current.state, now));
  const fail = (error: Error): void => void toast({ title: errorText(error), tone: "danger" });
  const item = (one: SavedView): ReactElement => (
    <MenuItem
      key={one.id}
      id={one.id}
      textValue={one.name}
      icon={one.id === view ? Check : undefined}
      onAction={() => onApply(one.id, one.state)}
    >
      {one.name}
      {one.isDefault ? " (default)" : ""}
    </MenuItem>
  );
  const mine = views.filter(({ mine: isMine }) => isMine);
  const others = views.filter(({ mine: isMine }) => !isMine);
  return (
    <>
      <MenuTrigger
        label="Views"
        trigger={
          <Button icon={Bookmark} className="max-w-44 shrink!">
            <span className="truncate">{current?.name ?? system?.name ?? "Views"}</span>
            {hasDrifted && (
              <span
                role="img"
                aria-label="changed"
                title="Changed since it was saved"
                className="size-1.5 shrink-0 rounded-chip bg-warn"
              />
            )}
            <ChevronDown size={12} aria-hidden className="shrink-0 text-3" />
          </Button>
        }
      >
        <MenuSection title="System views">
          {systemViews(entity).map((one) => (
            <MenuItem
              key={one.id}
              id={one.id}
              onAction={() =>
                onApply(one.id === "all" ? undefined : one.id, {
                  q: "",
                  sort: undefined,
                  cols: [],
                  row: "",
                  ...one.state,
                })
              }
            >
              {one.name}
            </MenuItem>
          ))}
        </MenuSection>
        {mine.length > 0 ? <MenuSection title="Mine">{mine.map(item)}</MenuSection> : <></>}
        {others.length > 0 ? <MenuSection title="Shared">{others.map(item)}</MenuSection> : <></>}
        <MenuSeparator />
        {current && hasDrifted && canWrite ? (
          <MenuItem onAction={() => update.mutate({ ...current, state: now }, { onError: fail })}>
            Update this view
          </MenuItem>
        ) : (
          <></>
        )}
        {current && hasDrifted ? (
          <MenuItem onAction={() => onApply(current.id, current.state)}>Reset to the saved view</MenuItem>
        ) : (
          <></>
        )}
        {canWrite ? <MenuItem onAction={() => setIsSaving(true)}>Save as a view…</MenuItem> : <></>}
        {current ? (
          <MenuItem
            onAction={() => setDefault.mutate({ id: current.id, on: !current.isDefault }, { onError: fail })}
          >
            {current.isDefault ? "No default view" : "Open this table with this view"}
          </MenuItem>
        ) : (
          <></>
        )}
        {current && canWrite && current.mine ? (
          <MenuItem
            tone="danger"
            onAction={() =>
              remove.mutate(current, { onError: fail, onSuccess: () => onApply(undefined, {}) })
            }
          >
            Delete this view
          </MenuItem>
        ) : (
          <></>
        )}
      </MenuTrigger>
      <SaveView
        project={project}
        entity={entity}
        now={now}
        isOpen={isSaving}
        onClose={() => setIsSaving(false)}
        onSaved={(saved) => onApply(saved.id, saved.state)}
      />
    </>
  );
}

type SaveProps = {
  project: string;
  entity: Entity;
  now: ViewState;
  isOpen: boolean;
  onClose: () => void;
  onSaved: (view: SavedView) => void;
};

function SaveView({ project, entity, now, isOpen, onClose, onSaved }: SaveProps): ReactElement {
  const { create } = useViewActions(project, entity);
  const [name, setName] = useState("");
  const [isShared, setIsShared] = useState(false);
  const save = (): void => {
    if (name.trim() === "" || create.isPending) return;
    create.mutate(
      { name: name.trim(), state: now, shared: isShared },
      {
        onSuccess: (saved) => {
          onSaved(saved);
          setName("");
          onClose();
        },
      },
    );
  };
  return (
    <Dialog
      title="Save this view"
      size="small"
      isOpen={isOpen}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            variant="primary"
            isDisabled={name.trim() === ""}
            isPending={create.isPending}
            onPress={save}
          >
            Save
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <TextField
          label="Name"
          value={name}
          onChange={setName}
          autoFocus
          error={create.error ? errorText(create.error) : null}
        />
        <Checkbox
          isSelected={isShared}
          onChange={setIsShared}
          description="Filter, sort and columns; never the time range."
        >
          Share with everybody in this project
        </Checkbox>
      </form>
    </Dialog>
  );
}
