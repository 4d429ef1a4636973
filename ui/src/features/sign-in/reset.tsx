// A new password, with the link that an administrator made.
import { useSearch } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { api } from "@/api";
import { Link, TextField } from "@/design";
import { AuthForm, checkPerson, Frame } from "./frame";
import { useSignedIn } from "./queries";

export default function ResetPage(): ReactElement {
  const { token } = useSearch({ strict: false }) as { token?: string };
  const [password, setPassword] = useState("");
  const signedIn = useSignedIn();
  if (!token)
    return (
      <Frame title="Reset a password">
        <p>
          This server sends no e-mail. Ask an administrator of your organization for a reset link: they find
          it under Members.
        </p>
        <p className="text-table">
          <Link href="/auth/sign-in">Back to sign-in</Link>
        </p>
      </Frame>
    );
  return (
    <Frame title="Choose a new password">
      <AuthForm
        label="New password"
        submit="Save and sign in"
        validate={() => checkPerson({ password })}
        onSubmit={() => signedIn(api.post("/api/ui/auth/reset-password", { body: { token, password } }))}
      >
        {(errors) => (
          <TextField
            label="New password"
            name="password"
            type="password"
            autoComplete="new-password"
            autoFocus
            description="At least 8 characters"
            value={password}
            onChange={setPassword}
            error={errors.password}
          />
        )}
      </AuthForm>
    </Frame>
  );
}
