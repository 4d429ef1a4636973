// The whole trace in 48 pixels: every span by time, errors on top, and a brush that is the visible window. Drawn once
// for a model and a width; the brush lies over it.
import { type PointerEvent, type ReactElement, useEffect, useRef } from "react";

import { typeLook } from "@/design";
import { useWidth } from "@/kit/chart/use-size";
import { useThemeVersion } from "@/kit/chart/use-theme";
import { formatMs, formatPlural } from "@/kit/format";

import { clampView, xOf } from "./layout";
import type { TraceModel } from "./model";
import { useViewer } from "./viewer-state";

const HEIGHT = 48;

export function Minimap(): ReactElement {
  const { model, view, url, setView } = useViewer();
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useWidth(box);
  const theme = useThemeVersion();
  useEffect(() => {
    if (canvas.current && width > 0) draw(canvas.current, model, width);
  }, [model, width, theme]);

  const anchor = useRef<number | null>(null);
  const timeOf = (event: PointerEvent) => {
    const left = box.current?.getBoundingClientRect().left ?? 0;
    return ((event.clientX - left) / Math.max(width, 1)) * model.end;
  };
  const whole = { from: 0, to: Math.max(model.end, 10) };
  const [x0, x1] = [xOf(view.from, whole, width), xOf(view.to, whole, width)];
  return (
    <div
      ref={box}
      data-chrome
      className="relative h-12 shrink-0 cursor-crosshair touch-none overflow-hidden border-b border-line bg-s1"
      onPointerDown={(event) => {
        anchor.current = timeOf(event);
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        if (anchor.current === null) return;
        const to = timeOf(event);
        if (Math.abs(to - anchor.current) * width > model.end * 3)
          setView(clampView({ from: anchor.current, to }, model.end));
      }}
      onPointerUp={() => (anchor.current = null)}
      onDoubleClick={() => setView(null)}
    >
      <canvas
        ref={canvas}
        role="img"
        aria-label={summary(model)}
        className="absolute inset-0"
        style={{ width, height: HEIGHT }}
      />
      {url.zoom && (
        <>
          <span className="absolute inset-y-0 left-0 bg-scrim" style={{ width: Math.max(0, x0) }} />
          <span className="absolute inset-y-0 right-0 bg-scrim" style={{ width: Math.max(0, width - x1) }} />
          <span
            className="absolute inset-y-0 border-x-2 border-accent"
            style={{ left: x0, width: Math.max(2, x1 - x0) }}
          />
        </>
      )}
    </div>
  );
}

function summary(model: TraceModel): string {
  const errors = model.errors ? `, ${formatPlural(model.errors, "error")}` : "";
  return `${formatPlural(model.spans, "span")} over ${formatMs(model.end / 1000)}${errors}. Keys + and - zoom, 0 shows all.`;
}

function draw(canvas: HTMLCanvasElement, model: TraceModel, width: number): void {
  const ratio = devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(HEIGHT * ratio);
  const context = canvas.getContext("2d");
  if (!context) return;
  context.scale(ratio, ratio);
  const style = getComputedStyle(canvas);
  const colours = new Map<string, string>();
  const colourOf = (type: string) => {
    let colour = colours.get(type);
    if (colour === undefined) {
      colour = style.getPropertyValue(typeLook(type).token).trim();
      colours.set(type, colour);
    }
    return colour;
  };
  const pad = 3;
  const step = (HEIGHT - 2 * pad) / Math.max(model.count, 1);
  const height = Math.min(6, Math.max(1, step * 0.8));
  const scale = width / Math.max(model.end, 10);
  const danger = style.getPropertyValue("--danger").trim();
  for (const errors of [false, true]) {
    for (let at = 0; at < model.count; at++) {
      const node = model.order[at]!;
      if (node >= model.spans || (model.level[node] === 3) !== errors) continue;
      const length = Math.max(0, model.duration[node]!) * scale;
      context.fillStyle = errors ? danger : colourOf(model.rows[node]!.type);
      context.globalAlpha = errors ? 1 : 0.75;
      context.fillRect(
        model.start[node]! * scale,
        pad + at * step,
        Math.max(1.5, length),
        errors ? Math.max(2, height) : height,
      );
    }
  }
}
