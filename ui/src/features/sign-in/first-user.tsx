// A server without any user: whoever comes first owns it.
import { useQuery } from "@tanstack/react-query";
import { Navigate } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { api, type Boot } from "@/api";
import { TextField } from "@/design";
import { paths } from "@/kit/url";
import { AuthForm, checkPerson, Frame } from "./frame";
import { NOBODY, PersonFields } from "./person-fields";
import { optionsQuery, useSignedIn } from "./queries";

export default function FirstUserPage(): ReactElement {
  const { data } = useQuery(optionsQuery);
  return data && !data.needsFirstUser ? <Navigate to="/auth/sign-in" replace /> : <FirstUser />;
}

/** Straight on to the first project, where it is plain in which organization. */
export function firstPlace({ organizations }: Boot, made?: string): string {
  const empty = organizations.filter(({ projects }) => projects.length === 0);
  const place =
    empty.find(({ name }) => name === made) ?? (organizations.length === 1 ? empty[0] : undefined);
  return place ? paths.newProject(place.id) : paths.picker();
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
        onSubmit={() =>
          signedIn(api.post("/api/ui/auth/first-user", { body }), (boot) =>
            firstPlace(boot, body.organization),
          )
        }
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
