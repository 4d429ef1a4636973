import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";
import { bootOf, renderAt } from "../../../tests/render";
import { Invitations } from "./invitations";

const WAITING = {
  id: "i 1",
  organization: { name: "Looms" },
  role: "MEMBER",
  invitedBy: "Charles",
  expiresAt: "2026-02-01T00:00:00.000Z",
};

afterEach(() => vi.unstubAllGlobals());

/** A server with one invitation until it is answered. */
function serve() {
  const asked: string[] = [];
  let data = [WAITING];
  vi.stubGlobal("fetch", (request: Request) => {
    const { pathname } = new URL(request.url);
    if (request.method !== "GET") {
      asked.push(`${request.method} ${pathname}`);
      data = [];
      return Promise.resolve(new Response(null, { status: 204 }));
    }
    const body = pathname.endsWith("/boot") ? bootOf([], { invitations: data.length }) : { data };
    return Promise.resolve(new Response(JSON.stringify(body)));
  });
  return asked;
}

test.each([
  ["Accept", "POST /api/ui/account/invitations/i%201/accept"],
  ["Decline", "DELETE /api/ui/account/invitations/i%201"],
])("an account answers what it was invited to: %s", async (button, request) => {
  const asked = serve();
  await renderAt(<Invitations />, { boot: bootOf([], { invitations: 1 }) });
  expect(await screen.findByRole("heading", { name: "Join Looms?" })).toBeTruthy();
  expect(screen.getByText(/Charles invites you as member/)).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: button }));
  await waitFor(() => expect(screen.queryByRole("list", { name: "Invitations" })).toBeNull());
  expect(asked).toEqual([request]);
});

test("nothing is asked and shown where nothing waits", async () => {
  const asked = vi.fn();
  vi.stubGlobal("fetch", asked);
  await renderAt(<Invitations />);
  expect(screen.queryByRole("list")).toBeNull();
  expect(asked).not.toHaveBeenCalled();
});
