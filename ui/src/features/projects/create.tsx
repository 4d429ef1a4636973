// A new organization, then a new project in it; two fields, and the keys are made on the way.
import { useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { type FormEvent, type ReactElement, useState } from "react";
import { type ApiError, bootQuery, useBoot } from "@/api";
import { Button, Card, NumberField, TextField } from "@/design";
import { Page } from "@/kit/page";
import { NeedsRole } from "@/kit/settings";
import { paths, useGo } from "@/kit/url";
import { rememberKey } from "@/kit/new-key";
import { createOrganization, createProject } from "./queries";

export default function CreatePage(): ReactElement {
  const { organizationId } = useParams({ strict: false }) as { organizationId?: string };
  return organizationId ? <NewProject organizationId={organizationId} /> : <NewOrganization />;
}

function NewOrganization(): ReactElement {
  const [name, setName] = useState("");
  const go = useGo();
  const queries = useQueryClient();
  const { features } = useBoot();
  if (features.createOrganization !== true)
    return (
      <Page title="New organization">
        <NeedsRole what="The operator of this server says who creates organizations." />
      </Page>
    );
  return (
    <Page title="New organization">
      <Step
        title="What is it called?"
        note="It owns projects and the people who work in them. Next comes its first project."
        submit="Create organization"
        isReady={name.trim() !== ""}
        onSubmit={async () => {
          const made = await createOrganization(name.trim());
          await queries.fetchQuery({ ...bootQuery, staleTime: 0 });
          go(paths.newProject(made.id), "replace");
        }}
      >
        {(errors) => (
          <TextField
            label="Organization"
            autoFocus
            value={name}
            onChange={setName}
            error={errors.name}
            maxLength={100}
          />
        )}
      </Step>
    </Page>
  );
}

function NewProject({ organizationId }: { organizationId: string }): ReactElement {
  const [name, setName] = useState("");
  const [days, setDays] = useState<number | null>(null);
  const boot = useBoot();
  const go = useGo();
  const queries = useQueryClient();
  const organization = boot.organizations.find(({ id }) => id === organizationId);
  if (!organization?.permissions.includes("projects:create"))
    return (
      <Page title="New project">
        <NeedsRole what="Administrators of an organization create its projects." />
      </Page>
    );
  return (
    <Page
      title="New project"
      crumbs={[{ label: organization.name, href: paths.organization(organizationId) }]}
    >
      <Step
        title="What is it called?"
        note="A project is one application, with its own data, keys and members."
        submit="Create project"
        isReady={name.trim() !== ""}
        onSubmit={async () => {
          const body = { name: name.trim(), ...(days && { retentionDays: days }) };
          const made = await createProject(organizationId, body);
          rememberKey(made.id, made.key);
          await queries.fetchQuery({ ...bootQuery, staleTime: 0 });
          go(paths.setup(made.id), "replace");
        }}
      >
        {(errors) => (
          <>
            <TextField
              label="Project"
              autoFocus
              value={name}
              onChange={setName}
              error={errors.name}
              maxLength={100}
            />
            <NumberField
              label="Keep data for (days)"
              description="At least 3; empty: for ever. You can change it later."
              value={days}
              onChange={setDays}
              minValue={3}
              error={errors.retentionDays}
            />
          </>
        )}
      </Step>
    </Page>
  );
}

interface StepProps {
  title: string;
  note: string;
  submit: string;
  isReady: boolean;
  onSubmit: () => Promise<void>;
  children: (errors: Record<string, string>) => ReactElement;
}

function Step({ title, note, submit, isReady, onSubmit, children }: StepProps): ReactElement {
  const [error, setError] = useState<ApiError>();
  const [isSending, setSending] = useState(false);
  async function send(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (!isReady || isSending) return;
    setSending(true);
    setError(undefined);
    try {
      await onSubmit();
    } catch (thrown) {
      setError(thrown as ApiError);
      setSending(false);
    }
  }
  return (
    <div className="mx-auto w-full max-w-120 p-4 pt-10">
      <form onSubmit={(event) => void send(event)} noValidate aria-label={title}>
        <Card title={title} note={note}>
          <div className="flex flex-col gap-4">
            {children(error?.fields ?? {})}
            {error && !error.fields?.name && !error.fields?.retentionDays && (
              <p role="alert" className="text-danger">
                {error.message}
              </p>
            )}
            <div>
              <Button type="submit" variant="primary" isDisabled={!isReady} isPending={isSending}>
                {submit}
              </Button>
            </div>
          </div>
        </Card>
      </form>
    </div>
  );
}
