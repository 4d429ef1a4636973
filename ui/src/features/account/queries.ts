// The signed-in person's own data.
import { queryOptions } from "@tanstack/react-query";
import { api } from "@/api";

export interface Account {
  id: string;
  email: string;
  name: string;
  hasPassword: boolean;
  createdAt: string;
}

export interface Device {
  id: string;
  createdAt: string;
  lastUsedAt: string;
  userAgent: string | null;
  ip: string | null;
  current: boolean;
}

const PATH = "/api/ui/account";

export const accountQuery = queryOptions({
  queryKey: ["account"],
  queryFn: ({ signal }) => api.get<Account>(PATH, { signal }),
});

export const devicesQuery = queryOptions({
  queryKey: ["account", "sessions"],
  queryFn: async ({ signal }) => (await api.get<{ data: Device[] }>(`${PATH}/sessions`, { signal })).data,
});

export const renameAccount = (name: string): Promise<Account> => api.patch(PATH, { name });
export const changePassword = (current: string | undefined, password: string): Promise<void> =>
  api.post(`${PATH}/password`, { current, password });
export const signOutDevice = (id: string): Promise<void> =>
  api.delete(`${PATH}/sessions/${encodeURIComponent(id)}`);
export const signOutOthers = (): Promise<void> => api.delete(`${PATH}/sessions`);
