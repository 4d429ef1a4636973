// Export of what is filtered, with the visible columns, as a file.
import { Download } from "lucide-react";
import { useState, type ReactElement } from "react";
import { errorText, IconButton, MenuItem, MenuTrigger, toast } from "@/design";
import { exportRows } from "./api";
import type { List } from "./use-list";
import { parseSort } from "../data-table/columns";

export function ExportMenu<R>({ list }: { list: List<R> }): ReactElement {
  const [isBusy, setIsBusy] = useState(false);
  const run = async (format: "csv" | "jsonl"): Promise<void> => {
    if (!list.scope) return;
    setIsBusy(true);
    const columns = [...new Set(["id", ...list.columns.flatMap(({ id, needs }) => needs ?? [id])])];
    try {
      await exportRows(list.project, list.entity, {
        ...list.scope,
        sort: parseSort(list.state.sort),
        columns,
        format,
      });
    } catch (error) {
      toast({ title: "The export failed", description: errorText(error as Error), tone: "danger" });
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <MenuTrigger
      label="Export"
      placement="bottom end"
      trigger={
        <IconButton
          plain
          variant="default"
          label="Export"
          icon={Download}
          isPending={isBusy}
          isDisabled={!list.scope}
        />
      }
    >
      <MenuItem onAction={() => void run("csv")} description="At most 100,000 rows">
        Export as CSV
      </MenuItem>
      <MenuItem onAction={() => void run("jsonl")} description="Whole texts, one object a line">
        Export as JSON lines
      </MenuItem>
    </MenuTrigger>
  );
}
