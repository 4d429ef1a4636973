// Who changed what in the organization and all of its projects.
import type { ReactElement } from "react";
import { useOrganization } from "@/api";
import { NeedsRole, SettingsPage } from "@/kit/settings";
import { AuditLog } from "./audit-table";

export default function OrganizationAuditLogPage(): ReactElement {
  const { id, permissions } = useOrganization();
  return (
    <SettingsPage title="Audit log" isWide>
      {permissions.includes("auditLogs:read") ? (
        <AuditLog organization={id} />
      ) : (
        <NeedsRole what="Administrators see who changed what." />
      )}
    </SettingsPage>
  );
}
