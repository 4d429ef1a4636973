/** Saves a JSON text as a file. What a file name cannot hold becomes "_". */
export function downloadText(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${name.replace(/[^\w.-]+/g, "_").slice(0, 80)}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
