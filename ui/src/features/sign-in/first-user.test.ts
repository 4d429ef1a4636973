import { expect, test } from "vitest";
import type { Boot, BootOrganization } from "@/api";
import { firstPlace } from "./first-user";

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

test("the first owner goes on to the first project", () => {
  expect(firstPlace(boot(organization("a"), organization("b")), "Name of b")).toBe("/organization/b/setup");
  expect(firstPlace(boot(organization("a")))).toBe("/organization/a/setup");
  // Provisioned with a project, or unclear which one: the list.
  expect(firstPlace(boot(organization("a", 1)))).toMatch(/^\//);
  expect(firstPlace(boot(organization("a", 1)))).not.toContain("setup");
  expect(firstPlace(boot(organization("a"), organization("b")))).not.toContain("setup");
});
