// The controls above the conversation: replay, what is shown, and taking the conversation along.
import { Download, Pause, Play, Square, StepForward } from "lucide-react";
import type { ReactElement } from "react";
import { Checkbox, CopyButton, IconButton, Segmented, Select } from "@/design";
import { type Show, SHOWS } from "./turn-model";
import { type Replay, SPEEDS } from "./use-replay";

export interface PlayerProps {
  replay: Replay;
  show: Show;
  onShow: (show: Show) => void;
  withSystem: boolean;
  onSystem: (on: boolean) => void;
  markdown: () => string;
  onDownload: () => void;
}

const LABELS: Record<Show, string> = {
  conversation: "Conversation",
  all: "All messages",
  first: "First model call of each turn",
  agents: "Agents only",
};
const SPEED_LABELS = { "1": "1\u00d7", "4": "4\u00d7", max: "Max" };

export function Player({
  replay,
  show,
  onShow,
  withSystem,
  onSystem,
  markdown,
  onDownload,
}: PlayerProps): ReactElement {
  const { isOn, isPlaying, speed, count, total } = replay;
  return (
    <div
      role="toolbar"
      data-chrome
      aria-label="Replay and view"
      className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-1.5"
    >
      <span className="flex items-center gap-1">
        <IconButton
          label={isPlaying ? "Pause" : "Replay"}
          icon={isPlaying ? Pause : Play}
          shortcut="Space"
          onPress={replay.toggle}
          isDisabled={total === 0}
        />
        <IconButton
          label="Next message"
          icon={StepForward}
          onPress={replay.step}
          isDisabled={total === 0 || (isOn && count >= total)}
        />
        <IconButton label="End the replay" icon={Square} onPress={replay.stop} isDisabled={!isOn} />
        <Segmented
          label="Speed"
          size="compact"
          options={SPEEDS.map((id) => ({ id, label: SPEED_LABELS[id] }))}
          value={speed}
          onChange={replay.setSpeed}
        />
        <span role="status" className="tabular min-w-16 text-table text-3">
          {isOn && `${count} of ${total}`}
        </span>
      </span>
      <Select
        label="Show"
        hideLabel
        options={SHOWS.map((id) => ({ id, label: LABELS[id] }))}
        value={show}
        onChange={(next) => onShow((next ?? "conversation") as Show)}
      />
      <Checkbox isSelected={withSystem} onChange={onSystem}>
        System prompts
      </Checkbox>
      <span className="ml-auto flex items-center gap-1">
        <CopyButton text={markdown} label="Copy as Markdown" labelled />
        <IconButton label="Download as JSON" icon={Download} onPress={onDownload} />
      </span>
    </div>
  );
}
