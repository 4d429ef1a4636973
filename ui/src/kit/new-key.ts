// A key that was just made, in memory until the page is left: its secret is told once and never stored.
export interface NewKey {
  publicKey: string;
  secretKey: string;
}

const made = new Map<string, NewKey>();

export function rememberKey(projectId: string, key: NewKey): void {
  made.set(projectId, key);
}

export function newKeyOf(projectId: string): NewKey | undefined {
  return made.get(projectId);
}
