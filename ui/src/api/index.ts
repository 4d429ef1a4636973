// What the rest of the UI needs of the server.
export {
  type Boot,
  type BootOrganization,
  type BootProject,
  bootQuery,
  findProject,
  type Permission,
  type Preferences,
  type ProjectPlace,
  savePreferences,
  useBoot,
  useCan,
  useMaybeOrganization,
  useMaybeProject,
  useOrganization,
  useProject,
  useRefreshBoot,
} from "./boot";
export { api, call } from "./client";
export { config, type PageConfig } from "./config";
export { ApiError, type ErrorFacts } from "./errors";
export type { Answer, AskedOf, Schema } from "./operations";
export { makeQueryClient } from "./queries";
export { serverUrl, setCsrf, setSignedOutHandler, watchOffline } from "./send";
