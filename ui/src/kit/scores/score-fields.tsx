// Which score, and its value. Scores of people follow a score config; without one there is only the way to make one.
import type { ReactElement, ReactNode } from "react";
import { useCan } from "@/api";
import { ErrorState, Link, Select } from "@/design";
import { paths } from "../url";
import type { ScoreDraft } from "./use-score-draft";
import { ValueField } from "./value-field";

/** `children`: what else is asked, once there is a config to follow. */
export function ScoreFields({ draft, children }: { draft: ScoreDraft; children: ReactNode }): ReactElement {
  const { projectId, configs, error, retry, config, value, choose, setValue } = draft;
  if (error) return <ErrorState compact error={error} onRetry={retry} />;
  if (configs?.length === 0) return <NoConfigs projectId={projectId} />;
  return (
    <>
      <Select
        label="Score"
        value={config?.id ?? null}
        onChange={choose}
        options={(configs ?? []).map(({ id, name, description }) => ({ id, label: name, description }))}
      />
      {config && <ValueField key={config.id} config={config} value={value} onChange={setValue} />}
      {children}
    </>
  );
}

function NoConfigs({ projectId }: { projectId: string }): ReactElement {
  const mayMake = useCan("scoreConfigs:CUD");
  return (
    <p className="text-2">
      Scores of people follow a score configuration: a name and the values it may have. This project has none
      yet.{" "}
      {mayMake ? (
        <Link href={paths.settings(projectId, "score-configs")}>Make one in the settings</Link>
      ) : (
        "An administrator can make one."
      )}
    </p>
  );
}
