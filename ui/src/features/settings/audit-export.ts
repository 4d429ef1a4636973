// The whole audit log, as far as the filter lets it through, as one JSON object on each line.
import { api, type ApiError, type AskedOf, type Schema } from "@/api";
import { toast } from "@/design";

const MOST = 20_000;

export type AuditEntry = Schema<"AuditLogOut">;

interface Page<Entry> {
  data: Entry[];
  meta: { cursor?: string | null };
}

interface Where {
  project?: string;
  organization?: string;
}

type AuditQuery = AskedOf<"get", "/api/public/spyglass/audit-logs">;

export const askAudit = (where: Where, query: AuditQuery, signal?: AbortSignal) =>
  api.get("/api/public/spyglass/audit-logs", { ...where, query, signal });

export async function collect<Entry>(ask: (cursor?: string) => Promise<Page<Entry>>): Promise<Entry[]> {
  const found: Entry[] = [];
  let cursor: string | undefined;
  do {
    // One page after the other: each is asked for by the end of the one before.
    // oxlint-disable-next-line no-await-in-loop
    const { data, meta } = await ask(cursor);
    found.push(...data);
    cursor = meta.cursor ?? undefined;
  } while (cursor && found.length < MOST);
  return found;
}

export async function exportAudit(where: Where, query: AuditQuery): Promise<void> {
  try {
    const rows = await collect((cursor) => askAudit(where, { ...query, limit: 100, cursor }));
    const lines = rows.map((row) => JSON.stringify(row) + "\n");
    const url = URL.createObjectURL(new Blob(lines, { type: "application/x-ndjson" }));
    const link = Object.assign(document.createElement("a"), { href: url, download: "audit-log.jsonl" });
    link.click();
    URL.revokeObjectURL(url);
    if (rows.length >= MOST) toast(`The newest ${MOST.toLocaleString("en")} entries were exported`);
  } catch (error) {
    toast({ title: "Not exported", description: (error as ApiError).message, tone: "danger" });
  }
}
