// A long text, read only, in CodeMirror: it draws only the lines in view. Its own chunk; load it lazily.
import { json } from "@codemirror/lang-json";
import { search, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import clsx from "clsx";
import { useEffect, useRef, type ReactElement } from "react";

export interface CodeViewProps {
  text: string;
  label: string;
  language?: "json" | "text";
  className?: string;
}

// Colours come from our tokens, so both themes are the same theme.
const THEME = EditorView.theme({
  "&": {
    backgroundColor: "var(--bg)",
    color: "var(--text)",
    fontSize: "var(--code-size, 0.75rem)",
    maxHeight: "60vh",
  },
  "&.cm-focused": { outline: "2px solid var(--focus)", outlineOffset: "-2px" },
  ".cm-scroller": {
    fontFamily: "var(--font-mono, ui-monospace, monospace)",
    overflow: "auto",
    lineHeight: "1.125rem",
  },
  ".cm-gutters": { backgroundColor: "var(--s1)", color: "var(--text-3)", border: "none" },
  ".cm-selectionBackground, &.cm-focused .cm-selectionBackground": {
    backgroundColor: "var(--sel) !important",
  },
  ".cm-searchMatch": { backgroundColor: "var(--mark)" },
  ".cm-panels": { backgroundColor: "var(--s1)", color: "var(--text)" },
});

export default function CodeView({ text, label, language = "text", className }: CodeViewProps): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!box.current) return;
    const view = new EditorView({
      parent: box.current,
      state: EditorState.create({
        doc: text,
        extensions: [
          EditorState.readOnly.of(true),
          EditorView.contentAttributes.of({ "aria-label": label, "aria-readonly": "true", tabindex: "0" }),
          EditorView.lineWrapping,
          lineNumbers(),
          search({ top: true }),
          keymap.of(searchKeymap),
          THEME,
          language === "json" ? json() : [],
        ],
      }),
    });
    return () => view.destroy();
  }, [text, label, language]);
  return <div ref={box} className={clsx("overflow-hidden rounded-control border border-line", className)} />;
}
