// The design kit: everything that a screen is made of.
export { Badge, type BadgeProps, Chip, type ChipProps, LevelBadge, type Tone } from "./badge";
export { Button, type ButtonProps, type ButtonVariant, IconButton, type IconButtonProps } from "./button";
export {
  DateTimeField,
  type DateTimeFieldProps,
  type DayRange,
  RangeCalendar,
  type RangeCalendarProps,
} from "./calendar";
export { Card, type CardProps, Stat, type StatProps } from "./card";
export { Checkbox, type CheckboxProps, Switch, type SwitchProps } from "./checkbox";
export { ComboBox, type ComboBoxProps } from "./combo-box";
export { ConfirmDialog, type ConfirmDialogProps } from "./confirm-dialog";
export { CopyButton, type CopyButtonProps, copyText } from "./copy-button";
export { Dialog, type DialogProps, Drawer, type DrawerProps } from "./dialog";
export { FormCard, type FormCardProps, type FormHelpers } from "./form-card";
export { Kbd, keyNames } from "./kbd";
export { Link, type LinkProps } from "./link";
export {
  Menu,
  MenuItem,
  type MenuItemProps,
  MenuSection,
  MenuSeparator,
  MenuTrigger,
  type MenuTriggerProps,
} from "./menu";
export { NumberField, type NumberFieldProps } from "./number-field";
export { PeekPanel, type PeekPanelProps } from "./peek-panel";
export { Layer, Popover, type PopoverProps } from "./popover";
export { ProgressBar, ProgressLine } from "./progress-bar";
export { RadioGroup, type RadioGroupProps } from "./radio-group";
export { Segmented, type SegmentedProps } from "./segmented";
export { type Option, Select, type SelectProps } from "./select";
export { Spinner } from "./spinner";
export {
  EmptyState,
  type EmptyStateProps,
  type ErrorLike,
  ErrorState,
  type ErrorStateProps,
  errorText,
  Skeleton,
} from "./states";
export { Table, type TableColumn, type TableProps } from "./table";
export { type TabItem, Tabs, type TabsProps } from "./tabs";
export {
  SearchField,
  type SearchFieldProps,
  TextArea,
  type TextAreaProps,
  TextField,
  type TextFieldProps,
} from "./text-field";
export { toast, type ToastMessage, ToastRegion } from "./toast";
export { Tooltip, type TooltipProps, TooltipText } from "./tooltip";
export { TypeIcon, type TypeLook, typeLook, TYPES } from "./type-icon";
export { markUnsaved, unsavedForms } from "./unsaved";
