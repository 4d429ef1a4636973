// A role, changed at once where the person may; otherwise its word.
import { type ReactElement, useState } from "react";
import { Select, toast } from "@/design";
import { type Role, ROLE_WORDS, ROLES } from "./people";

export function RoleSelect({
  label,
  value,
  allowed,
  onChange,
  inherited,
}: {
  label: string;
  value: Role | null;
  /** Empty: only shown. */
  allowed: readonly Role[];
  onChange: (role: Role | null) => Promise<unknown>;
  /** The role that counts without one of its own; makes "as in the organization" a choice. */
  inherited?: Role;
}): ReactElement {
  const [isSaving, setSaving] = useState(false);
  const words = value ? ROLE_WORDS[value].label : `${ROLE_WORDS[inherited ?? "NONE"].label} (organization)`;
  if (allowed.length === 0) return <span>{words}</span>;
  const options = [
    ...(inherited ? [{ id: "inherit", label: `${ROLE_WORDS[inherited].label} (organization)` }] : []),
    ...ROLES.filter((role) => allowed.includes(role) || role === value).map((role) => ({
      id: role as string,
      label: ROLE_WORDS[role].label,
      description: ROLE_WORDS[role].description,
    })),
  ];
  async function change(id: string): Promise<void> {
    setSaving(true);
    try {
      await onChange(id === "inherit" ? null : (id as Role));
    } catch (error) {
      toast({ title: "The role was not changed", description: (error as Error).message, tone: "danger" });
    } finally {
      setSaving(false);
    }
  }
  return (
    <Select
      label={label}
      hideLabel
      value={value ?? "inherit"}
      options={options}
      onChange={(id) => void change(id)}
      isDisabled={isSaving}
    />
  );
}
