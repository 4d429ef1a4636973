// Scores that people give: the configs they follow, and the fields of a dialog.
export { ScoreFields } from "./score-fields";
export { type GivenScore, type ScoreDraft, useScoreDraft } from "./use-score-draft";
