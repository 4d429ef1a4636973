// Models and prices: definitions, what has none, repricing history, and what another model would have cost.
import type { ReactElement } from "react";
import { useProject } from "@/api";
import { Tabs } from "@/design";
import { SettingsPage } from "@/kit/settings";
import { oneOf, text, useUrlState } from "@/kit/url";
import { Missing } from "./prices/missing";
import { ModelTable } from "./prices/model-table";
import { RepricingTab } from "./prices/repricing";
import { WhatIfTab } from "./prices/what-if";

type Tab = "models" | "missing" | "repricing" | "what-if";

const TABS: readonly { id: Tab; label: string }[] = [
  { id: "models", label: "Models" },
  { id: "missing", label: "Missing prices" },
  { id: "repricing", label: "Repricing" },
  { id: "what-if", label: "What if" },
];
const codec = {
  tab: oneOf<Tab>(
    TABS.map(({ id }) => id),
    "models",
  ),
  find: text(""),
};

export default function ModelsPage(): ReactElement {
  const { id: project } = useProject();
  const [{ tab, find }, set] = useUrlState(codec);
  return (
    <SettingsPage title="Models and prices" isWide>
      <Tabs label="Models and prices" selected={tab} onChange={(next) => set({ tab: next })} items={TABS}>
        <div className="flex flex-col gap-4 pt-4">
          {tab === "models" && (
            <ModelTable project={project} find={find} onFind={(next) => set({ find: next }, "replace")} />
          )}
          {tab === "missing" && <Missing project={project} />}
          {tab === "repricing" && <RepricingTab project={project} />}
          {tab === "what-if" && <WhatIfTab project={project} />}
        </div>
      </Tabs>
    </SettingsPage>
  );
}
