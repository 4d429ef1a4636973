// An account for whoever wants one, where the operator allows that.
import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { api } from "@/api";
import { ErrorState, Link, Skeleton } from "@/design";
import { AuthForm, checkPerson, Frame } from "./frame";
import { NOBODY, PersonFields } from "./person-fields";
import { optionsQuery, useSignedIn } from "./queries";
import { NobodyYet } from "./setup";

export default function SignUpPage(): ReactElement {
  const { next } = useSearch({ strict: false }) as { next?: string };
  const { data: options, error, refetch } = useQuery(optionsQuery);
  const [person, setPerson] = useState(NOBODY);
  const signedIn = useSignedIn();
  if (options?.needsFirstUser) return <NobodyYet />;
  return (
    <Frame title="Create an account">
      {error ? (
        <ErrorState compact error={error} onRetry={() => void refetch()} />
      ) : !options ? (
        <Skeleton height="14rem" />
      ) : options.signUp ? (
        <AuthForm
          label="New account"
          submit="Create account"
          validate={() => checkPerson(person)}
          onSubmit={() =>
            signedIn(
              api.post("/api/ui/auth/sign-up", { body: { ...person, email: person.email.trim() } }),
              next,
            )
          }
        >
          {(errors) => <PersonFields values={person} onChange={setPerson} errors={errors} />}
        </AuthForm>
      ) : (
        <p>Accounts are made by invitation on this server. Ask an administrator for a link.</p>
      )}
      <p className="text-table text-2">
        Have an account?{" "}
        <Link href="/auth/sign-in" className="underline">
          Sign in
        </Link>
      </p>
    </Frame>
  );
}
