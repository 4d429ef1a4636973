// The table kit.
export { DataTable, type DataTableProps, type RowHeight, type TableHandle } from "./data-table";
export type { CellAction } from "./cell-actions";
export { arrange, defaultColumns, type Column, type Condition, type Taste } from "./columns";
export { ColumnsPanel } from "./columns-panel";
export { keepOnly, NOTHING, type Selection } from "./selection";
export { useTaste } from "./use-taste";
