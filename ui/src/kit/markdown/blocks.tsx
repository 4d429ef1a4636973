// Blocks -> React elements. There is no HTML text at any point, hence nothing to clean.
import clsx from "clsx";
import type { Token, Tokens } from "marked";
import { memo, type ReactElement, type ReactNode } from "react";
import { CodeBlock } from "./code-block";
import { Inline } from "./inline";

const HEADINGS = ["text-section", "text-form", "text-form", "text-base", "text-base", "text-base"];

/** A block that looks the same as before is not rendered again: what matters of a token is its raw text. */
export const Block = memo(
  function Block({ token }: { token: Token; links: string }): ReactElement {
    return <>{block(token)}</>;
  },
  (before, after) =>
    before.token.raw === after.token.raw &&
    before.token.type === after.token.type &&
    before.links === after.links,
);

export function Blocks({ tokens }: { tokens: Token[] | undefined }): ReactElement {
  return (
    <>
      {tokens?.map((token, index) => (
        <Block key={index} token={token} links="" />
      ))}
    </>
  );
}

function block(token: Token): ReactNode {
  switch (token.type) {
    case "space":
    case "def":
      return null;
    case "hr":
      return <hr className="my-3 border-line" />;
    case "heading":
      return <Heading token={token as Tokens.Heading} />;
    case "paragraph":
      return (
        <p className="my-2 first:mt-0 last:mb-0">
          <Inline tokens={token.tokens} />
        </p>
      );
    case "code":
      return <CodeBlock code={token.text as string} language={firstWord(token.lang as string | undefined)} />;
    case "blockquote":
      return (
        <blockquote className="my-2 border-l-2 border-strong pl-3 text-2 first:mt-0 last:mb-0">
          <Blocks tokens={token.tokens} />
        </blockquote>
      );
    case "list":
      return <List token={token as Tokens.List} />;
    case "table":
      return <Table token={token as Tokens.Table} />;
    case "html":
      return <p className="my-2 font-mono text-code whitespace-pre-wrap text-2">{token.raw.trimEnd()}</p>;
    default:
      return <Inline tokens={[token]} />;
  }
}

const firstWord = (text: string | undefined): string | undefined =>
  text?.trim().split(/\s/)[0]?.slice(0, 24) || undefined;

/** Headings of somebody's text are no headings of our page, so they have the look only. */
function Heading({ token }: { token: Tokens.Heading }): ReactElement {
  return (
    <p
      data-level={token.depth}
      className={clsx("mt-3 mb-1 font-semibold first:mt-0", HEADINGS[token.depth - 1])}
    >
      <Inline tokens={token.tokens} />
    </p>
  );
}

function List({ token }: { token: Tokens.List }): ReactElement {
  // "30." is an answer, not the start of a list.
  if (token.items.length === 1 && token.items[0]?.text === "" && !token.items[0].task)
    return <p>{token.raw.trim()}</p>;
  const items = token.items.map((item, index) => (
    <li key={index} className={clsx("my-0.5", item.task && "-ml-5 list-none")}>
      <Blocks tokens={item.tokens} />
    </li>
  ));
  const look = "my-2 pl-6 first:mt-0 last:mb-0";
  return token.ordered ? (
    <ol start={token.start === "" ? undefined : token.start} className={clsx(look, "list-decimal")}>
      {items}
    </ol>
  ) : (
    <ul className={clsx(look, "list-disc")}>{items}</ul>
  );
}

function Table({ token }: { token: Tokens.Table }): ReactElement {
  const cell = (index: number): string =>
    clsx("border border-line px-2 py-1", ALIGN[token.align[index] ?? "left"]);
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div
      tabIndex={0}
      role="group"
      aria-label="Table"
      className="focus-inset my-2 overflow-x-auto first:mt-0 last:mb-0"
    >
      <table className="border-collapse text-table">
        <thead>
          <tr className="bg-s1">
            {token.header.map((held, index) => (
              <th key={index} scope="col" className={clsx(cell(index), "font-semibold")}>
                <Inline tokens={held.tokens} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {token.rows.map((row, index) => (
            <tr key={index}>
              {row.map((held, column) => (
                <td key={column} className={cell(column)}>
                  <Inline tokens={held.tokens} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const ALIGN: Record<string, string> = { left: "text-left", right: "text-right", center: "text-center" };
