// Texts that somebody has begun and not sent, by the object that they are about. In IndexedDB, where long ones fit; in
// memory where the browser refuses it (private windows). Needs no secure context.

export interface Draft {
  key: string;
  text: string;
  /** Milliseconds of the epoch. */
  at: number;
}

const DATABASE = "spyglass-drafts";
const STORE = "drafts";
const KEPT_MS = 30 * 86_400_000;
// Also what was typed a moment ago: reading waits for no writing.
const memory = new Map<string, Draft>();

let opening: Promise<IDBDatabase | null> | null = null;

function open(): Promise<IDBDatabase | null> {
  opening ??= new Promise((resolve) => {
    try {
      const request = indexedDB.open(DATABASE, 1);
      request.addEventListener("upgradeneeded", () =>
        request.result.createObjectStore(STORE, { keyPath: "key" }),
      );
      request.addEventListener("success", () => {
        dropOld(request.result);
        resolve(request.result);
      });
      request.addEventListener("error", () => resolve(null));
      request.addEventListener("blocked", () => resolve(null));
    } catch {
      resolve(null);
    }
  });
  return opening;
}

/** What nobody came back to within a month. */
function dropOld(database: IDBDatabase): void {
  const cursor = database.transaction(STORE, "readwrite").objectStore(STORE).openCursor();
  cursor.addEventListener("success", () => {
    const at = cursor.result;
    if (!at) return;
    if ((at.value as Draft).at < Date.now() - KEPT_MS) at.delete();
    at.continue();
  });
}

function ask<T>(
  mode: IDBTransactionMode,
  request: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T | undefined> {
  return open().then(
    (database) =>
      new Promise((resolve) => {
        if (!database) return resolve(undefined);
        try {
          const asked = request(database.transaction(STORE, mode).objectStore(STORE));
          asked.addEventListener("success", () => resolve(asked.result));
          asked.addEventListener("error", () => resolve(undefined));
        } catch {
          resolve(undefined);
        }
      }),
  );
}

export async function readDraft(key: string): Promise<Draft | null> {
  const known = memory.get(key);
  if (known) return known.text === "" ? null : known;
  const stored = (await ask<unknown>("readonly", (store) => store.get(key))) as Draft | undefined;
  return stored && stored.at >= Date.now() - KEPT_MS ? stored : null;
}

/** An empty text removes the draft. */
export async function writeDraft(key: string, text: string): Promise<void> {
  const draft = { key, text, at: Date.now() };
  memory.set(key, draft);
  await ask<unknown>("readwrite", (store): IDBRequest =>
    text === "" ? store.delete(key) : store.put(draft),
  );
}
