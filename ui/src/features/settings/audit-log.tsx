// Who changed what in this project.
import type { ReactElement } from "react";
import { useCan, useProject } from "@/api";
import { NeedsRole, SettingsPage } from "@/kit/settings";
import { AuditLog } from "./audit-table";

export default function AuditLogPage(): ReactElement {
  const { id } = useProject();
  const mayRead = useCan("auditLogs:read");
  return (
    <SettingsPage title="Audit log" isWide>
      {mayRead ? <AuditLog project={id} /> : <NeedsRole what="Administrators see who changed what." />}
    </SettingsPage>
  );
}
