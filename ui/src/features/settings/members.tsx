// Who may work in this project.
import type { ReactElement } from "react";
import { useCan, useProject } from "@/api";
import { NeedsRole, SettingsPage } from "@/kit/settings";
import { People } from "./people-table";

export default function MembersPage(): ReactElement {
  const { organization, ...project } = useProject();
  const mayRead =
    useCan("projectMembers:read") && organization.permissions.includes("organizationMembers:read");
  const mayWrite =
    useCan("projectMembers:CUD") && organization.permissions.includes("organizationMembers:CUD");
  return (
    <SettingsPage title="Members">
      {mayRead ? (
        <People organization={organization} project={project} mayWrite={mayWrite} />
      ) : (
        <NeedsRole what="Members of the organization see who works here." />
      )}
    </SettingsPage>
  );
}
