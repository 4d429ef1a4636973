// Name, id, and the end of an organization.
import type { ReactElement } from "react";
import { api, useOrganization, useRefreshBoot } from "@/api";
import { FormCard, TextField } from "@/design";
import { Fact, SettingsPage } from "@/kit/settings";
import { DeleteCard } from "./delete-card";

const ORGANIZATION = "/api/ui/organizations/{organization_id}";

export default function OrganizationGeneralPage(): ReactElement {
  const { id, name, permissions } = useOrganization();
  const refreshBoot = useRefreshBoot();
  const path = { organization_id: id };
  return (
    <SettingsPage title="General">
      <FormCard
        title="Organization"
        values={{ name }}
        isReadOnly={!permissions.includes("organization:update")}
        validate={(values) => (values.name.trim() === "" ? { name: "Enter a name" } : {})}
        onSave={async (values) => {
          await api.patch(ORGANIZATION, { path, body: { name: values.name.trim() } });
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
      {permissions.includes("organization:delete") && (
        <DeleteCard noun="organization" name={name} onDelete={() => api.delete(ORGANIZATION, { path })}>
          All its projects go with it, and nobody keeps a role in it. It cannot be undone.
        </DeleteCard>
      )}
    </SettingsPage>
  );
}
