// Charts: the only way to draw one. uPlot does not leave this folder.
export { boundsOf } from "./buckets";
export { ColourBook, type Colour } from "./colours";
export { isEmpty, OTHER, prepare, type Cell, type Fill, type Prepared, type Wanted } from "./prepare";
export { ShareBar } from "./share-bar";
export { Sparkline } from "./sparkline";
export type { TimeChartProps } from "./props";
export { TimeChart } from "./time-chart";
export { ChartCard, type ChartCardProps } from "./chart-card";
export { Region } from "./region";
