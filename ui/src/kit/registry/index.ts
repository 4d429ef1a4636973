// Commands of the palette, the keyboard and the shortcuts sheet.
export {
  addCommand,
  type Command,
  commandList,
  handleKey,
  installShortcuts,
  PAGE_GROUP,
  setBareKeys,
  shortcutsOf,
  useCommand,
  useCommandList,
  useCommands,
} from "./registry";
