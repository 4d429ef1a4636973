// Who belongs to the organization.
import type { ReactElement } from "react";
import { type Permission, useOrganization } from "@/api";
import { NeedsRole, SettingsPage } from "@/kit/settings";
import { People } from "./people-table";

export default function OrganizationMembersPage(): ReactElement {
  const organization = useOrganization();
  const may = (permission: Permission): boolean => organization.permissions.includes(permission);
  return (
    <SettingsPage title="Members">
      {may("organizationMembers:read") ? (
        <People organization={organization} mayWrite={may("organizationMembers:CUD")} />
      ) : (
        <NeedsRole what="Members of the organization see who belongs to it." />
      )}
    </SettingsPage>
  );
}
