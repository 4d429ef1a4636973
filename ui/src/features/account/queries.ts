// The signed-in person's own data.
import { queryOptions } from "@tanstack/react-query";
import { api, type Schema } from "@/api";

export type Account = Schema<"AccountOut">;
export type Device = Schema<"SessionsOut">["data"][number];

export const accountQuery = queryOptions({
  queryKey: ["account"],
  queryFn: ({ signal }) => api.get("/api/ui/account", { signal }),
});

export const devicesQuery = queryOptions({
  queryKey: ["account", "sessions"],
  queryFn: async ({ signal }) => (await api.get("/api/ui/account/sessions", { signal })).data,
});

export const renameAccount = (name: string) => api.patch("/api/ui/account", { body: { name } });
export const changePassword = (current: string, password: string) =>
  api.post("/api/ui/account/password", { body: { current, password } });
export const signOutDevice = (id: string) => api.delete("/api/ui/account/sessions/{id}", { path: { id } });
export const signOutOthers = () => api.delete("/api/ui/account/sessions");
