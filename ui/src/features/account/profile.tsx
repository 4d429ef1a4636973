// Name and address of the person.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { useRefreshBoot } from "@/api";
import { FormCard, TextField } from "@/design";
import { formatDate } from "@/kit/format";
import { Asked, Fact, SettingsPage } from "@/kit/settings";
import { accountQuery, renameAccount } from "./queries";

export default function ProfilePage(): ReactElement {
  const account = useQuery(accountQuery);
  const queries = useQueryClient();
  const refreshBoot = useRefreshBoot();
  return (
    <SettingsPage title="Profile">
      <Asked query={account} height="14rem">
        {({ name, email, createdAt }) => (
          <FormCard
            title="About you"
            note={`Account since ${formatDate(createdAt)}`}
            values={{ name }}
            validate={(values) => (values.name.trim() === "" ? { name: "Enter your name" } : {})}
            onSave={async (values) => {
              queries.setQueryData(accountQuery.queryKey, await renameAccount(values.name.trim()));
              await refreshBoot();
            }}
          >
            {({ values, set, errors }) => (
              <>
                <TextField
                  label="Name"
                  description="Others see it at your comments and in the audit log."
                  value={values.name}
                  onChange={(text) => set("name", text)}
                  error={errors.name}
                  maxLength={100}
                />
                <Fact label="E-mail" value={email} />
              </>
            )}
          </FormCard>
        )}
      </Asked>
    </SettingsPage>
  );
}
