// Name, id, and the end of a project.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { useCan, useProject, useRefreshBoot } from "@/api";
import { FormCard, TextField } from "@/design";
import { formatDate } from "@/kit/format";
import { Asked, Fact, SettingsPage } from "@/kit/settings";
import { DeleteCard } from "./delete-card";
import { changeProject, deleteProject, projectQuery } from "./project-queries";

export default function GeneralPage(): ReactElement {
  const { id, organization } = useProject();
  const settings = useQuery(projectQuery(id));
  const queries = useQueryClient();
  const refreshBoot = useRefreshBoot();
  const mayUpdate = useCan("project:update");
  const mayDelete = useCan("project:delete");
  return (
    <SettingsPage title="General">
      <Asked query={settings} height="14rem">
        {({ name, createdAt }) => (
          <>
            <FormCard
              title="Project"
              note={`In ${organization.name}, since ${formatDate(createdAt)}`}
              values={{ name }}
              isReadOnly={!mayUpdate}
              validate={(values) => (values.name.trim() === "" ? { name: "Enter a name" } : {})}
              onSave={async (values) => {
                const stored = await changeProject(id, { name: values.name.trim() });
                queries.setQueryData(projectQuery(id).queryKey, stored);
                await refreshBoot();
              }}
            >
              {({ values, set, errors }) => (
                <>
                  <TextField
                    label="Name"
                    value={values.name}
                    onChange={(text) => set("name", text)}
                    error={errors.name}
                    maxLength={100}
                  />
                  <Fact label="Id" value={id} mono copy />
                </>
              )}
            </FormCard>
            {mayDelete && (
              <DeleteCard noun="project" name={name} onDelete={() => deleteProject(id)}>
                Its traces, scores, prompts, datasets and keys go with it. It cannot be undone.
              </DeleteCard>
            )}
          </>
        )}
      </Asked>
    </SettingsPage>
  );
}
