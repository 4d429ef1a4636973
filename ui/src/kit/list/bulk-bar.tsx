// Over the header of a table while rows are ticked: how many, what can be done with them, or with all that match.
import type { ReactElement, ReactNode } from "react";
import { Button } from "@/design";

export type BulkBarProps = {
  count: number;
  /** All loaded rows are ticked and there are more. */
  canTakeAll: boolean;
  isAll: boolean;
  onAll: () => void;
  onClear: () => void;
  children: ReactNode;
};

export function BulkBar({ count, canTakeAll, isAll, onAll, onClear, children }: BulkBarProps): ReactElement {
  return (
    <>
      <span role="status" className="tabular shrink-0 font-medium">
        {isAll ? "All that match" : `${count} selected`}
      </span>
      {canTakeAll && !isAll && (
        <Button size="compact" variant="quiet" onPress={onAll}>
          Select all that match
        </Button>
      )}
      {children}
      <Button size="compact" variant="quiet" onPress={onClear}>
        Clear
      </Button>
    </>
  );
}
