// The "?" sheet: exactly the registry, so it cannot be wrong.
import type { ReactElement } from "react";
import { Dialog, Kbd, Link } from "@/design";
import { type Command, PAGE_GROUP, shortcutsOf, useCommandList } from "@/kit/registry";
import { paths } from "@/kit/url";

function grouped(commands: readonly Command[]): [string, Command[]][] {
  const groups = new Map<string, Command[]>();
  for (const command of commands) {
    if (shortcutsOf(command).length === 0) continue;
    const group = command.group ?? PAGE_GROUP;
    groups.set(group, [...(groups.get(group) ?? []), command]);
  }
  return [...groups].toSorted(([a], [b]) => Number(b === PAGE_GROUP) - Number(a === PAGE_GROUP));
}

export default function ShortcutsSheet({ onClose }: { onClose: () => void }): ReactElement {
  const groups = grouped(useCommandList());
  return (
    <Dialog title="Keyboard shortcuts" isOpen onClose={onClose} size="large">
      <div className="gap-6 md:columns-2">
        {groups.map(([title, commands]) => (
          <section key={title} className="mb-4 break-inside-avoid">
            <h3 className="mb-1 text-table font-semibold text-3">{title}</h3>
            <dl>
              {commands.map((command) => (
                <div
                  key={command.id}
                  className="flex min-h-7 items-center justify-between gap-4 border-b border-line last:border-0"
                >
                  <dt>{command.title}</dt>
                  <dd className="flex gap-2">
                    {shortcutsOf(command).map((keys) => (
                      <Kbd key={keys} keys={keys} />
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <p className="text-3">
        Single keys can be switched off in{" "}
        <Link href={paths.account("preferences")} className="underline">
          Preferences
        </Link>
        .
      </p>
    </Dialog>
  );
}
