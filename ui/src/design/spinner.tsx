// A turning ring; only for actions, never over data.
import { LoaderCircle } from "lucide-react";
import type { ReactElement } from "react";

export function Spinner({ size = 16, label }: { size?: number; label?: string }): ReactElement {
  return label ? (
    <span role="status" className="inline-flex items-center gap-2 text-3">
      <LoaderCircle size={size} className="animate-spin" aria-hidden />
      {label}
    </span>
  ) : (
    <LoaderCircle size={size} className="animate-spin" aria-hidden />
  );
}
