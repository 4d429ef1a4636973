// What stands where a medium comes until its address is known: as large as the medium, so that nothing moves.
import clsx from "clsx";
import type { ReactElement } from "react";
import { Skeleton } from "@/design";
import type { MediaKind } from "./reference";

/** Pictures and files stand in a line of text. */
const IN_LINE = "my-1 inline-block! align-top";

export interface MediaSkeletonProps {
  kind: MediaKind;
  small?: boolean;
}

export function MediaSkeleton({ kind, small }: MediaSkeletonProps): ReactElement {
  if (kind === "image")
    return (
      <Skeleton width={small ? "5rem" : "15rem"} height={small ? "5rem" : "10rem"} className={IN_LINE} />
    );
  if (kind === "file") return <Skeleton width="15rem" height="var(--control)" className={IN_LINE} />;
  const isVideo = kind === "video";
  return (
    <span className="my-1 block max-w-120">
      <Skeleton height={isVideo ? "auto" : "2.5rem"} className={clsx(isVideo && "aspect-video")} />
      <Skeleton width="10rem" height="1rem" />
    </span>
  );
}
