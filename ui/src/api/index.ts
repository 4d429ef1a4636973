// What the rest of the UI needs of the server.
export {
  type Boot,
  type BootOrganization,
  type BootProject,
  bootQuery,
  findProject,
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
export {
  actingAs,
  api,
  call,
  type CallOptions,
  serverUrl,
  setCsrf,
  setSignedOutHandler,
  watchOffline,
} from "./client";
export { client } from "./typed";
export { config, type PageConfig } from "./config";
export { ApiError, type ErrorFacts } from "./errors";
export { makeQueryClient } from "./queries";
