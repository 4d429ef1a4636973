// Taste: stored with the account, so that it is the same in every browser.
import { useQueryClient } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { type Preferences, savePreferences, useBoot } from "@/api";
import { Card, Segmented, Switch, toast } from "@/design";
import { SettingsPage } from "@/kit/settings";

export default function PreferencesPage(): ReactElement {
  const { preferences } = useBoot().user;
  const queries = useQueryClient();
  function set(change: Partial<Preferences>): void {
    savePreferences(queries, change).catch((error: Error) =>
      toast({ title: "Not saved", description: error.message, tone: "danger" }),
    );
  }
  return (
    <SettingsPage title="Preferences">
      <Card title="Looks">
        <div className="flex flex-col gap-4">
          <Choice
            label="Theme"
            value={preferences.theme ?? "system"}
            options={{ system: "As the system", light: "Light", dark: "Dark" }}
            onChange={(theme) => set({ theme })}
          />
          <Choice
            label="Density"
            value={preferences.density ?? "comfortable"}
            options={{ comfortable: "Comfortable", compact: "Compact" }}
            onChange={(density) => set({ density })}
          />
          <Choice
            label="Size of code"
            value={preferences.codeSize ?? "medium"}
            options={{ small: "Small", medium: "Medium", large: "Large" }}
            onChange={(codeSize) => set({ codeSize })}
          />
          <Switch
            isSelected={preferences.reducedMotion ?? false}
            onChange={(reducedMotion) => set({ reducedMotion })}
          >
            Without motion
          </Switch>
        </div>
      </Card>
      <Card title="Time">
        <div className="flex flex-col gap-4">
          <Choice
            label="Time zone"
            value={preferences.timeZone ?? "local"}
            options={{ local: "Of this browser", utc: "UTC" }}
            onChange={(timeZone) => set({ timeZone })}
          />
          <Choice
            label="Clock"
            value={preferences.hour12 === true ? "12" : "24"}
            options={{ "24": "24 hours", "12": "12 hours" }}
            onChange={(clock) => set({ hour12: clock === "12" })}
          />
        </div>
      </Card>
      <Card title="Keyboard">
        <Switch
          isSelected={preferences.shortcuts ?? true}
          onChange={(shortcuts) => set({ shortcuts })}
          description="Keys such as j, k and g t. Those with Ctrl or ⌘ always work; press ? for the list."
        >
          Single-key shortcuts
        </Switch>
      </Card>
    </SettingsPage>
  );
}

function Choice<T extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: T;
  options: Record<T, string>;
  onChange: (value: T) => void;
}): ReactElement {
  const items = (Object.entries(options) as [T, string][]).map(([id, text]) => ({ id, label: text }));
  return (
    <div className="flex flex-col gap-1">
      <span className="text-table font-medium">{label}</span>
      <div>
        <Segmented label={label} value={value} onChange={onChange} options={items} />
      </div>
    </div>
  );
}
