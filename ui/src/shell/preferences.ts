// What the person chose, applied to this browser: theme and density by public/theme.js, formats and keys here.
import { useEffect } from "react";
import type { Boot, Preferences } from "@/api";
import { setFormatPreferences } from "@/kit/format";
import { readLocal, writeLocal } from "@/kit/local-store";
import { setBareKeys } from "@/kit/registry";

type Taste = Pick<Preferences, "theme" | "density" | "reducedMotion" | "codeSize">;

/** Stores what the boot file needs before the next first paint, and applies it now. */
export function applyTaste({ theme, density, reducedMotion, codeSize }: Taste): void {
  const taste = { theme, density, reducedMotion, codeSize };
  if (JSON.stringify(readLocal<object>("taste", {})) !== JSON.stringify(taste)) writeLocal("taste", taste);
  window.dispatchEvent(new Event("spyglass:taste"));
}

/** Applies formats at once (they are read while rendering) and gives a key that changes with them. */
export function applyFormats(boot: Boot): string {
  const { timeZone, hour12, locale, firstDay } = boot.user.preferences;
  const formats = {
    timeZone: timeZone ?? "local",
    hour12: hour12 ?? false,
    locale: locale ?? "",
    currency: boot.currency,
    firstDay: firstDay ?? 1,
  };
  setFormatPreferences(formats);
  return JSON.stringify(formats);
}

export function useApplyPreferences(preferences: Preferences): void {
  useEffect(() => {
    applyTaste(preferences);
    setBareKeys(preferences.shortcuts !== false);
  }, [preferences]);
}
