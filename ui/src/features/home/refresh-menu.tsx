// How often the numbers are asked for anew.
import { Timer } from "lucide-react";
import type { ReactElement } from "react";
import { Button, MenuItem, MenuTrigger } from "@/design";
import { REFRESH, type Refresh } from "@/kit/metrics";

const LABELS: Record<Refresh, string> = {
  off: "No refresh",
  "30s": "Every 30 s",
  "1m": "Every minute",
  "5m": "Every 5 min",
};

export function RefreshMenu({
  value,
  onChange,
}: {
  value: Refresh;
  onChange: (value: Refresh) => void;
}): ReactElement {
  return (
    <MenuTrigger
      label="Refresh"
      selectionMode="single"
      selectedKeys={[value]}
      onSelectionChange={(keys) => {
        const [chosen] = keys === "all" ? [] : [...keys];
        if (chosen) onChange(chosen as Refresh);
      }}
      trigger={
        <Button icon={Timer} aria-label={`Refresh: ${LABELS[value]}`}>
          {LABELS[value]}
        </Button>
      }
    >
      {(Object.keys(REFRESH) as Refresh[]).map((id) => (
        <MenuItem key={id} id={id}>
          {LABELS[id]}
        </MenuItem>
      ))}
    </MenuTrigger>
  );
}
