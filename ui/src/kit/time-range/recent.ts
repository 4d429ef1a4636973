// Ranges that were chosen lately, newest first, in this browser.
import { readLocal, writeLocal } from "../local-store";

export const recentRanges = (): string[] => readLocal<string[]>("ranges", []).slice(0, 5);

export function rememberRange(text: string): void {
  writeLocal("ranges", [text, ...recentRanges().filter((known) => known !== text)].slice(0, 5));
}
