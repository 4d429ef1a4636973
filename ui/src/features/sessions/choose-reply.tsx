// A turn whose trace says nothing readable: its JSON, and the choice which model call holds the reply. The choice goes
// by name, so that it holds for all turns of the project.
import { useQuery } from "@tanstack/react-query";
import { useMemo, type ReactElement } from "react";
import { useProject } from "@/api";
import { Select } from "@/design";
import { JsonView } from "@/kit/json-view";
import { useLocal } from "@/kit/local-store";
import { MessageList } from "@/kit/messages";
import { type Turn, stepsQuery } from "./session-queries";
import { saidByGeneration } from "./turn-model";

const NONE = "";

export function ChooseReply({ projectId, turn }: { projectId: string; turn: Turn }): ReactElement {
  const { id } = useProject();
  const [name, setName] = useLocal<string>(`session.reply.${id}`, NONE);
  const { data } = useQuery(stepsQuery(projectId, turn.trace.id));
  const names = useMemo(
    () => [...new Set(data?.generations.map((call) => call.name ?? ""))].filter(Boolean),
    [data],
  );
  const chosen = data?.generations.findLast((call) => call.name === name);
  const said = useMemo(() => (chosen ? saidByGeneration(chosen) : undefined), [chosen]);
  return (
    <div className="flex min-w-0 flex-col gap-2">
      {said && said.answered.length > 0 ? (
        <MessageList messages={said.answered} />
      ) : (
        turn.output.text !== "" && <JsonView text={turn.output.text} label="Output of the trace" compact />
      )}
      {names.length > 0 && (
        <Select
          label="Which model call is the reply?"
          options={[
            { id: NONE, label: "None: show the output of the trace" },
            ...names.map((call) => ({ id: call, label: call })),
          ]}
          value={names.includes(name) ? name : NONE}
          onChange={(call) => setName(call ?? NONE)}
        />
      )}
    </div>
  );
}
