// The fields of a new account.
import type { ReactElement } from "react";
import { TextField } from "@/design";

export interface PersonValues {
  name: string;
  email: string;
  password: string;
}

export const NOBODY: PersonValues = { name: "", email: "", password: "" };

export function PersonFields({
  values,
  onChange,
  errors,
  fixedEmail,
}: {
  values: PersonValues;
  onChange: (values: PersonValues) => void;
  errors: Record<string, string>;
  /** The address is given, as by an invitation. */
  fixedEmail?: boolean;
}): ReactElement {
  return (
    <>
      <TextField
        label="Name"
        name="name"
        autoComplete="name"
        autoFocus
        value={values.name}
        onChange={(name) => onChange({ ...values, name })}
        error={errors.name}
      />
      <TextField
        label="E-mail"
        name="email"
        type="email"
        autoComplete="username"
        isReadOnly={fixedEmail}
        value={values.email}
        onChange={(email) => onChange({ ...values, email })}
        error={errors.email}
      />
      <TextField
        label="Password"
        name="password"
        type="password"
        autoComplete="new-password"
        description="At least 8 characters"
        value={values.password}
        onChange={(password) => onChange({ ...values, password })}
        error={errors.password}
      />
    </>
  );
}
