// One value in full, in a dialog: a long text in the editor, media as what they are.
import { lazy, Suspense, type ReactElement } from "react";
import { CopyButton, Dialog, Skeleton } from "@/design";
import { formatBytes } from "@/kit/format";
import { Media } from "@/kit/media/media";
import { kindOf, readDataUrl, splitReferences } from "@/kit/media/reference";
import { pathOf, type Row, valueText } from "./rows";

const CodeView = lazy(() => import("@/kit/editor/code-view"));

export function ShowAll({ row, onClose }: { row: Row; onClose: () => void }): ReactElement {
  const text = valueText(row);
  const data = readDataUrl(text);
  const references = splitReferences(text.slice(0, 100_000)).filter((piece) => typeof piece !== "string");
  return (
    <Dialog
      title={pathOf(row)}
      isOpen
      onClose={onClose}
      size="large"
      actions={<CopyButton text={text} label="Copy value" labelled />}
    >
      <p className="mb-2 text-table text-3">{formatBytes(text.length)}</p>
      {data && <Media kind={kindOf(data.mime)} mime={data.mime} source={{ kind: "data", data: text }} />}
      {references.map(({ id, mime }) => (
        <Media key={id} kind={kindOf(mime)} mime={mime} source={{ kind: "media", id }} />
      ))}
      {!data && (
        <Suspense fallback={<Skeleton height="20rem" />}>
          <CodeView text={text} label={pathOf(row)} />
        </Suspense>
      )}
    </Dialog>
  );
}
