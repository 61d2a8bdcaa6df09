// The keys of the page, in one table: what binds them (App) and what lists them (help) read it.

export type KeyAction =
  | "playPause"
  | "back"
  | "forward"
  | "previousEvent"
  | "nextEvent"
  | "first"
  | "last"
  | "previousToken"
  | "nextToken"
  | "unpin"
  | "help";

export interface PageKey {
  /** In the notation of tinykeys. */
  readonly binding: string;
  readonly action: KeyAction;
}

interface ShownKeys {
  readonly shown: readonly string[];
  readonly does: string;
  readonly keys: readonly PageKey[];
}

export const pageKeys: readonly ShownKeys[] = [
  { shown: ["Space"], does: "play or pause", keys: [{ binding: "Space", action: "playPause" }] },
  {
    shown: ["←", "→"],
    does: "one step back or on",
    keys: [
      { binding: "ArrowLeft", action: "back" },
      { binding: "ArrowRight", action: "forward" },
    ],
  },
  {
    shown: ["Shift ←", "Shift →"],
    does: "previous or next event",
    keys: [
      { binding: "Shift+ArrowLeft", action: "previousEvent" },
      { binding: "Shift+ArrowRight", action: "nextEvent" },
    ],
  },
  {
    shown: ["Home", "End"],
    does: "first or last step",
    keys: [
      { binding: "Home", action: "first" },
      { binding: "End", action: "last" },
    ],
  },
  {
    shown: ["[", "]"],
    does: "pin the previous or next token",
    keys: [
      { binding: "[", action: "previousToken" },
      { binding: "]", action: "nextToken" },
    ],
  },
  { shown: ["Esc"], does: "let the pinned token go", keys: [{ binding: "Escape", action: "unpin" }] },
  {
    shown: ["↑", "↓", "←", "→"],
    does: "in the map: choose layer and KV head",
    keys: [],
  },
  {
    shown: ["?"],
    does: "this sheet",
    keys: [
      { binding: "?", action: "help" },
      { binding: "Shift+?", action: "help" },
    ],
  },
];
