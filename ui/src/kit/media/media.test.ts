// References and data URLs inside texts.
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { kindOf, readDataUrl, readReference, splitReferences } from "./reference";
import { ownAddress } from "./use-media";

vi.mock("@/api", () => ({
  serverUrl: (path: string) => `/llm${path}`,
  api: {},
  useMaybeProject: () => undefined,
}));

const write = (id: string, mime = "image/png"): string =>
  `@@@langfuseMedia:type=${mime}|id=${id}|source=bytes@@@`;

describe("references", () => {
  it("are found anywhere, two in one text as two", () => {
    const found = splitReferences(`a ${write("one")}${write("two", "audio/mpeg")} b`);
    expect(found).toEqual([
      "a ",
      { id: "one", mime: "image/png", origin: "bytes" },
      { id: "two", mime: "audio/mpeg", origin: "bytes" },
      " b",
    ]);
  });

  it("leave every other text as it is", () => {
    const piece = fc.constantFrom(
      "@@@",
      "@@@langfuseMedia:",
      "type=a/b",
      "|",
      "id=1",
      "source=x",
      "text",
      write("x1"),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join("");
        const parts = splitReferences(text);
        expect(
          parts
            .map((part) =>
              typeof part === "string" ? part : write(part.id, part.mime).replace("bytes", part.origin),
            )
            .join(""),
        ).toBe(text);
      }),
    );
  });

  it("are a whole text or not", () => {
    expect(readReference(` ${write("one")} `)?.id).toBe("one");
    expect(readReference(`x ${write("one")}`)).toBeUndefined();
    expect(readReference("@@@langfuseMedia:type=a|id=|source=b@@@")).toBeUndefined();
  });
});

describe("data URLs", () => {
  it.each([
    ["data:image/png;base64,AAAA", { mime: "image/png", isBase64: true, data: "AAAA" }],
    ["data:text/plain;charset=utf-8,hi", { mime: "text/plain", isBase64: false, data: "hi" }],
    ["data:,x", { mime: "text/plain", isBase64: false, data: "x" }],
    ["data:IMAGE/PNG;base64,", { mime: "image/png", isBase64: true, data: "" }],
  ])("%s", (text, expected) => expect(readDataUrl(text)).toEqual(expected));

  it("are nothing else", () => {
    for (const text of ["data", "data:", "data: words about data", "javascript:x", ""])
      expect(readDataUrl(text)).toBeUndefined();
  });
});

it("sorts content types into kinds", () => {
  expect(
    ["image/png", "audio/wav", "video/mp4", "application/pdf", undefined, "IMAGE/GIF"].map(kindOf),
  ).toEqual(["image", "audio", "video", "file", "file", "image"]);
});

it("loads stored media from the address that the page was opened at", () => {
  expect(ownAddress("https://public.example/llm/api/public/spyglass/media/token.sig")).toBe(
    "/llm/api/public/spyglass/media/token.sig",
  );
  expect(ownAddress("https://bucket.example/x?sig=1")).toBe("https://bucket.example/x?sig=1");
});
