// Zoom and pan by pointer: ctrl (or pinch) + wheel zooms around the pointer, shift + wheel or dragging pans.
import { type RefObject, useEffect, useRef } from "react";

import type { Lane } from "./bar";
import { panBy, zoomAt } from "./layout";
import { useViewer } from "./viewer-state";

const DRAG_FROM = 4;

export function useLaneGestures(scroller: RefObject<HTMLElement | null>, lane: Lane, left: number): void {
  const { model, setView } = useViewer();
  const now = useRef({ lane, left, end: model.end, setView });
  useEffect(() => {
    now.current = { lane, left, end: model.end, setView };
  });

  useEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const xOfEvent = (event: MouseEvent) =>
      event.clientX - element.getBoundingClientRect().left - now.current.left;

    const onWheel = (event: WheelEvent) => {
      const { lane: one, end, setView: set } = now.current;
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        set(zoomAt(one.view, Math.exp(-event.deltaY * 0.005), xOfEvent(event), one.width, end, one.scale));
      } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        event.preventDefault();
        set(panBy(one.view, event.deltaX || event.deltaY, one.width, end, one.scale));
      }
    };

    let from: { x: number; view: Lane["view"]; moved: boolean } | null = null;
    const onDown = (event: PointerEvent) => {
      if (event.button !== 0 || event.pointerType === "touch" || xOfEvent(event) < 0) return;
      from = { x: event.clientX, view: now.current.lane.view, moved: false };
    };
    const onMove = (event: PointerEvent) => {
      if (!from) return;
      const by = from.x - event.clientX;
      if (!from.moved && Math.abs(by) < DRAG_FROM) return;
      if (!from.moved) element.setPointerCapture(event.pointerId);
      from.moved = true;
      const { lane: one, end, setView: set } = now.current;
      set(panBy(from.view, by, one.width, end, one.scale));
    };
    const onUp = () => {
      // The click that ends a drag selects nothing.
      if (from?.moved)
        element.addEventListener("click", (event) => event.stopPropagation(), { capture: true, once: true });
      from = null;
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    element.addEventListener("pointerdown", onDown);
    element.addEventListener("pointermove", onMove);
    element.addEventListener("pointerup", onUp);
    element.addEventListener("pointercancel", onUp);
    return () => {
      element.removeEventListener("wheel", onWheel);
      element.removeEventListener("pointerdown", onDown);
      element.removeEventListener("pointermove", onMove);
      element.removeEventListener("pointerup", onUp);
      element.removeEventListener("pointercancel", onUp);
    };
  }, [scroller]);
}
