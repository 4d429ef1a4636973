// Who works here: members with their roles, and who is invited.
import { useQuery } from "@tanstack/react-query";
import { Ellipsis } from "lucide-react";
import { type ReactElement, useState } from "react";
import { type BootOrganization, useBoot } from "@/api";
import {
  Badge,
  Button,
  Card,
  ConfirmDialog,
  IconButton,
  MenuItem,
  MenuTrigger,
  Table,
  type TableColumn,
  toast,
} from "@/design";
import { formatDate, formatRelative } from "@/kit/format";
import { Asked } from "@/kit/settings";
import { InviteDialog } from "./invite-dialog";
import { LinkDialog } from "./link-dialog";
import {
  grantable,
  type Invitation,
  invitationsQuery,
  type Link,
  type Member,
  membersQuery,
  people,
  ROLE_WORDS,
  useRefreshPeople,
} from "./people";
import { RoleSelect } from "./role-select";

export interface PeopleProps {
  organization: BootOrganization;
  /** Set on a project's page: roles are those in the project. */
  project?: { id: string; name: string; role: string | null };
  mayWrite: boolean;
}

export function People(props: PeopleProps): ReactElement {
  const { organization, project, mayWrite } = props;
  const members = useQuery(membersQuery(organization.id));
  const [isInviting, setInviting] = useState(false);
  const [link, setLink] = useState<Link & { for: string }>();
  const refresh = useRefreshPeople(organization.id);
  return (
    <>
      <Card
        title="Members"
        flush
        actions={
          mayWrite && (
            <Button variant="primary" size="compact" onPress={() => setInviting(true)}>
              Invite
            </Button>
          )
        }
      >
        <Asked query={members} height="16rem">
          {(rows) => <Members {...props} rows={rows} onLink={setLink} />}
        </Asked>
      </Card>
      {mayWrite && <Invitations organization={organization} projectId={project?.id} />}
      <InviteDialog
        organization={organization}
        project={project}
        isOpen={isInviting}
        onClose={() => setInviting(false)}
        onInvited={(made) => {
          setInviting(false);
          setLink({ ...made, for: `Send this link to ${made.email}.` });
          void refresh();
        }}
      />
      <LinkDialog
        title="Send this link"
        text={link?.for ?? ""}
        link={link}
        onClose={() => setLink(undefined)}
      />
    </>
  );
}

