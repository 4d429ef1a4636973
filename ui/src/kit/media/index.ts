// Media in messages and texts.
export { MediaPlaceContext } from "./use-media";
export { Media, MEDIA_ICONS, type MediaProps } from "./media";
export {
  kindOf,
  type MediaKind,
  type MediaReference,
  readDataUrl,
  readReference,
  splitReferences,
} from "./reference";
