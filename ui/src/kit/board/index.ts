// Cards about numbers that several pages have: the home page, and the page of a user.
export { CostChart, costNote, LatencyChart, ScoresChart, TokensChart, TracesChart } from "./charts";
export { LIST, ListCard } from "./list-card";
export { FIRST_TOKEN, NUMBERS } from "./questions";
export { differingSum } from "./shapes";
export { statOf } from "./stat-of";
export { makeBooks, type View } from "./view";
