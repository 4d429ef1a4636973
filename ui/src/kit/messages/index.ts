// Messages of any provider: the normaliser, the conversation of a whole trace, and how both are shown.
export {
  contentKey,
  conversationOf,
  type Entry,
  type Exchange,
  type Generation,
  plainText,
} from "./conversation";
export { Conversation, type ConversationProps } from "./conversation-view";
export { toMarkdown } from "./markdown-export";
export { MessageList, type MessageListProps } from "./message-list";
export { Messages, type MessagesProps } from "./messages";
export { normalize } from "./normalize";
export { type TextLook, TextLookContext } from "./taste";
export type * from "./types";
