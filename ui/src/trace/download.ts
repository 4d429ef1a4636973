/** Saves a text as a file. What a file name cannot hold becomes "_". */
export function downloadText(name: string, text: string, kind: "json" | "txt" = "json"): void {
  const type = kind === "json" ? "application/json" : "text/plain";
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${name.replace(/[^\w.-]+/g, "_").slice(0, 80)}.${kind}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
