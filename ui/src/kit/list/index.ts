// The list kit: useList + <ListPage> make a page of rows with filters, live updates, views and a peek.
export { ListPage, type ListPageProps, type Peek } from "./list-page";
export type { RowAction } from "./row-menu";
export { useList, type List, type ListOptions } from "./use-list";
export { useLiveRows, type LiveRows } from "./use-live-rows";
export { bulk, type BulkAction, queryRows, useFields, type Entity, type ListBody, type Scope } from "./api";
export { BulkAll } from "./bulk-all";
export { onlyTicked } from "./bulk-ticked";
export { type BulkJobAction } from "./bulk-jobs";
export { dropRows, patchRow, type Pages } from "./merge";
export { peekAt } from "./state";
export * from "./cells";
