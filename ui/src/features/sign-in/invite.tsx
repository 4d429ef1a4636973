// An invitation: who invites whom to what, and the shortest way in.
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { api, type ApiError, bootQuery, type Schema } from "@/api";
import { ErrorState, Link, Skeleton } from "@/design";
import { formatTime } from "@/kit/format";
import { paths } from "@/kit/url";
import { AuthForm, checkPerson, Frame } from "./frame";
import { NOBODY, PersonFields } from "./person-fields";
import { type Offer, offerQuery, useSignedIn } from "./queries";

export default function InvitePage(): ReactElement {
  const { token } = useParams({ strict: false }) as { token: string };
  const { data: offer, error, refetch } = useQuery(offerQuery(token));
  if (error)
    return (
      <Frame title="Invitation">
        {(error as ApiError).status === 404 ? (
          <>
            <p role="alert">
              This link is not valid any more: it was used, withdrawn, or its time is over. Ask for a new one.
            </p>
            <p>
              <Link href="/auth/sign-in">Sign in</Link>
            </p>
          </>
        ) : (
          <ErrorState compact error={error} onRetry={() => void refetch()} />
        )}
      </Frame>
    );
  if (!offer)
    return (
      <Frame title="Invitation">
        <Skeleton height="14rem" />
      </Frame>
    );
  const { organization, project, role, projectRole, invitedBy } = offer;
  const place = project ? `${project.name} (${organization.name})` : organization.name;
  const as = (project && projectRole ? projectRole : role).toLowerCase();
  return (
    <Frame
      title={`Join ${organization.name}`}
      note={`${invitedBy ?? "An administrator"} invites ${offer.email} to ${place} as ${as}.`}
    >
      <Accept offer={offer} token={token} />
      <p className="text-table text-3">Valid until {formatTime(offer.expiresAt)}</p>
    </Frame>
  );
}

function Accept({ offer, token }: { offer: Offer; token: string }): ReactElement {
  const { data: boot } = useQuery({ ...bootQuery, retry: false });
  const [person, setPerson] = useState({ ...NOBODY, email: offer.email });
  const signedIn = useSignedIn();
  const accept = (body: Schema<"AcceptIn">) =>
    signedIn(api.post("/api/ui/auth/invitations/{token}/accept", { path: { token }, body }));
  if (boot?.user.email === offer.email)
    return (
      <AuthForm label="Invitation" submit="Accept" onSubmit={() => accept({})}>
        {() => <p>You are signed in as {boot.user.email}.</p>}
      </AuthForm>
    );
  const { name, password } = person;
  return (
    <>
      <AuthForm
        label="Invitation"
        submit="Create account and accept"
        validate={() => checkPerson({ name, password })}
        onSubmit={() => accept({ name, password })}
      >
        {(errors) => <PersonFields values={person} onChange={setPerson} errors={errors} fixedEmail />}
      </AuthForm>
      {/* The server does not tell whether the address has one. */}
      <p className="text-table text-2">
        Have an account with this address?{" "}
        <Link href={paths.signIn(paths.invitation(token))} className="underline">
          Sign in
        </Link>
        , then accept.
      </p>
    </>
  );
}