function Members({
  organization,
  project,
  mayWrite,
  rows,
  onLink,
}: PeopleProps & { rows: Member[]; onLink: (link: Link & { for: string }) => void }): ReactElement {
  const self = useBoot().user.id;
  const refresh = useRefreshPeople(organization.id);
  const [leaving, setLeaving] = useState<Member>();
  const own = project ? project.role : organization.role;
  const shown = project ? rows.filter((row) => roleIn(row, project.id) !== "NONE") : rows;

  /** Owners are changed by owners only, and nobody takes their own rights by mistake. */
  const mayChange = (row: Member): boolean =>
    mayWrite && row.userId !== self && grantable(own).includes(project ? roleIn(row, project.id) : row.role);
  async function resetLink(row: Member): Promise<void> {
    try {
      const made = await people.resetLink(organization.id, row.userId);
      onLink({ ...made, for: `Send this link to ${row.name}: it leads to a new password.` });
    } catch (error) {
      toast({ title: "No link was made", description: (error as Error).message, tone: "danger" });
    }
  }
  const columns: TableColumn<Member>[] = [
    {
      id: "name",
      label: "Name",
      render: ({ name, email, userId, disabled }) => (
        <span className="flex flex-col">
          <span className="flex items-center gap-2 font-medium">
            {name}
            {userId === self && <Badge tone="info">You</Badge>}
            {disabled && <Badge tone="warn">Switched off</Badge>}
          </span>
          <span className="text-table text-3">{email}</span>
        </span>
      ),
    },
    {
      id: "role",
      label: project ? "Role in this project" : "Role",
      render: (row) =>
        project ? (
          <RoleSelect
            label={`Role of ${row.name} in ${project.name}`}
            value={row.projects.find(({ projectId }) => projectId === project.id)?.role ?? null}
            inherited={row.role}
            allowed={mayChange(row) ? grantable(own) : []}
            onChange={async (role) => {
              await people.setProjectRole(organization.id, row.userId, project.id, role);
              await refresh();
            }}
          />
        ) : (
          <RoleSelect
            label={`Role of ${row.name}`}
            value={row.role}
            allowed={mayChange(row) ? grantable(own) : []}
            onChange={async (role) => {
              await people.setRole(organization.id, row.userId, role ?? "NONE");
              await refresh();
            }}
          />
        ),
    },
    { id: "since", label: "Since", wide: true, render: ({ createdAt }) => formatDate(createdAt) },
    {
      id: "more",
      label: "Actions",
      hideLabel: true,
      align: "right",
      render: (row) =>
        !project &&
        mayChange(row) && (
          <MenuTrigger
            label={`Actions for ${row.name}`}
            trigger={<IconButton plain label={`Actions for ${row.name}`} icon={Ellipsis} size="compact" />}
          >
            <MenuItem id="reset" onAction={() => void resetLink(row)}>
              Make a password link
            </MenuItem>
            <MenuItem id="remove" onAction={() => setLeaving(row)}>
              Remove from organization
            </MenuItem>
          </MenuTrigger>
        ),
    },
  ];
  return (
    <>
      <Table label="Members" columns={columns} rows={shown} rowKey={({ userId }) => userId} />
      <ConfirmDialog
        title={`Remove ${leaving?.name ?? ""}?`}
        isOpen={leaving !== undefined}
        onClose={() => setLeaving(undefined)}
        confirmLabel="Remove"
        onConfirm={async () => {
          await people.remove(organization.id, leaving!.userId);
          await refresh();
        }}
      >
        They lose access to all projects of {organization.name} at once. What they made stays.
      </ConfirmDialog>
    </>
  );
}

function roleIn(row: Member, projectId: string): Member["role"] {
  return row.projects.find((each) => each.projectId === projectId)?.role ?? row.role;
}

function Invitations({
  organization,
  projectId,
}: {
  organization: BootOrganization;
  projectId?: string;
}): ReactElement | null {
  const { data } = useQuery(invitationsQuery(organization.id));
  const refresh = useRefreshPeople(organization.id);
  const rows = (data ?? []).filter((each) => !projectId || each.projectId === projectId);
  if (rows.length === 0) return null;
  const names = new Map(organization.projects.map(({ id, name }) => [id, name]));
  const columns: TableColumn<Invitation>[] = [
    { id: "email", label: "E-mail", render: ({ email }) => <span className="wrap-anywhere">{email}</span> },
    {
      id: "role",
      label: "Role",
      render: ({ role, projectId: id, projectRole }) =>
        id && projectRole
          ? `${ROLE_WORDS[projectRole].label} in ${names.get(id) ?? "a project"}`
          : ROLE_WORDS[role].label,
    },
    { id: "by", label: "Invited by", wide: true, render: ({ invitedBy }) => invitedBy ?? "–" },
    {
      id: "until",
      label: "Ends",
      wide: true,
      render: ({ expiresAt }) => <span className="whitespace-nowrap">{formatRelative(expiresAt)}</span>,
    },
    {
      id: "withdraw",
      label: "Actions",
      hideLabel: true,
      align: "right",
      render: ({ id, email }) => (
        <Button
          size="compact"
          aria-label={`Withdraw the invitation of ${email}`}
          onPress={() =>
            void people
              .withdraw(organization.id, id)
              .then(refresh, (error: Error) =>
                toast({ title: "Not withdrawn", description: error.message, tone: "danger" }),
              )
          }
        >
          Withdraw
        </Button>
      ),
    },
  ];
  return (
    <Card title="Invitations" note="Links that nobody used yet." flush>
      <Table label="Invitations" columns={columns} rows={rows} rowKey={({ id }) => id} />
    </Card>
  );
}
