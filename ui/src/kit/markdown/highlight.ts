// Colours for code in any language: comments, strings, numbers and the words that most languages share.

export type CodePiece = { text: string; kind?: "comment" | "string" | "number" | "word" };

export const MAX_HIGHLIGHTED = 20_000;
const WORDS =
  "abstract|as|async|await|bool|boolean|break|case|catch|class|const|continue|def|del|do|elif|else|enum|except|export|extends|false|False|finally|fn|for|from|func|function|global|if|implements|import|in|int|interface|is|lambda|let|match|mut|new|nil|None|not|null|or|and|package|pass|private|protected|pub|public|raise|return|self|static|struct|switch|this|throw|true|True|try|type|undefined|use|var|void|where|while|with|yield|SELECT|FROM|WHERE|GROUP|ORDER|BY|JOIN|LIMIT|INSERT|UPDATE|AND|OR|NOT|AS|ON";
const PATTERN = new RegExp(
  [
    String.raw`(?<comment>\/\/[^\n]*|\/\*[\s\S]{0,4000}?\*\/|(?<=^|\s)#[^\n]*|(?<=^|\s)--\s[^\n]*)`,
    String.raw`(?<string>"(?:[^"\\\n]|\\.){0,4000}"|'(?:[^'\\\n]|\\.){0,4000}'|\x60(?:[^\x60\\]|\\.){0,4000}\x60)`,
    String.raw`(?<number>\b\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?\b)`,
    String.raw`(?<word>\b(?:${WORDS})\b)`,
  ].join("|"),
  "gm",
);

export function highlight(code: string): CodePiece[] {
  if (code.length > MAX_HIGHLIGHTED) return [{ text: code }];
  const pieces: CodePiece[] = [];
  let done = 0;
  for (const found of code.matchAll(PATTERN)) {
    if (found.index > done) pieces.push({ text: code.slice(done, found.index) });
    const kind = Object.entries(found.groups ?? {}).find(
      ([, text]) => text !== undefined,
    )?.[0] as CodePiece["kind"];
    pieces.push({ text: found[0], kind });
    done = found.index + found[0].length;
  }
  if (done < code.length) pieces.push({ text: code.slice(done) });
  return pieces;
}
