// Organizations that invited this account by its id: whose it is agrees before it is a member.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { bootQuery, useBoot } from "@/api";
import { Button, Card } from "@/design";
import { formatTime } from "@/kit/format";
import { paths, useGo } from "@/kit/url";
import { acceptInvitation, declineInvitation, invitationsQuery, type Invitation } from "./queries";

export function Invitations(): ReactElement | null {
  const { invitations } = useBoot();
  const { data } = useQuery({ ...invitationsQuery, enabled: invitations > 0 });
  if (invitations === 0 || !data?.length) return null;
  return (
    <ul aria-label="Invitations" className="flex flex-col gap-3">
      {data.map((each) => (
        <li key={each.id}>
          <Answer invitation={each} />
        </li>
      ))}
    </ul>
  );
}

function Answer({ invitation }: { invitation: Invitation }): ReactElement {
  const { id, organization, role, invitedBy, expiresAt } = invitation;
  const queries = useQueryClient();
  const go = useGo();
  const answer = useMutation({
    mutationFn: (accepts: boolean) => (accepts ? acceptInvitation(id) : declineInvitation(id)),
    onSettled: async () => {
      // With one project the start page leads there by itself; here the new organization is to be seen.
      go(paths.picker(), "replace");
      await queries.invalidateQueries({ queryKey: bootQuery.queryKey });
      await queries.invalidateQueries({ queryKey: invitationsQuery.queryKey });
    },
  });
  return (
    <Card
      title={`Join ${organization.name}?`}
      actions={
        <>
          <Button isDisabled={answer.isPending} onPress={() => answer.mutate(false)}>
            Decline
          </Button>
          <Button variant="primary" isPending={answer.isPending} onPress={() => answer.mutate(true)}>
            Accept
          </Button>
        </>
      }
    >
      <p className="text-2">
        {invitedBy ?? "An administrator"} invites you as {role.toLowerCase()}. Valid until{" "}
        {formatTime(expiresAt)}.
      </p>
      {answer.error && (
        <p role="alert" className="text-danger">
          {answer.error.message}
        </p>
      )}
    </Card>
  );
}
