// Words that more than one place uses; a translation would begin here.
export const WORDS = {
  product: "Spyglass",
  copy: "Copy",
  copied: "Copied",
  retry: "Retry",
  cancel: "Cancel",
  save: "Save",
  saved: "Saved",
  delete: "Delete",
  close: "Close",
  loading: "Loading",
  missing: "Not measured",
  notFound: "This is not here, or not yours to see.",
  noPermission: "Your role does not allow this.",
} as const;
