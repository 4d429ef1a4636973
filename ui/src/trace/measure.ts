// Widths of short texts, measured once each in the face that draws them.
const known = new Map<string, number>();
let context: CanvasRenderingContext2D | null | undefined;

export function textWidth(text: string): number {
  const found = known.get(text);
  if (found !== undefined) return found;
  if (context === undefined) {
    context = document.createElement("canvas").getContext("2d");
    if (context)
      context.font = `12px ${getComputedStyle(document.documentElement).fontFamily || "sans-serif"}`;
  }
  const width = context ? context.measureText(text).width : text.length * 7;
  if (known.size > 5_000) known.clear();
  known.set(text, width);
  return width;
}
