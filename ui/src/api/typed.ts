// Calls whose paths, parameters and answers TypeScript checks against openapi.json. A module of its own: only pages that
// use it load it.
import createClient from "openapi-fetch";
import { send } from "./client";
import { config } from "./config";
import type { paths } from "./schema.gen";

/** Give `headers: actingAs(projectId)` on public routes. `data` is there; errors are thrown as ApiError. */
export const client = /* @__PURE__ */ createClient<paths>({
  baseUrl: typeof location === "undefined" ? "" : location.origin + config.basePath,
  fetch: send,
});
