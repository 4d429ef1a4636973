// Which spans the duration of a trace hangs on: from the end backwards through the child that finished last. Iterative.
import { hasMark, MARK, nodeEnd, type TraceModel } from "./model";

export interface Section {
  node: number;
  from: number;
  to: number;
}

interface Frame {
  node: number;
  /** Children by end, latest first, and how many of them are done. */
  children: number[];
  next: number;
  at: number;
}

function childrenOf(model: TraceModel, node: number): number[] {
  const children: number[] = [];
  const first = node === -1 ? -1 : model.firstChild[node]!;
  if (node === -1) {
    for (let i = 0; i < model.count; i++) if (model.parent[i] === -1) children.push(i);
  } else {
    for (let child = first; child !== -1; child = model.nextSibling[child]!) {
      // Nobody waited for a child that outlives its parent, and one without an end says nothing.
      if (!hasMark(model, child, MARK.late) && model.duration[child]! >= 0) children.push(child);
    }
  }
  return children.sort((a, b) => nodeEnd(model, b) - nodeEnd(model, a));
}

/** Sections in order of time, without gaps inside a root, without overlaps. */
export function criticalPath(model: TraceModel): Section[] {
  const sections: Section[] = [];
  const note = (node: number, from: number, to: number) => {
    if (node !== -1 && !hasMark(model, node, MARK.missingParent) && to > from)
      sections.push({ node, from, to });
  };
  const stack: Frame[] = [{ node: -1, children: childrenOf(model, -1), next: 0, at: model.end }];
  while (stack.length > 0) {
    const frame = stack[stack.length - 1]!;
    const floor = frame.node === -1 ? 0 : model.start[frame.node]!;
    let child = -1;
    while (frame.next < frame.children.length && child === -1) {
      const candidate = frame.children[frame.next++]!;
      // Work that ran beside the one already on the path does not lengthen the trace.
      if (nodeEnd(model, candidate) <= frame.at && nodeEnd(model, candidate) > floor) child = candidate;
    }
    if (child !== -1) {
      note(frame.node, nodeEnd(model, child), frame.at);
      stack.push({ node: child, children: childrenOf(model, child), next: 0, at: nodeEnd(model, child) });
      continue;
    }
    note(frame.node, floor, frame.at);
    stack.pop();
    const above = stack[stack.length - 1];
    // Time before the parent's start is a clock that runs wrong, not work of the parent.
    if (above)
      above.at = Math.max(Math.min(above.at, floor), above.node === -1 ? 0 : model.start[above.node]!);
  }
  return sections.toReversed();
}
