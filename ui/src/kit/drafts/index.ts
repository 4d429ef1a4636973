// Texts that somebody has begun and not sent.
export { DraftNotice } from "./draft-notice";
export { type DraftText, useDraft } from "./use-draft";
