// Search bar, facets, histogram strip: editors of `q` and `range`.
export type { FacetsProps } from "./facet-props";
export { Facets } from "./facets";
export { SearchBar, type SearchBarProps } from "./search-bar";
export { Strip } from "./strip";
