import { afterEach, expect, test, vi } from "vitest";
import type { Boot, BootOrganization } from "@/api";
import { newKeyOf } from "@/kit/new-key";
import { firstPlace } from "./setup";

const organization = (id: string, projects = 0): BootOrganization => ({
  id,
  name: `Name of ${id}`,
  role: "OWNER",
  permissions: [],
  projects: Array.from({ length: projects }, (_, n) => ({
    id: `${id}-${n}`,
    name: "p",
    role: "OWNER",
    permissions: [],
    retentionDays: null,
    createdAt: "2026-01-01T00:00:00.000Z",
  })),
});
const boot = (...organizations: BootOrganization[]) => ({ organizations }) as Boot;
const KEY = { id: "k", publicKey: "pk-lf-1", secretKey: "sk-lf-1" };

function answer(status: number, body: object) {
  const asked = vi.fn<typeof fetch>(() => Promise.resolve(new Response(JSON.stringify(body), { status })));
  vi.stubGlobal("fetch", asked);
  return asked;
}

afterEach(() => vi.unstubAllGlobals());

test("the owner goes on to the one project, with keys for it", async () => {
  const asked = answer(201, KEY);
  expect(await firstPlace(boot(organization("a", 1)))).toBe("/project/a-0/setup");
  const request = asked.mock.calls[0]![0] as Request;
  expect([request.method, new URL(request.url).pathname]).toEqual(["POST", "/api/ui/projects/a-0/keys"]);
  expect(newKeyOf("a-0")).toMatchObject({ publicKey: "pk-lf-1", secretKey: "sk-lf-1" });
});

test("keys that could not be made are offered by the page", async () => {
  answer(503, { message: "later" });
  expect(await firstPlace(boot(organization("b", 1)))).toBe("/project/b-0/setup");
  expect(newKeyOf("b-0")).toBeUndefined();
});

test("without a project the owner makes one; where there are several nothing is made", async () => {
  const asked = answer(201, KEY);
  expect(await firstPlace(boot(organization("a")))).toBe("/organization/a/setup");
  expect(await firstPlace(boot(organization("a", 1), organization("b", 1)))).toBe("/?all=1");
  expect(await firstPlace(boot())).toBe("/?all=1");
  expect(asked).not.toHaveBeenCalled();
});
