// Drafts as the person meets them who comes back.
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";

import { DraftNotice } from "./draft-notice";
import { readDraft, writeDraft } from "./store";
import { useDraft } from "./use-draft";

function Field({ of }: { of: string }) {
  const draft = useDraft(of);
  return (
    <>
      <DraftNotice draft={draft} />
      <textarea
        aria-label="Text"
        value={draft.text}
        onChange={(event) => draft.setText(event.target.value)}
      />
      <button type="button" onClick={draft.clear}>
        Send
      </button>
    </>
  );
}

const field = () => screen.getByLabelText<HTMLTextAreaElement>("Text");

describe("a draft", () => {
  it("is there again after the field has gone, with a notice, for its object only", async () => {
    const user = userEvent.setup();
    const first = render(<Field key="a" of="a" />);
    await user.type(field(), "not sent yet");
    expect(screen.queryByText(/is back/)).toBeNull();
    first.unmount();
    const second = render(<Field key="a" of="a" />);
    await waitFor(() => expect(field().value).toBe("not sent yet"));
    expect(screen.getByText(/^Your draft from .* is back\.$/)).toBeTruthy();
    second.unmount();
    render(<Field key="b" of="b" />);
    expect(await readDraft("b")).toBeNull();
    expect(field().value).toBe("");
  });

  it("is gone once it was sent or discarded", async () => {
    const user = userEvent.setup();
    for (const name of ["Send", "Discard"]) {
      await writeDraft("c", "words");
      const shown = render(<Field of="c" />);
      await waitFor(() => expect(field().value).toBe("words"));
      await user.click(screen.getByRole("button", { name }));
      expect([field().value, screen.queryByText(/is back/)]).toEqual(["", null]);
      expect(await readDraft("c")).toBeNull();
      shown.unmount();
    }
  });

  it("does not overwrite what is typed before it was found", async () => {
    await writeDraft("d", "old words");
    render(<Field of="d" />);
    // At once, before the store has answered.
    const box = field();
    const set = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value")!.set!;
    set.call(box, "new");
    box.dispatchEvent(new Event("input", { bubbles: true }));
    await waitFor(() => expect(field().value).toBe("new"));
    expect(screen.queryByText(/is back/)).toBeNull();
  });
});
