// From nothing to the first trace: keys, a program to run, and a panel that waits for what it sends.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { api, config, useBoot, useCan, useProject } from "@/api";
import { Button, Card, CopyButton, IconButton, Link, Select } from "@/design";
import { newKeyOf, type NewKey, rememberKey } from "@/kit/new-key";
import { Page } from "@/kit/page";
import { oneOf, paths, useUrlState } from "@/kit/url";
import { Eye, EyeOff } from "lucide-react";
import { agentPrompt, type Connection, environmentOf, STACKS } from "./snippets";
import { Waiting } from "./waiting";

const codec = {
  stack: oneOf(
    STACKS.map(({ id }) => id),
    "python",
  ),
};
const PLACEHOLDER: NewKey = { publicKey: "pk-lf-…", secretKey: "sk-lf-…" };

export default function SetupPage(): ReactElement {
  const project = useProject();
  const boot = useBoot();
  const [made, setMade] = useState(() => newKeyOf(project.id));
  const host = boot.publicUrl || location.origin + config.basePath;
  const connection: Connection = { host, ...(made ?? PLACEHOLDER) };
  return (
    <Page
      title="Set up"
      actions={
        <Link look="quiet" href={paths.home(project.id)}>
          Skip
        </Link>
      }
    >
      <div className="mx-auto flex w-full max-w-240 flex-col gap-4 overflow-y-auto p-4">
        <Keys connection={connection} made={made} onMade={setMade} />
        <Program connection={connection} />
        <Waiting projectId={project.id} />
        <Card
          title="Let a coding agent do it"
          note="Paste this to it, in the folder of your application."
          actions={<CopyButton labelled label="Copy prompt" text={agentPrompt(connection)} />}
        >
          <Code text={agentPrompt(connection)} isWrapped />
        </Card>
      </div>
    </Page>
  );
}

function Keys({
  connection,
  made,
  onMade,
}: {
  connection: Connection;
  made: NewKey | undefined;
  onMade: (key: NewKey) => void;
}): ReactElement {
  const project = useProject();
  const may = useCan("apiKeys:CUD");
  const queries = useQueryClient();
  const [isShown, setShown] = useState(false);
  const create = useMutation({
    mutationFn: () =>
      api.post("/api/ui/projects/{project_id}/keys", {
        path: { project_id: project.id },
        body: { note: "Setup" },
      }),
    onSuccess: (key) => {
      rememberKey(project.id, key);
      onMade(key);
      void queries.invalidateQueries({ queryKey: ["keys", project.id] });
    },
  });
  const text = environmentOf(connection);
  const masked = made && !isShown ? text.replace(made.secretKey, "sk-lf-" + "•".repeat(12)) : text;
  return (
    <Card
      title="Keys"
      note={made ? "The secret is shown only now. Copy it before you leave this page." : undefined}
      actions={
        made && (
          <>
            <IconButton
              label={isShown ? "Hide secret" : "Show secret"}
              icon={isShown ? EyeOff : Eye}
              onPress={() => setShown(!isShown)}
            />
            <CopyButton labelled label="Copy .env" text={text} />
          </>
        )
      }
    >
      {made ? (
        <Code text={masked} />
      ) : may ? (
        <div className="flex flex-wrap items-center gap-3">
          <span className="text-2">
            A new pair goes into the program below. Secrets of older keys are not kept.
          </span>
          <Button variant="primary" isPending={create.isPending} onPress={() => create.mutate()}>
            Create key
          </Button>
          {create.error && (
            <p role="alert" className="text-danger">
              {create.error.message}
            </p>
          )}
        </div>
      ) : (
        <p className="text-2">Your role cannot make keys. Ask an administrator of this project for a pair.</p>
      )}
    </Card>
  );
}

function Program({ connection }: { connection: Connection }): ReactElement {
  const [{ stack: chosen }, set] = useUrlState(codec);
  const stack = STACKS.find(({ id }) => id === chosen) ?? STACKS[0]!;
  const code = stack.code(connection);
  return (
    <Card
      title="Send a trace"
      note={stack.shows}
      actions={
        <>
          <Select
            label="Stack"
            hideLabel
            value={stack.id}
            onChange={(id) => set({ stack: id })}
            options={STACKS.map(({ id, name }) => ({ id, label: name }))}
          />
          <CopyButton labelled label="Copy program" text={code} />
        </>
      }
    >
      <div className="flex flex-col gap-3">
        {stack.install && (
          <div className="flex items-center gap-2">
            <div className="min-w-0 flex-1">
              <Code text={stack.install} />
            </div>
            <CopyButton label="Copy install line" text={stack.install} />
          </div>
        )}
        {stack.file && <p className="mono -mb-2 text-table text-3">{stack.file}</p>}
        <Code text={code} />
      </div>
    </Card>
  );
}

function Code({ text, isWrapped }: { text: string; isWrapped?: boolean }): ReactElement {
  return (
    <pre
      // Scrolls by keyboard too.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      className={`mono max-h-100 overflow-auto rounded-control border border-line bg-s1 p-3 text-code ${isWrapped ? "whitespace-pre-wrap" : ""}`}
    >
      {text}
    </pre>
  );
}
