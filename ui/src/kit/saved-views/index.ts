// Saved views of tables.
export { useViews, type SavedView, type ViewState } from "./api";
export { ViewsMenu } from "./views-menu";
