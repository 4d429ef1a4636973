// A server without any account: who has the set-up link makes the owner's; others learn where the link is.
import { useQuery } from "@tanstack/react-query";
import { Navigate, useSearch } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { api, type Boot } from "@/api";
import { CopyButton, ErrorState, Skeleton } from "@/design";
import { rememberKey } from "@/kit/new-key";
import { paths } from "@/kit/url";
import { AuthForm, checkPerson, Frame } from "./frame";
import { NOBODY, PersonFields } from "./person-fields";
import { optionsQuery, useSignedIn } from "./queries";

const COMMAND = "spyglass users setup-link";

export default function SetupPage(): ReactElement {
  const { token } = useSearch({ strict: false }) as { token?: string };
  const { data: options, error, refetch } = useQuery(optionsQuery);
  if (options && !options.needsFirstUser) return <Navigate to="/auth/sign-in" replace />;
  if (!options)
    return (
      <Frame title="Set up this server">
        {error ? (
          <ErrorState compact error={error} onRetry={() => void refetch()} />
        ) : (
          <Skeleton height="14rem" />
        )}
      </Frame>
    );
  return token ? <Owner token={token} /> : <NobodyYet />;
}

/** Where the link is. Without it nobody can take the server over. */
export function NobodyYet(): ReactElement {
  return (
    <Frame title="Set up this server" note="Nobody has an account here yet.">
      <p>
        The server printed a set-up link when it started. Open that link to create the owner account: it works
        once.
      </p>
      <div className="flex flex-col gap-2">
        <p className="text-2">On the machine of the server, this prints it again:</p>
        <div className="flex items-center gap-2">
          <code className="mono min-w-0 flex-1 rounded-control border border-line bg-s1 px-3 py-2 text-table break-words">
            {COMMAND}
          </code>
          <CopyButton label="Copy command" text={COMMAND} />
        </div>
      </div>
    </Frame>
  );
}

/** On to the set-up of the one project that the first start makes, with keys for it, or else to where one is made. */
export async function firstPlace({ organizations }: Boot): Promise<string> {
  const projects = organizations.flatMap((each) => each.projects);
  const [project] = projects;
  if (project && projects.length === 1) {
    const path = { project_id: project.id };
    await api.post("/api/ui/projects/{project_id}/keys", { path, body: { note: "Setup" } }).then(
      (key) => rememberKey(project.id, key),
      () => undefined, // the page offers to make them
    );
    return paths.setup(project.id);
  }
  const [organization] = organizations;
  return organization && projects.length === 0 ? paths.newProject(organization.id) : paths.picker();
}

function Owner({ token }: { token: string }): ReactElement {
  const [person, setPerson] = useState(NOBODY);
  const signedIn = useSignedIn();
  return (
    <Frame
      title="Create the owner account"
      note="It owns this server: every organization, project and person here."
    >
      <AuthForm
        label="Owner account"
        submit="Create account"
        validate={() => checkPerson(person)}
        onSubmit={() => {
          const body = { ...person, email: person.email.trim(), token };
          return signedIn(api.post("/api/ui/auth/first-user", { body }), firstPlace);
        }}
      >
        {(errors) => <PersonFields values={person} onChange={setPerson} errors={errors} />}
      </AuthForm>
    </Frame>
  );
}
