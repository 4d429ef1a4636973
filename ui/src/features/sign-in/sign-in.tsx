// Sign in with a password or through an identity provider; a server without any user begins here too.
import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { LogIn } from "lucide-react";
import { type ReactElement, useState } from "react";
import { api, config } from "@/api";
import { ErrorState, Link, Skeleton, TextField } from "@/design";
import { safeNext } from "@/kit/url";
import { AuthForm, checkPerson, Frame } from "./frame";
import { optionsQuery, type SignInOptions, useSignedIn } from "./queries";
import { NobodyYet } from "./setup";

// The words that the server puts into `?error=` when a provider's answer could not be used.
const PROBLEMS: Record<string, string> = {
  access_denied: "The identity provider did not let you in.",
  sso_denied: "The identity provider did not let you in.",
  sso_expired: "That sign-in took too long or began in another browser. Try again.",
  email_missing: "The identity provider did not tell your e-mail address.",
  email_not_verified: "The identity provider has not verified your e-mail address.",
  domain_not_allowed: "Addresses of your domain may not sign in here.",
  no_account: "There is no account for your address here. Ask an administrator for an invitation.",
  account_disabled: "This account was switched off.",
};

export default function SignInPage(): ReactElement {
  const { data: options, error, refetch } = useQuery(optionsQuery);
  if (options?.needsFirstUser) return <NobodyYet />;
  return (
    <Frame title="Sign in">
      {error ? (
        <ErrorState compact error={error} onRetry={() => void refetch()} />
      ) : options ? (
        <Ways options={options} />
      ) : (
        <Skeleton height="12rem" />
      )}
    </Frame>
  );
}

function Ways({ options }: { options: SignInOptions }): ReactElement {
  const search = useSearch({ strict: false }) as { next?: string; error?: string };
  const problem = search.error && (PROBLEMS[search.error] ?? "Signing in with the identity provider failed.");
  return (
    <>
      {problem && (
        <p role="alert" className="text-danger">
          {problem}
        </p>
      )}
      {options.oidc.map(({ id, name }) => (
        <ProviderLink key={id} id={id} name={name} next={search.next} />
      ))}
      {options.oidc.length > 0 && options.password && (
        <p className="flex items-center gap-2 text-table text-3">
          <span className="h-px flex-1 bg-line" />
          or
          <span className="h-px flex-1 bg-line" />
        </p>
      )}
      {options.password && <PasswordForm next={search.next} />}
      <p className="text-table text-2">
        {options.signUp ? (
          <>
            No account yet?{" "}
            <Link href="/auth/sign-up" className="underline">
              Create one
            </Link>
          </>
        ) : (
          "No account, or forgot the password? Ask an administrator for an invitation or a reset link."
        )}
      </p>
    </>
  );
}

function ProviderLink({ id, name, next }: { id: string; name: string; next?: string }): ReactElement {
  const target = `${config.basePath}/api/ui/auth/oidc/${encodeURIComponent(id)}/start`;
  const query = new URLSearchParams({ next: safeNext(next) });
  // A plain link: the answer is a redirect to another site.
  return (
    <a
      href={`${target}?${query.toString()}`}
      className="flex h-control items-center justify-center gap-2 rounded-control border border-strong font-medium text-1 hover:bg-s2"
    >
      <LogIn size={14} aria-hidden />
      Continue with {name}
    </a>
  );
}

function PasswordForm({ next }: { next?: string }): ReactElement {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const signIn = useSignedIn();
  return (
    <AuthForm
      label="Sign in"
      submit="Sign in"
      validate={() => ({
        ...checkPerson({ email }),
        ...(password === "" && { password: "Enter your password" }),
      })}
      onSubmit={() =>
        signIn(api.post("/api/ui/auth/sign-in", { body: { email: email.trim(), password } }), next)
      }
    >
      {(errors) => (
        <>
          <TextField
            label="E-mail"
            name="email"
            type="email"
            autoComplete="username"
            autoFocus
            value={email}
            onChange={setEmail}
            error={errors.email}
          />
          <TextField
            label="Password"
            name="password"
            type="password"
            autoComplete="current-password"
            value={password}
            onChange={setPassword}
            error={errors.password}
          />
        </>
      )}
    </AuthForm>
  );
}
