// Taste: stored with the account, so that it is the same in every browser.
import { useQueryClient } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { type Preferences, savePreferences, useBoot } from "@/api";
import { Card, Segmented, Select, Switch, toast } from "@/design";
import { SettingsPage } from "@/kit/settings";

const FIRST_DAYS = { monday: 1, sunday: 0, saturday: 6 } as const;
const LOCALES = ["en-US", "de-DE", "fr-FR", "de-CH", "en-IN"];
const EXAMPLE = 1_234_567.8;

const dayOf = (day: Preferences["firstDay"]) => (day === 0 ? "sunday" : day === 6 ? "saturday" : "monday");

/** An example of each; of what was chosen through the API too. */
function numberOptions(chosen: string | null | undefined): { id: string; label: string }[] {
  const known = chosen && !LOCALES.includes(chosen) ? [...LOCALES, chosen] : LOCALES;
  return [
    { id: "", label: `As the browser: ${EXAMPLE.toLocaleString(undefined)}` },
    ...known.map((id) => ({ id, label: EXAMPLE.toLocaleString(id) })),
  ];
}

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
      <Card title="Numbers">
        <Select
          className="max-w-80"
          label="Written as"
          value={preferences.locale ?? ""}
          onChange={(locale) => set({ locale: locale ?? "" })}
          options={numberOptions(preferences.locale)}
        />
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
          <Choice
            label="The week begins on"
            value={dayOf(preferences.firstDay)}
            options={{ monday: "Monday", sunday: "Sunday", saturday: "Saturday" }}
            onChange={(day) => set({ firstDay: FIRST_DAYS[day] })}
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
