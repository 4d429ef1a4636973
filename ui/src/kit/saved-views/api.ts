// Saved views on the server: versioned writes, one default per person and table.
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, type Schema } from "@/api";

export type ViewState = { q: string; sort: string; cols: string[]; row: string; range?: string };
/** The server keeps the state as it was sent: what is in it is the page's own affair. */
export type SavedView = Omit<Schema<"ViewOut">, "state"> & { state: ViewState };
export type Table = Schema<"ViewOut">["table"];

const withState = (view: Schema<"ViewOut">): SavedView => ({ ...view, state: view.state as ViewState });

const VIEWS = "/api/ui/projects/{project_id}/views";
const VIEW = `${VIEWS}/{view_id}` as const;

const viewsQuery = (project: string, table: Table) =>
  queryOptions({
    queryKey: ["views", project, table],
    queryFn: async ({ signal }) =>
      (await api.get(VIEWS, { path: { project_id: project }, query: { table }, signal })).data.map(withState),
    staleTime: 5 * 60_000,
  });

export function useViews(project: string, table: Table): SavedView[] {
  return useQuery(viewsQuery(project, table)).data ?? NONE;
}
const NONE: SavedView[] = [];

type NewView = { name: string; state: ViewState; shared: boolean };

export function useViewActions(project: string, table: Table) {
  const queries = useQueryClient();
  const done = () => queries.invalidateQueries({ queryKey: ["views", project, table] });
  const one = (id: string) => ({ project_id: project, view_id: id });
  return {
    create: useMutation({
      mutationFn: (view: NewView) =>
        api.post(VIEWS, { path: { project_id: project }, body: { ...view, table } }).then(withState),
      onSuccess: done,
    }),
    update: useMutation({
      mutationFn: ({ id, version, name, shared, state }: SavedView) =>
        api.put(VIEW, {
          path: one(id),
          body: { name, shared, state },
          headers: { "If-Match": String(version) },
        }),
      onSettled: done,
    }),
    remove: useMutation({
      mutationFn: ({ id }: SavedView) => api.delete(VIEW, { path: one(id) }),
      onSuccess: done,
    }),
    setDefault: useMutation({
      mutationFn: ({ id, on }: { id: string; on: boolean }) =>
        api.put(`${VIEW}/default`, { path: one(id), body: { on } }),
      onSuccess: done,
    }),
  };
}
