// JSON without loss: integers that a double would round (64-bit ids) are kept as they are written.

/** A number that JavaScript cannot hold exactly. It prints as it was written. */
export class NumberText {
  constructor(readonly text: string) {}
  toString(): string {
    return this.text;
  }
}

const SUSPECT = /\d{16}|\d[eE][+-]?\d{3}|\d\.\d{15}|-0/;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const LITERALS: [string, unknown][] = [
  ["true", true],
  ["false", false],
  ["null", null],
];

/** The value of a JSON text, undefined if it is none. */
export function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return SUSPECT.test(text) ? readExact(text) : value;
  } catch {
    return undefined;
  }
}

function exactNumber(text: string): number | NumberText {
  const value = Number(text);
  if (String(value) === text) return value;
  const digits = text
    .replace(/[eE].*$/, "")
    .replace(/[^\d]/g, "")
    .replace(/^0+/, "");
  const isExact = Number.isFinite(value) && !Object.is(value, -0) && digits.length <= 15;
  return isExact ? value : new NumberText(text);
}

type Holder = { list: unknown[] } | { record: Record<string, unknown>; key: string };

/** Reads a text that is known to be JSON; a stack of its own, because the depth is the sender's choice. */
function readExact(text: string): unknown {
  const open: Holder[] = [];
  let result: unknown;
  const place = (value: unknown): void => {
    const holder = open[open.length - 1];
    if (!holder) result = value;
    else if ("list" in holder) holder.list.push(value);
    else setOwn(holder.record, holder.key, value);
  };
  for (let at = 0; at < text.length;) {
    const sign = text[at] as string;
    if (sign === '"') {
      const end = endOfString(text, at);
      const value: string = JSON.parse(text.slice(at, end));
      const holder = open[open.length - 1];
      const colon = holder && "record" in holder ? skipSpace(text, end) : -1;
      if (colon >= 0 && text[colon] === ":") {
        (holder as { key: string }).key = value;
        at = colon + 1;
      } else {
        place(value);
        at = end;
      }
    } else if (sign === "{" || sign === "[") {
      const holder: Holder = sign === "{" ? { record: {}, key: "" } : { list: [] };
      place("list" in holder ? holder.list : holder.record);
      open.push(holder);
      at += 1;
    } else if (sign === "}" || sign === "]") {
      open.pop();
      at += 1;
    } else if (sign === "-" || (sign >= "0" && sign <= "9")) {
      NUMBER.lastIndex = at;
      const found = NUMBER.exec(text)![0];
      place(exactNumber(found));
      at += found.length;
    } else {
      const literal = LITERALS.find(([word]) => text.startsWith(word, at));
      if (literal) place(literal[1]);
      at += literal ? literal[0].length : 1;
    }
  }
  return result;
}

/** `__proto__` as a key is data here, never the prototype. */
function setOwn(record: Record<string, unknown>, key: string, value: unknown): void {
  if (key === "__proto__") {
    Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    record[key] = value;
  }
}

const skipSpace = (text: string, from: number): number => {
  let at = from;
  while (at < text.length && text.charCodeAt(at) <= 32) at += 1;
  return at;
};

/** The position after the closing quote of the string that starts at `from`; the end of the text if it has none. */
export function endOfString(text: string, from: number): number {
  for (let at = text.indexOf('"', from + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === 92) slashes += 1;
    if (slashes % 2 === 0) return at + 1;
  }
  return text.length;
}

type Task = { value: unknown; depth: number } | string;

/** The JSON text of a value. Undefined and functions become null; the depth may be anything. */
export function printJson(value: unknown, indent = 0): string {
  const out: string[] = [];
  const tasks: Task[] = [{ value, depth: 0 }];
  const line = (depth: number): string => (indent ? `\n${" ".repeat(indent * depth)}` : "");
  while (tasks.length > 0) {
    const task = tasks.pop() as Task;
    if (typeof task === "string") {
      out.push(task);
      continue;
    }
    const { value: held, depth } = task;
    if (held instanceof NumberText) out.push(held.text);
    else if (typeof held === "bigint") out.push(held.toString());
    else if (typeof held !== "object" || held === null) out.push(JSON.stringify(held) ?? "null");
    else {
      const isList = Array.isArray(held);
      const entries = isList ? held.map((item): [string, unknown] => ["", item]) : Object.entries(held);
      if (entries.length === 0) {
        out.push(isList ? "[]" : "{}");
        continue;
      }
      tasks.push(`${line(depth)}${isList ? "]" : "}"}`);
      for (let at = entries.length - 1; at >= 0; at -= 1) {
        const [key, item] = entries[at] as [string, unknown];
        const comma = at > 0 ? "," : "";
        tasks.push({ value: item, depth: depth + 1 });
        const colon = indent ? ": " : ":";
        tasks.push(`${comma}${line(depth + 1)}${isList ? "" : JSON.stringify(key) + colon}`);
      }
      out.push(isList ? "[" : "{");
    }
  }
  return out.join("");
}
