// Text -> blocks. A text that grows is lexed again only from its last block on.
import { Lexer, type Token } from "marked";

export interface Lexed {
  text: string;
  blocks: Token[];
}

/** Null: the lexer gave up; the caller shows the text as it is. */
export function lex(text: string, before?: Lexed): Lexed | null {
  try {
    const kept = before && continues(text, before) ? before.blocks.slice(0, -2) : [];
    const done = kept.reduce((length, block) => length + block.raw.length, 0);
    const blocks = [...kept, ...new Lexer({ gfm: true }).lex(text.slice(done))];
    return { text, blocks };
  } catch {
    return null;
  }
}

/** Definitions of links reach everywhere, so a text with such is lexed whole. */
function continues(text: string, before: Lexed): boolean {
  if (before.blocks.length < 3 || !text.startsWith(before.text) || /^ {0,3}\[[^\]]+\]:/m.test(text))
    return false;
  // The lexer turns \r\n and tabs around: then lengths do not add up and the text is lexed whole.
  return before.blocks.reduce((length, block) => length + block.raw.length, 0) === before.text.length;
}
