// A server without any user: whoever comes first owns it.
import { useQuery } from "@tanstack/react-query";
import { Navigate } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { TextField } from "@/design";
import { AuthForm, checkPerson, Frame } from "./frame";
import { NOBODY, PersonFields } from "./person-fields";
import { optionsQuery, useSignedIn } from "./queries";

export default function FirstUserPage(): ReactElement {
  const { data } = useQuery(optionsQuery);
  return data && !data.needsFirstUser ? <Navigate to="/auth/sign-in" replace /> : <FirstUser />;
}

export function FirstUser(): ReactElement {
  const [person, setPerson] = useState(NOBODY);
  const [organization, setOrganization] = useState("");
  const signedIn = useSignedIn();
  const body = {
    ...person,
    email: person.email.trim(),
    ...(organization.trim() && { organization: organization.trim() }),
  };
  return (
    <Frame title="Set up this server" note="Nobody has an account here yet. The first one owns the server.">
      <AuthForm
        label="First account"
        submit="Create account"
        validate={() => checkPerson(person)}
        onSubmit={() => signedIn("/api/ui/auth/first-user", body)}
      >
        {(errors) => (
          <>
            <PersonFields values={person} onChange={setPerson} errors={errors} />
            <TextField
              label="Organization"
              name="organization"
              autoComplete="organization"
              description="Owns projects and people. You can rename it later."
              value={organization}
              onChange={setOrganization}
              error={errors.organization}
            />
          </>
        )}
      </AuthForm>
    </Frame>
  );
}
