// The person at the bottom of the sidebar: account, appearance, help, sign out.
import { useQueryClient } from "@tanstack/react-query";
import { Check, CircleHelp, CircleUser, LogOut, Monitor, Moon, SlidersHorizontal, Sun } from "lucide-react";
import type { ReactElement } from "react";
import { Button as AriaButton } from "react-aria-components";
import { savePreferences, useBoot } from "@/api";
import { MenuItem, MenuSection, MenuSeparator, MenuTrigger, toast } from "@/design";
import { useCommands } from "@/kit/registry";
import { paths } from "@/kit/url";
import { useSignOut } from "./session";

type Theme = "system" | "light" | "dark";

const THEMES = [
  { id: "system", label: "As the system", icon: Monitor },
  { id: "light", label: "Light", icon: Sun },
  { id: "dark", label: "Dark", icon: Moon },
] as const;

function useChangePreferences(): (change: { theme?: Theme; density?: "compact" | "comfortable" }) => void {
  const queries = useQueryClient();
  return (change) => {
    savePreferences(queries, change).catch(() =>
      toast({ title: "This choice could not be stored", tone: "danger" }),
    );
  };
}

export default function UserMenu({ isRail, onHelp }: { isRail: boolean; onHelp: () => void }): ReactElement {
  const { user, version } = useBoot();
  const change = useChangePreferences();
  const signOut = useSignOut();
  const theme = user.preferences.theme ?? "system";
  const density = user.preferences.density ?? "comfortable";
  const name = user.name || user.email;
  useCommands([
    ...THEMES.map(({ id, label, icon }) => ({
      id: `theme.${id}`,
      title: `Theme: ${label.toLowerCase()}`,
      group: "Appearance",
      keywords: "dark light mode colour",
      icon,
      run: () => change({ theme: id }),
    })),
    {
      id: "density",
      title: density === "compact" ? "Use comfortable density" : "Use compact density",
      group: "Appearance",
      keywords: "rows height dense",
      run: () => change({ density: density === "compact" ? "comfortable" : "compact" }),
    },
    { id: "sign-out", title: "Sign out", group: "Account", run: signOut },
  ]);
  return (
    <MenuTrigger
      label="Account"
      placement="top start"
      trigger={
        <AriaButton
          aria-label={`Account: ${name}`}
          className="flex h-8 w-full min-w-0 items-center gap-2 rounded-control px-2 text-left text-2 data-hovered:bg-s2 data-hovered:text-1"
        >
          <CircleUser size={16} aria-hidden className="shrink-0" />
          {!isRail && <span className="truncate">{name}</span>}
        </AriaButton>
      }
    >
      <MenuItem id="account" href={paths.account("profile")} icon={CircleUser} description={user.email}>
        Account
      </MenuItem>
      <MenuItem id="preferences" href={paths.account("preferences")} icon={SlidersHorizontal}>
        Preferences
      </MenuItem>
      <MenuSection title="Theme">
        {THEMES.map(({ id, label, icon }) => (
          <MenuItem
            key={id}
            id={`theme-${id}`}
            icon={theme === id ? Check : icon}
            aria-label={theme === id ? `${label}, chosen` : label}
            onAction={() => change({ theme: id })}
          >
            {label}
          </MenuItem>
        ))}
      </MenuSection>
      <MenuSeparator />
      <MenuItem id="help" icon={CircleHelp} shortcut="?" onAction={onHelp}>
        Keyboard shortcuts
      </MenuItem>
      <MenuItem id="sign-out" icon={LogOut} onAction={signOut} description={version && `Spyglass ${version}`}>
        Sign out
      </MenuItem>
    </MenuTrigger>
  );
}
