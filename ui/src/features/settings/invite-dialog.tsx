// Invites somebody to the organization, or to one project of it.
import { type ReactElement, useState } from "react";
import type { ApiError, BootOrganization, Schema } from "@/api";
import { Button, Dialog, Select, TextField } from "@/design";
import { grantable, type Invitation, type Link, people, type Role, ROLE_WORDS } from "./people";

export function InviteDialog({
  organization,
  project,
  isOpen,
  onClose,
  onInvited,
}: {
  organization: BootOrganization;
  /** Of whose page this is: the role is then for this project only. */
  project?: { id: string; name: string; role: string | null };
  isOpen: boolean;
  onClose: () => void;
  onInvited: (made: Invitation & Link) => void;
}): ReactElement {
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("MEMBER");
  const [error, setError] = useState<ApiError>();
  const [isSending, setSending] = useState(false);
  const allowed = grantable(project ? project.role : organization.role).filter(
    (each) => !project || each !== "NONE",
  );
  const chosen = allowed.includes(role) ? role : (allowed[0] ?? "VIEWER");
  async function send(): Promise<void> {
    setSending(true);
    setError(undefined);
    const body: Schema<"InvitationIn"> = project
      ? { email: email.trim(), role: "NONE", projectId: project.id, projectRole: chosen }
      : { email: email.trim(), role: chosen };
    try {
      onInvited(await people.invite(organization.id, body));
      setEmail("");
    } catch (thrown) {
      setError(thrown as ApiError);
    } finally {
      setSending(false);
    }
  }
  return (
    <Dialog
      title={`Invite to ${project?.name ?? organization.name}`}
      isOpen={isOpen}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            variant="primary"
            isPending={isSending}
            isDisabled={!/^\S+@\S+$/.test(email.trim())}
            onPress={() => void send()}
          >
            Create link
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <p className="text-2">
          You get a link to send yourself. It works once, for this address, for seven days.
        </p>
        <TextField
          label="E-mail"
          type="email"
          autoFocus
          value={email}
          onChange={setEmail}
          error={error?.fields?.email}
          onKeyDown={(event) => {
            if (event.key === "Enter") void send();
          }}
        />
        <Select
          label={project ? "Role in this project" : "Role in the organization"}
          value={chosen}
          onChange={(id) => setRole(id)}
          options={allowed.map((each) => ({
            id: each,
            label: ROLE_WORDS[each].label,
            description: ROLE_WORDS[each].description,
          }))}
        />
        {error && !error.fields?.email && (
          <p role="alert" className="text-danger">
            {error.message}
          </p>
        )}
      </div>
    </Dialog>
  );
}
