// The trace viewer.
export { Status, UNNAMED } from "./header";
export { rememberTraceList, traceNeighbours } from "./neighbours";
export { headQuery } from "./queries";
export { readPublishedMedia } from "./source";
export { TraceView, type TraceViewProps } from "./trace-view";
