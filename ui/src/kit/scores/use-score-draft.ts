// A person's score while it is being given: which config, and the value.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { outOfRange, type ScoreConfig, scoreConfigsQuery } from "./configs";

/** What a score says; the config gives its name and its kind. */
export interface GivenScore {
  name: string;
  dataType: ScoreConfig["dataType"];
  configId: string;
  value: number | string;
}

export interface ScoreDraft {
  projectId: string;
  /** Undefined while they are loading. */
  configs: readonly ScoreConfig[] | undefined;
  error: Error | null;
  retry: () => void;
  config: ScoreConfig | undefined;
  value: number | string | null;
  /** Another config has other values: what was given is dropped. */
  choose: (configId: string | null) => void;
  setValue: (value: number | string | null) => void;
  /** Null while something is missing or wrong. */
  given: GivenScore | null;
}

/** `isWanted`: whether the configs are needed at all. */
export function useScoreDraft(projectId: string, isWanted = true): ScoreDraft {
  const { data: configs, error, refetch } = useQuery({ ...scoreConfigsQuery(projectId), enabled: isWanted });
  const [chosen, setChosen] = useState<string | null>(null);
  const [value, setValue] = useState<number | string | null>(null);
  const config = configs?.find(({ id }) => id === chosen) ?? configs?.[0];
  return {
    projectId,
    configs,
    error: configs ? null : error,
    retry: () => void refetch(),
    config,
    value,
    choose: (configId) => {
      setChosen(configId);
      setValue(null);
    },
    setValue,
    given: givenBy(config, value),
  };
}

export function givenBy(config: ScoreConfig | undefined, value: number | string | null): GivenScore | null {
  if (!config || value === null || outOfRange(config, value)) return null;
  if (typeof value === "string" && value.trim() === "") return null;
  return { name: config.name, dataType: config.dataType, configId: config.id, value };
}
