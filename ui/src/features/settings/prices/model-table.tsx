// All definitions, own ones first; which of them a name would match is tried in the browser.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Ellipsis } from "lucide-react";
import { type ReactElement, useState } from "react";
import { useCan } from "@/api";
import {
  Badge,
  Button,
  Card,
  ConfirmDialog,
  EmptyState,
  IconButton,
  MenuItem,
  MenuTrigger,
  SearchField,
  Table,
  type TableColumn,
} from "@/design";
import { formatCost, formatCount } from "@/kit/format";
import { Asked } from "@/kit/settings";
import { type Draft, draftOf, NEW } from "./draft";
import { ModelDetails } from "./model-details";
import { ModelDialog } from "./model-dialog";
import { defaultPrices, deleteModel, type Model, modelsQuery } from "./queries";

const PAGE = 100;

interface Editing {
  title: string;
  start: Draft;
  id?: string;
  note?: string;
}

export function ModelTable({
  project,
  find,
  onFind,
}: {
  project: string;
  find: string;
  onFind: (find: string) => void;
}): ReactElement {
  const models = useQuery(modelsQuery(project));
  const queries = useQueryClient();
  const mayWrite = useCan("models:CUD");
  const [editing, setEditing] = useState<Editing>();
  const [deleting, setDeleting] = useState<Model>();
  const [shown, setShown] = useState<Model>();
  const [limit, setLimit] = useState(PAGE);
  const refresh = (): Promise<void> => queries.invalidateQueries({ queryKey: modelsQuery(project).queryKey });
  const edit = (model: Model): void =>
    setEditing(
      model.isLangfuseManaged
        ? {
            title: `Override ${model.modelName}`,
            start: draftOf(model),
            note: "Built-in definitions are not changed. This makes one of your own, which goes first.",
          }
        : { title: `Edit ${model.modelName}`, start: draftOf(model), id: model.id },
    );
  return (
    <>
      <Card
        title="Models"
        note="The newest definition of the project whose pattern matches decides; then the built-in ones."
        flush
        actions={
          <>
            <SearchField
              label="Find a model or a name that matches"
              placeholder="Name of a model"
              value={find}
              onChange={onFind}
            />
            {mayWrite && (
              <Button variant="primary" onPress={() => setEditing({ title: "New model", start: NEW })}>
                New model
              </Button>
            )}
          </>
        }
      >
        <Asked query={models} height="24rem">
          {(all) => {
            const found = all.filter((model) => isFound(model, find.trim()));
            return (
              <>
                <Table
                  label="Models"
                  columns={columns(mayWrite, setShown, edit, setDeleting)}
                  rows={found.slice(0, limit)}
                  rowKey={({ id }) => id}
                  empty={
                    <EmptyState title="No model matches">
                      Calls of a model of this name are counted without a price.
                    </EmptyState>
                  }
                />
                <p role="status" className="flex items-center gap-3 px-4 py-2 text-table text-3">
                  {formatCount(Math.min(limit, found.length))} of {formatCount(found.length)}
                  {found.length > limit && (
                    <Button size="compact" onPress={() => setLimit(limit + PAGE)}>
                      Show more
                    </Button>
                  )}
                </p>
              </>
            );
          }}
        </Asked>
      </Card>
      {shown && (
        <ModelDetails
          model={shown}
          onClose={() => setShown(undefined)}
          onEdit={
            mayWrite
              ? () => {
                  setShown(undefined);
                  edit(shown);
                }
              : undefined
          }
        />
      )}
      {editing && (
        <ModelDialog {...editing} project={project} onClose={() => setEditing(undefined)} onSaved={refresh} />
      )}
      <ConfirmDialog
        title={`Delete ${deleting?.modelName ?? ""}?`}
        isOpen={deleting !== undefined}
        onClose={() => setDeleting(undefined)}
        confirmLabel="Delete"
        onConfirm={async () => {
          await deleteModel(project, deleting!.id);
          await refresh();
        }}
      >
        New calls take the next definition that matches. Costs in history stay; Repricing changes them.
      </ConfirmDialog>
    </>
  );
}

/** By a part of the name, or because the pattern matches the whole text, as it would match a call. */
export function isFound({ modelName, matchPattern }: Model, text: string): boolean {
  if (text === "" || modelName.toLowerCase().includes(text.toLowerCase())) return true;
  try {
    // The flag stands inside of RE2 patterns; the browser takes it outside.
    const [, flags = "", pattern = ""] = /^(?:\(\?([a-z]+)\))?(.*)$/s.exec(matchPattern) ?? [];
    return new RegExp(pattern, flags.includes("i") ? "i" : "").test(text);
  } catch {
    // A pattern that only the server's engine can read.
    return false;
  }
}

function price(model: Model, key: string): string {
  const found = defaultPrices(model)[key];
  return found === undefined ? "–" : formatCost(found * 1e6, { detail: true });
}

function Name({ model, onShow }: { model: Model; onShow: (model: Model) => void }): ReactElement {
  const { modelName, matchPattern, isLangfuseManaged, startDate } = model;
  return (
    <span className="flex min-w-0 flex-col items-start">
      <span className="flex flex-wrap items-center gap-x-2">
        <button
          type="button"
          onClick={() => onShow(model)}
          className="min-h-6 rounded-control text-left font-medium break-all text-1 hover:underline"
        >
          {modelName}
        </button>
        {!isLangfuseManaged && <Badge tone="info">Own</Badge>}
        {startDate && <span className="text-table text-3">from {startDate.slice(0, 10)}</span>}
      </span>
      <span className="mono max-w-100 truncate text-caption text-3 max-md:max-w-40" title={matchPattern}>
        {matchPattern}
      </span>
    </span>
  );
}

function columns(
  mayWrite: boolean,
  onShow: (model: Model) => void,
  onEdit: (model: Model) => void,
  onDelete: (model: Model) => void,
): TableColumn<Model>[] {
  return [
    {
      id: "name",
      label: "Name",
      render: (model) => <Name model={model} onShow={onShow} />,
    },
    {
      id: "input",
      label: "Input / 1M",
      align: "right",
      render: (model) => <span className="tabular">{price(model, "input")}</span>,
    },
    {
      id: "output",
      label: "Output / 1M",
      align: "right",
      render: (model) => <span className="tabular">{price(model, "output")}</span>,
    },
    {
      id: "more",
      label: "More prices",
      wide: true,
      render: (model) => {
        const others = Object.keys(defaultPrices(model)).filter((key) => key !== "input" && key !== "output");
        const tiers = model.pricingTiers.length - 1;
        return (
          <span className="text-table text-2" title={others.join(", ")}>
            {[
              others.length > 0 && `${others.length} kinds`,
              tiers > 0 && `${tiers} ${tiers === 1 ? "tier" : "tiers"}`,
            ]
              .filter(Boolean)
              .join(", ")}
          </span>
        );
      },
    },
    {
      id: "actions",
      label: "Actions",
      hideLabel: true,
      align: "right",
      render: (model) =>
        mayWrite && (
          <MenuTrigger
            label={`Actions for ${model.modelName}`}
            trigger={
              <IconButton plain size="compact" icon={Ellipsis} label={`Actions for ${model.modelName}`} />
            }
          >
            <MenuItem id="edit" onAction={() => onEdit(model)}>
              {model.isLangfuseManaged ? "Override" : "Edit"}
            </MenuItem>
            {!model.isLangfuseManaged && (
              <MenuItem id="delete" onAction={() => onDelete(model)}>
                Delete
              </MenuItem>
            )}
          </MenuTrigger>
        ),
    },
  ];
}
