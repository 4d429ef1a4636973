// The scores scenario, the same for every JavaScript SDK: one score of each kind, and what it hangs on.
const RUN = process.env.COMPAT_RUN;
export const SESSION_ID = `${RUN}-scored-session`;
const LONG = "A remark « in French » 🙂. ".repeat(18).trim(); // just under what a text may have

export const idOf = (key) => `${RUN}-score-${key}`;

/** The configs that scores refer to, as `POST /score-configs` takes them. */
export const CONFIGS = {
  grade: { name: `${RUN} grade`, dataType: "CATEGORICAL", categories: [{ label: "bad", value: 0 }, { label: "good", value: 7 }] },
  points: { name: `${RUN} points`, dataType: "NUMERIC", minValue: 0, maxValue: 10, description: "from 0 to 10" },
};

/** Scores of the trace by key; `configs` are the created ones. */
export const scoresOfTrace = (configs) => ({
  number: { name: "accuracy", value: 0.25, comment: "commenté 🙂", metadata: { judge: "me", steps: [1, null] } },
  negative: { name: "delta", value: -3.5, dataType: "NUMERIC" },
  word: { name: "tone", value: "friendly" },
  yes: { name: "helpful", value: 1, dataType: "BOOLEAN" },
  no: { name: "harmful", value: 0, dataType: "BOOLEAN" },
  text: { name: "remark", value: LONG, dataType: "TEXT" },
  correction: { name: "any name", value: "What should have been said.", dataType: "CORRECTION" },
  grade: { name: configs.grade.name, value: "good", configId: configs.grade.id },
  points: { name: configs.points.name, value: 10, configId: configs.points.id },
  tooMany: { name: configs.points.name, value: 11, configId: configs.points.id },
});

/** Scores of the observation. */
export const SCORES_OF_OBSERVATION = {
  onObservation: { name: "relevance", value: 0.5 },
  onActive: { name: "activity", value: "high", dataType: "CATEGORICAL" },
};

/** The same id twice: the second is what stays. */
export const REPLACED = [
  { name: "replaced", value: 1, comment: "first" },
  { name: "replaced", value: 2 },
];
