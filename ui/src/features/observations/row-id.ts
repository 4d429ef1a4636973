// Observation ids are unique within their trace only: the row is named by both.

export function rowId({ trace, id }: { trace: string; id: string }): string {
  return `${encodeURIComponent(trace)}/${encodeURIComponent(id)}`;
}

/** Never throws: the text comes from the address. */
export function fromRowId(text: string): { trace: string; observation: string } {
  const cut = text.indexOf("/");
  const read = (part: string): string => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  };
  return cut < 0
    ? { trace: read(text), observation: "" }
    : { trace: read(text.slice(0, cut)), observation: read(text.slice(cut + 1)) };
}
