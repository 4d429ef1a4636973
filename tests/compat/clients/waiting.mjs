// Waits for what was sent to become readable; a program that waits in vain fails with the last refusal.
const VISIBLE_WITHIN_MS = 5000;
const POLL_EVERY_MS = 20;

/** What `read` gives, as soon as it neither fails nor misses what `isComplete` asks for. */
export async function eventually(read, isComplete = () => true) {
  const deadline = Date.now() + VISIBLE_WITHIN_MS;
  for (;;) {
    try {
      const found = await read();
      if (isComplete(found) || Date.now() > deadline) return found;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_EVERY_MS));
  }
}
