// Saved views on the server: versioned writes, one default per person and table.
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "@/api";

export type ViewState = { q: string; sort: string; cols: string[]; row: string; range?: string };
export type SavedView = {
  id: string;
  table: string;
  name: string;
  state: ViewState;
  shared: boolean;
  isDefault: boolean;
  ownerId: string | null;
  ownerName: string | null;
  mine: boolean;
  updatedAt: string;
  version: number | string;
};

const root = (project: string) => `/api/ui/projects/${encodeURIComponent(project)}/views`;

const viewsQuery = (project: string, table: string) =>
  queryOptions({
    queryKey: ["views", project, table],
    queryFn: async ({ signal }) =>
      (await api.get<{ data: SavedView[] }>(root(project), { query: { table }, signal })).data,
    staleTime: 5 * 60_000,
  });

export function useViews(project: string, table: string): SavedView[] {
  return useQuery(viewsQuery(project, table)).data ?? NONE;
}
const NONE: SavedView[] = [];

type NewView = { name: string; state: ViewState; shared: boolean };

export function useViewActions(project: string, table: string) {
  const queries = useQueryClient();
  const done = () => queries.invalidateQueries({ queryKey: ["views", project, table] });
  const one = (id: string) => `${root(project)}/${encodeURIComponent(id)}`;
  return {
    create: useMutation({
      mutationFn: (view: NewView) => api.post<SavedView>(root(project), { ...view, table }),
      onSuccess: done,
    }),
    update: useMutation({
      mutationFn: ({ id, version, name, shared, state }: SavedView) =>
        api.put<SavedView>(one(id), { name, shared, state }, { headers: { "If-Match": String(version) } }),
      onSettled: done,
    }),
    remove: useMutation({ mutationFn: ({ id }: SavedView) => api.delete(one(id)), onSuccess: done }),
    setDefault: useMutation({
      mutationFn: ({ id, on }: { id: string; on: boolean }) => api.put(`${one(id)}/default`, { on }),
      onSuccess: done,
    }),
  };
}
