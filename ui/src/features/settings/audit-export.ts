// The whole audit log, as far as the filter lets it through, as one JSON object on each line.
import { api, type ApiError } from "@/api";
import { toast } from "@/design";

const MOST = 20_000;
const PATH = "/api/public/spyglass/audit-logs";

export interface AuditAnswer<Entry> {
  data: Entry[];
  meta: { cursor: string | null };
}

interface Where {
  project?: string;
  organization?: string;
}

export type AuditQuery = Record<string, string | number | undefined>;

export const askAudit = <Entry>(
  where: Where,
  query: AuditQuery,
  signal?: AbortSignal,
): Promise<AuditAnswer<Entry>> => api.get(PATH, { ...where, query, signal });

export async function collect(ask: (cursor?: string) => Promise<AuditAnswer<unknown>>): Promise<unknown[]> {
  const found: unknown[] = [];
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
