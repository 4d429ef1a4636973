// How this reader likes to read messages; a page that has its own switch decides for what is inside of it.
import { createContext, useContext } from "react";
import { useLocal } from "@/kit/local-store";

export type TextLook = "pretty" | "plain";
export type MessagesLook = TextLook | "json";

export const TextLookContext = createContext<TextLook | undefined>(undefined);

export const useMessagesLook = (): [MessagesLook, (look: MessagesLook) => void] =>
  useLocal<MessagesLook>("messages.look", "pretty");

/** Whether texts are shown as Markdown. */
export function useTextLook(): TextLook {
  const [taste] = useMessagesLook();
  const given = useContext(TextLookContext);
  return given ?? (taste === "plain" ? "plain" : "pretty");
}
