// What an element holds, in the words of view.state.values. Pure.

const TEXT = ["value", "initial_value"];
const OPTION = ["selected_option", "initial_option"];
const OPTIONS = ["selected_options", "initial_options"];

/** Element type -> the key of its state and the key of its initial value. */
const FIELDS = {
  plain_text_input: TEXT, email_text_input: TEXT, url_text_input: TEXT, number_input: TEXT,
  static_select: OPTION, external_select: OPTION, radio_buttons: OPTION,
  multi_static_select: OPTIONS, multi_external_select: OPTIONS, checkboxes: OPTIONS,
  users_select: ["selected_user", "initial_user"],
  multi_users_select: ["selected_users", "initial_users"],
  channels_select: ["selected_channel", "initial_channel"],
  multi_channels_select: ["selected_channels", "initial_channels"],
  conversations_select: ["selected_conversation", "initial_conversation"],
  multi_conversations_select: ["selected_conversations", "initial_conversations"],
  datepicker: ["selected_date", "initial_date"],
  timepicker: ["selected_time", "initial_time"],
  datetimepicker: ["selected_date_time", "initial_date_time"],
  file_input: ["files", "initial_files"],
};

/** Does an element of this type hold something? */
export const holdsState = (type) => Object.hasOwn(FIELDS, type);

/** What the element shows: the held state if there is one, else its initial value. */
export function valueOf(element, held) {
  const [field, initial] = FIELDS[element.type];
  return held ? held[field] ?? null : element[initial] ?? null;
}

/** The state of an element that now holds `value` (null or [] for nothing). */
export function stateOf(element, value) {
  return { type: element.type, [FIELDS[element.type][0]]: value };
}

/** How a press names it: text as `value`, everything else as `selected`. */
export function pressOf(element, value) {
  return FIELDS[element.type] === TEXT ? { value } : { selected: value };
}

/** Is there nothing in it? A required input may not be left so. */
export function isEmpty(value) {
  return value == null || value === "" || (Array.isArray(value) && value.length === 0);
}
