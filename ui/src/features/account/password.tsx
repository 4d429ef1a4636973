// A new password; it ends all other sessions of the person.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Card, FormCard, TextField } from "@/design";
import { Asked, SettingsPage } from "@/kit/settings";
import { accountQuery, changePassword } from "./queries";

const NOTHING = { current: "", password: "", again: "" };
type Values = typeof NOTHING;

function check({ password, again }: Values): Partial<Record<keyof Values, string>> {
  if (password.length < 8) return { password: "At least 8 characters" };
  return password === again ? {} : { again: "This is not the same" };
}

export default function PasswordPage(): ReactElement {
  const account = useQuery(accountQuery);
  const queries = useQueryClient();
  return (
    <SettingsPage title="Password">
      <Asked query={account} height="18rem">
        {({ hasPassword, email }) =>
          !hasPassword ? (
            <Card title="No password">
              <p className="text-2">
                You sign in through your identity provider. An administrator of the organization can make a
                link with which you choose a password.
              </p>
            </Card>
          ) : (
            <FormCard
              // A form that was sent begins anew.
              key={account.dataUpdatedAt}
              title="Change your password"
              note="Everybody who is signed in as you elsewhere is signed out."
              values={NOTHING}
              validate={check}
              saveLabel="Change password"
              savedMessage="Password changed"
              onSave={async ({ current, password }) => {
                await changePassword(current, password);
                await queries.invalidateQueries({ queryKey: accountQuery.queryKey });
              }}
            >
              {({ values, set, errors }) => (
                <>
                  {/* For password managers: whose password this is. */}
                  <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
                  <TextField
                    label="Current password"
                    type="password"
                    autoComplete="current-password"
                    value={values.current}
                    onChange={(text) => set("current", text)}
                    error={errors.current}
                  />
                  <TextField
                    label="New password"
                    type="password"
                    autoComplete="new-password"
                    description="At least 8 characters"
                    value={values.password}
                    onChange={(text) => set("password", text)}
                    error={errors.password}
                  />
                  <TextField
                    label="New password again"
                    type="password"
                    autoComplete="new-password"
                    value={values.again}
                    onChange={(text) => set("again", text)}
                    error={errors.again}
                  />
                </>
              )}
            </FormCard>
          )
        }
      </Asked>
    </SettingsPage>
  );
}
