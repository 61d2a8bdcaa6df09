// The keys of Present: those of a clicker and what every slide show knows. They come before the page's own keys.

export type PresentAct =
  "next" | "previous" | "first" | "last" | "black" | "spotlight" | "fullScreen" | "leave" | "start";

interface KeyPress extends Pick<KeyboardEvent, "key" | "altKey" | "ctrlKey" | "metaKey" | "shiftKey"> {
  /** The element with the focus uses keys itself: it takes text, or it is a slider. */
  readonly taker: "text" | "slider" | null;
}

const inShow: Readonly<Record<string, PresentAct>> = {
  PageDown: "next",
  ArrowRight: "next",
  ArrowDown: "next",
  PageUp: "previous",
  ArrowLeft: "previous",
  ArrowUp: "previous",
  Home: "first",
  End: "last",
  b: "black",
  ".": "black",
  s: "spotlight",
  f: "fullScreen",
  F5: "fullScreen",
  Escape: "leave",
};

/** While the deck is prepared, the page's own keys stay in force. */
const inDesk: Readonly<Record<string, PresentAct>> = {
  PageDown: "next",
  PageUp: "previous",
  F5: "start",
  Escape: "leave",
};

/** Null: not a key of Present. */
export function presentAct(press: KeyPress, isShow: boolean): PresentAct | null {
  if (press.altKey || press.ctrlKey || press.metaKey || press.shiftKey) return null;
  const { key, taker } = press;
  if (taker === "text" && key !== "F5") return null;
  if (taker === "slider" && !["PageDown", "PageUp", "Escape", "b", "f", "s"].includes(key)) return null;
  return (isShow ? inShow : inDesk)[key.length === 1 ? key.toLowerCase() : key] ?? null;
}

export function takerOf(target: EventTarget | null): KeyPress["taker"] {
  // Of this window or the notes window: their classes differ, so no instanceof.
  const element = target as Partial<Element> | null;
  if (element?.matches?.("input[type=range]") === true) return "slider";
  return element?.matches?.("input, textarea, select, [contenteditable]") === true ? "text" : null;
}
