// Which scores people give, and within which bounds.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useId, useState } from "react";
import { api, type ApiError, type Schema, useCan, useProject } from "@/api";
import {
  Badge,
  Button,
  Card,
  Dialog,
  EmptyState,
  NumberField,
  Select,
  Table,
  type TableColumn,
  TextArea,
  TextField,
  toast,
} from "@/design";
import { formatDate } from "@/kit/format";
import { Asked, SettingsPage, useDiscard } from "@/kit/settings";
import {
  categoriesOf,
  checkDraft,
  type DataType,
  type Draft,
  EMPTY,
  toBody,
  TYPES,
} from "./score-config-draft";

type ScoreConfig = Schema<"ScoreConfigOut">;

const CONFIGS = "/api/public/score-configs";

export default function ScoreConfigsPage(): ReactElement {
  const { id: project } = useProject();
  const mayWrite = useCan("scoreConfigs:CUD");
  const queries = useQueryClient();
  const [isCreating, setCreating] = useState(false);
  const key = ["score-configs", project];
  const configs = useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => (await api.get(CONFIGS, { project, query: { limit: 100 }, signal })).data,
  });
  const refresh = (): Promise<void> => queries.invalidateQueries({ queryKey: key });
  const archive = ({ id, isArchived }: ScoreConfig): void =>
    void api
      .patch(`${CONFIGS}/{config_id}`, {
        path: { config_id: id },
        body: { isArchived: !isArchived },
        project,
      })
      .then(refresh, (error: Error) =>
        toast({ title: "Not changed", description: error.message, tone: "danger" }),
      );
  const create = mayWrite && (
    <Button variant="primary" size="compact" onPress={() => setCreating(true)}>
      New config
    </Button>
  );
  return (
    <SettingsPage title="Score configs" isWide>
      <Asked query={configs} height="14rem">
        {(rows) => (
          <Card
            title="Score configs"
            note="People choose from these when they score; values outside are refused."
            flush
            actions={rows.length > 0 && create}
          >
            <Table
              label="Score configs"
              columns={columns(mayWrite ? archive : undefined)}
              rows={rows}
              rowKey={({ id }) => id}
              empty={
                <EmptyState title="No score configs" action={create}>
                  One for each question that is asked of an answer, such as “correct?”.
                </EmptyState>
              }
            />
          </Card>
        )}
      </Asked>
      {isCreating && (
        <Create
          onClose={() => setCreating(false)}
          onCreate={async (draft) => {
            await api.post(CONFIGS, { body: toBody(draft), project });
            await refresh();
          }}
        />
      )}
    </SettingsPage>
  );
}

function columns(onArchive?: (row: ScoreConfig) => void): TableColumn<ScoreConfig>[] {
  return [
    {
      id: "name",
      label: "Name",
      render: ({ name, description, isArchived }) => (
        <span className="flex flex-col">
          <span className="flex items-center gap-2 font-medium">
            {name}
            {isArchived && <Badge>Archived</Badge>}
          </span>
          {description && <span className="text-table text-3">{description}</span>}
        </span>
      ),
    },
    { id: "type", label: "Type", render: ({ dataType }) => TYPES[dataType] },
    { id: "values", label: "Values", render: (row) => <Values row={row} /> },
    {
      id: "created",
      label: "Created",
      wide: true,
      render: ({ createdAt }) => <span className="whitespace-nowrap">{formatDate(createdAt)}</span>,
    },
    {
      id: "archive",
      label: "Actions",
      hideLabel: true,
      align: "right",
      render: (row) =>
        onArchive && (
          <Button
            size="compact"
            aria-label={`${row.isArchived ? "Restore" : "Archive"} ${row.name}`}
            onPress={() => onArchive(row)}
          >
            {row.isArchived ? "Restore" : "Archive"}
          </Button>
        ),
    },
  ];
}

function Values({ row: { dataType, categories, minValue, maxValue } }: { row: ScoreConfig }): ReactElement {
  if (categories && dataType !== "NUMERIC") return <>{categories.map(({ label }) => label).join(", ")}</>;
  if (dataType !== "NUMERIC" || (minValue === null && maxValue === null)) return <>any</>;
  return (
    <span className="tabular">
      {minValue ?? "–∞"} to {maxValue ?? "∞"}
    </span>
  );
}

function Create({
  onClose,
  onCreate,
}: {
  onClose: () => void;
  onCreate: (draft: Draft) => Promise<void>;
}): ReactElement {
  const [draft, setDraft] = useState<Draft>(EMPTY);
  const [problem, setProblem] = useState<string>();
  const [isSending, setSending] = useState(false);
  const set = (change: Partial<Draft>): void => setDraft({ ...draft, ...change });
  const { close, question } = useDiscard("New score config", draft !== EMPTY, onClose);
  const form = useId();
  async function send(): Promise<void> {
    const found = checkDraft(draft);
    setProblem(found);
    if (found) return;
    setSending(true);
    try {
      await onCreate(draft);
      onClose();
    } catch (error) {
      setProblem((error as ApiError).message);
    } finally {
      setSending(false);
    }
  }
  return (
    <Dialog
      title="New score config"
      isOpen
      onClose={close}
      actions={
        <>
          <Button onPress={close}>Cancel</Button>
          <Button variant="primary" type="submit" form={form} isPending={isSending}>
            Create
          </Button>
        </>
      }
    >
      <form
        id={form}
        noValidate
        aria-label="New score config"
        onSubmit={(event) => (event.preventDefault(), void send())}
        className="flex flex-col gap-4"
      >
        <TextField label="Name" autoFocus value={draft.name} onChange={(name) => set({ name })} />
        <Select
          label="Type"
          value={draft.dataType}
          onChange={(dataType) => set({ dataType })}
          options={(Object.entries(TYPES) as [DataType, string][]).map(([id, label]) => ({ id, label }))}
        />
        {draft.dataType === "NUMERIC" && (
          <div className="flex gap-3">
            <NumberField label="From" value={draft.min} onChange={(min) => set({ min })} />
            <NumberField label="To" value={draft.max} onChange={(max) => set({ max })} />
          </div>
        )}
        {draft.dataType === "CATEGORICAL" && (
          <TextArea
            label="Categories"
            description={`One on each line. ${categoriesOf(draft.categories).length} so far.`}
            value={draft.categories}
            onChange={(categories) => set({ categories })}
          />
        )}
        <TextArea
          label="Description"
          rows={2}
          description="How to decide. Shown to those who score."
          value={draft.description}
          onChange={(description) => set({ description })}
        />
        {problem && (
          <p role="alert" className="text-danger">
            {problem}
          </p>
        )}
      </form>
      {question}
    </Dialog>
  );
}
