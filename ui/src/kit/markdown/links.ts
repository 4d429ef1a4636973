// Which addresses may become links. Everything else stays text.

// Browsers drop these before they read the scheme, and so do we, or "java\nscript:" passes.
const INVISIBLE =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0020\u007f-\u00a0\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\u206a-\u206f\ufeff]/g;
const ALLOWED = new Set(["http:", "https:", "mailto:"]);

/** The address if one may follow it, else undefined. Relative addresses are refused: they point into this server. */
export function safeHref(href: string): string | undefined {
  const cleaned = href.replace(INVISIBLE, "");
  if (!/^(?:https?:\/\/|mailto:)/i.test(cleaned)) return undefined;
  try {
    const url = new URL(cleaned);
    return ALLOWED.has(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}

/** Where a link leads, in one word. */
export function hostOf(href: string): string {
  try {
    const url = new URL(href);
    return url.host || url.pathname;
  } catch {
    return href;
  }
}

const NAMED: Record<string, string> = {
  amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0", copy: "\u00a9", reg: "\u00ae", hellip: "\u2026",
  mdash: "\u2014", ndash: "\u2013", laquo: "\u00ab", raquo: "\u00bb", ldquo: "\u201c", rdquo: "\u201d", lsquo: "\u2018",
  rsquo: "\u2019", times: "\u00d7", deg: "\u00b0", euro: "\u20ac", pound: "\u00a3", larr: "\u2190", rarr: "\u2192", middot: "\u00b7",
  bull: "\u2022", trade: "\u2122", check: "\u2713",
}; // prettier-ignore

/** `&lt;` -> `<`: the lexer leaves references of characters to the browser, which sees only text nodes here. */
export function decodeEntities(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(
    /&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|([a-zA-Z]{2,8}));/g,
    (whole, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return Object.hasOwn(NAMED, name) ? (NAMED[name] as string) : whole;
      const code = decimal !== undefined ? Number(decimal) : Number.parseInt(hex as string, 16);
      return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
        ? String.fromCodePoint(code)
        : "\ufffd";
    },
  );
}
