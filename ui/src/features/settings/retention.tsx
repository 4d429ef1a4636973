// How long data is kept, and what a shorter time would delete.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { useCan, useProject, useRefreshBoot } from "@/api";
import { Button, FormCard, NumberField } from "@/design";
import { formatCount } from "@/kit/format";
import { Asked, SettingsPage } from "@/kit/settings";
import { changeProject, previewRetention, projectQuery } from "./project-queries";

interface Days {
  retentionDays: number | null;
  bodyRetentionDays: number | null;
}

export default function RetentionPage(): ReactElement {
  const { id } = useProject();
  const settings = useQuery(projectQuery(id));
  const queries = useQueryClient();
  const refreshBoot = useRefreshBoot();
  const mayUpdate = useCan("project:update");
  return (
    <SettingsPage title="Retention">
      <Asked query={settings} height="18rem">
        {({ retentionDays, bodyRetentionDays }) => (
          <FormCard
            title="How long data is kept"
            note="Once a day, what is older than this is deleted. Empty: for ever."
            values={{ retentionDays, bodyRetentionDays }}
            isReadOnly={!mayUpdate}
            validate={checkDays}
            onSave={async (values) => {
              queries.setQueryData(projectQuery(id).queryKey, await changeProject(id, values));
              await refreshBoot();
            }}
          >
            {({ values, set, errors }) => (
              <>
                <NumberField
                  label="Traces, observations and scores"
                  description="At least 3."
                  unit="days"
                  minValue={3}
                  value={values.retentionDays}
                  onChange={(days) => set("retentionDays", days)}
                  error={errors.retentionDays}
                />
                <NumberField
                  label="Inputs, outputs, metadata and media"
                  description="May be shorter: costs, tokens and times stay."
                  unit="days"
                  minValue={1}
                  value={values.bodyRetentionDays}
                  onChange={(days) => set("bodyRetentionDays", days)}
                  error={errors.bodyRetentionDays}
                />
                {mayUpdate && values.retentionDays !== null && (
                  <Preview key={values.retentionDays} projectId={id} days={values.retentionDays} />
                )}
              </>
            )}
          </FormCard>
        )}
      </Asked>
    </SettingsPage>
  );
}

/** Bodies cannot outlive what they belong to. */
export function checkDays({ retentionDays, bodyRetentionDays }: Days): { bodyRetentionDays?: string } {
  if (retentionDays === null || bodyRetentionDays === null || bodyRetentionDays <= retentionDays) return {};
  return { bodyRetentionDays: `At most ${retentionDays}, as long as the traces are kept` };
}

function Preview({ projectId, days }: { projectId: string; days: number }): ReactElement {
  const { mutate, data, error, isPending } = useMutation({
    mutationFn: () => previewRetention(projectId, days),
  });
  return (
    <div className="flex flex-wrap items-center gap-3">
      <Button size="compact" isPending={isPending} onPress={() => mutate()}>
        What would {days} days delete?
      </Button>
      <span role="status" className="tabular text-2">
        {data &&
          (data.traces + data.observations + data.scores === 0
            ? "Nothing is that old."
            : `${formatCount(data.traces)} traces, ${formatCount(data.observations)} observations and ${formatCount(data.scores)} scores are older.`)}
      </span>
      {error && (
        <span role="alert" className="text-danger">
          {error.message}
        </span>
      )}
    </div>
  );
}
