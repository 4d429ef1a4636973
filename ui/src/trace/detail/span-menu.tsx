// What can be done with a model call beside looking at it: made again, elsewhere.
import { Ellipsis, SquareTerminal } from "lucide-react";
import type { ReactElement } from "react";

import { copyText, errorText, IconButton, MenuItem, MenuTrigger, toast } from "@/design";

import { readText } from "../queries";
import { callOf } from "../provider/call";
import type { ProviderCall } from "../provider/material";
import { asCurl, asPython } from "../provider/print";
import { FLAG, type SpanRow } from "../skeleton";
import type { Span } from "../types";
import { useViewer } from "../viewer-state";

/** Whether the menu will be there, told by the row alone. */
export const isModelCall = ({ type, model, flags }: SpanRow) =>
  type === "GENERATION" && model !== "" && (flags & FLAG.input) !== 0;

export function SpanMenu({ span }: { span: Span }): ReactElement | null {
  const { source, traceId } = useViewer();
  if (span.type !== "GENERATION" || !span.model || span.input.kind === "none") return null;
  const copy = async (print: (call: ProviderCall) => string) => {
    try {
      const { text, truncated } = span.input;
      const input = truncated ? await readText(source, traceId, span.id, "input") : text;
      const call = callOf(span, input);
      if (!call) return void toast("There is no message in the input that could be sent again");
      const done = await copyText(print(call));
      toast(
        done
          ? { title: "Call copied", description: `It takes the key from ${call.key.variable}.` }
          : "The browser did not allow copying",
      );
    } catch (error) {
      toast({ title: "The call was not copied", description: errorText(error as Error), tone: "danger" });
    }
  };
  return (
    <MenuTrigger
      label="More of this span"
      placement="bottom end"
      trigger={<IconButton label="More actions for this span" icon={Ellipsis} plain />}
    >
      <MenuItem icon={SquareTerminal} onAction={() => void copy(asCurl)}>
        Copy as curl
      </MenuItem>
      <MenuItem icon={SquareTerminal} onAction={() => void copy(asPython)}>
        Copy as Python
      </MenuItem>
    </MenuTrigger>
  );
}
