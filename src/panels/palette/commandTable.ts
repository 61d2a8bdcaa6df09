// The page's commands in one table: key bindings, the help sheet, tooltips and the command palette all read it.

export interface CommandKey {
  /** The key as printed on the keyboard. */
  readonly shown: string;
  /** In tinykeys notation; several if keyboards differ. */
  readonly bindings: readonly string[];
}

export interface CommandEntry {
  readonly label: string;
  readonly group: CommandGroup;
  readonly keys: readonly CommandKey[];
  /** Further words by which the palette finds it. */
  readonly words?: string;
}

export type CommandGroup = "Views" | "Playback" | "Time axis" | "Tokens" | "Lanes" | "Page";

const key = (shown: string, ...bindings: readonly string[]): CommandKey => ({ shown, bindings });

const commandTable = {
  watch: { label: "Watch: one decision at a time", group: "Views", keys: [key("W", "w")], words: "view story start" },
  explore: { label: "Explore: every panel", group: "Views", keys: [key("X", "x")], words: "view panels expert" },
  learn: { label: "Learn: lessons", group: "Views", keys: [], words: "view course teach tasks" },
  deck: { label: "Present: the deck", group: "Views", keys: [], words: "view lecture slides moments notes" },
  streams: { label: "Streams: a camera under a cap", group: "Views", keys: [], words: "view video frames infinipot" },
  present: {
    label: "Present now, on the full screen",
    group: "Views",
    keys: [key("P", "p")],
    words: "view lecture slides deck projector",
  },

  playPause: { label: "Play or pause", group: "Playback", keys: [key("Space", "Space")], words: "start stop hold" },
  reversePause: {
    label: "Play backwards or pause",
    group: "Playback",
    keys: [key("Shift Space", "Shift+Space")],
    words: "reverse rewind",
  },
  back: { label: "One step back", group: "Playback", keys: [key("←", "ArrowLeft")], words: "previous" },
  forward: { label: "One step on", group: "Playback", keys: [key("→", "ArrowRight")], words: "next forward" },
  previousEvent: { label: "Previous event", group: "Playback", keys: [key("Shift ←", "Shift+ArrowLeft")] },
  nextEvent: { label: "Next event", group: "Playback", keys: [key("Shift →", "Shift+ArrowRight")] },
  first: { label: "First step", group: "Playback", keys: [key("Home", "Home")], words: "start beginning" },
  last: { label: "Last step", group: "Playback", keys: [key("End", "End")], words: "end" },
  backToLive: { label: "Back to live", group: "Playback", keys: [], words: "follow head" },

  zoomIn: {
    label: "Zoom into the time axis",
    group: "Time axis",
    keys: [key("+", "(\\+|=)", "Shift+(\\+)")],
    words: "closer fewer steps",
  },
  zoomOut: {
    label: "Zoom out of the time axis",
    group: "Time axis",
    keys: [key("−", "(-|−)")],
    words: "more steps",
  },
  wholeRun: { label: "Show the whole run", group: "Time axis", keys: [key("0", "0")], words: "reset zoom all" },
  loopFrom: { label: "Loop from this step", group: "Time axis", keys: [key("I", "i")], words: "in repeat range brush" },
  loopTo: { label: "Loop up to this step", group: "Time axis", keys: [key("O", "o")], words: "out repeat range brush" },
  loopInterval: {
    label: "Loop from event to event, on or off",
    group: "Time axis",
    keys: [key("L", "l")],
    words: "repeat interval range",
  },

  previousToken: { label: "Pin the previous token", group: "Tokens", keys: [key("[", "[")] },
  nextToken: { label: "Pin the next token", group: "Tokens", keys: [key("]", "]")] },
  nextHead: {
    label: "Next head that keeps the pinned token",
    group: "Tokens",
    keys: [key("H", "h")],
    words: "find search survives kept layer",
  },
  previousHead: {
    label: "Previous head that keeps the pinned token",
    group: "Tokens",
    keys: [key("Shift H", "Shift+h")],
    words: "find search survives kept layer previous",
  },
  longestHead: {
    label: "Head that holds the pinned token longest",
    group: "Tokens",
    keys: [],
    words: "find search survives kept last",
  },
  unpin: {
    label: "Clear the loop, or else unpin the token",
    group: "Tokens",
    keys: [key("Esc", "Escape")],
    words: "unpin range stop",
  },

  lane1: { label: "Put lane 1 on the stage", group: "Lanes", keys: [key("1", "1")], words: "show policy" },
  lane2: { label: "Put lane 2 on the stage", group: "Lanes", keys: [key("2", "2")], words: "show policy" },
  lane3: { label: "Put lane 3 on the stage", group: "Lanes", keys: [key("3", "3")], words: "show policy" },
  lane4: { label: "Put lane 4 on the stage", group: "Lanes", keys: [key("4", "4")], words: "show policy" },

  equalBytes: {
    label: "Compare at equal bytes",
    group: "Lanes",
    keys: [],
    words: "memory budget same fair slots bits storage",
  },

  addMoment: {
    label: "Add this moment to the deck",
    group: "Page",
    keys: [key("D", "d")],
    words: "lecture slide present bookmark keep",
  },
  examples: {
    label: "Examples that make a point",
    group: "Page",
    keys: [key("E", "e")],
    words: "presets demo comparison lesson",
  },
  share: {
    label: "Share: link, embed, files",
    group: "Page",
    keys: [key("S", "s")],
    words: "copy address url iframe save download png svg csv perfetto",
  },
  models: {
    label: "Models: choose or bring one",
    group: "Page",
    keys: [key("M", "m")],
    words: "download gguf safetensors hugging face qwen smollm deepseek disk own local",
  },
  openFile: { label: "Open run files", group: "Page", keys: [], words: "load winnow disk drop" },
  library: {
    label: "Library of saved runs",
    group: "Page",
    keys: [key("B", "b")],
    words: "browser storage open saved delete",
  },
  undo: {
    label: "Undo the last change of the settings",
    group: "Page",
    keys: [key("Ctrl Z", "$mod+z"), key("⌘ Z")],
    words: "back",
  },
  redo: {
    label: "Redo a change of the settings",
    group: "Page",
    keys: [key("Ctrl Shift Z", "$mod+Shift+z"), key("⌘ Shift Z")],
    words: "again",
  },
  recent: {
    label: "Recent settings",
    group: "Page",
    keys: [],
    words: "history restore states last before difference",
  },

  palette: {
    label: "Commands",
    group: "Page",
    keys: [key("Ctrl K", "$mod+k"), key("⌘ K")],
    words: "palette search find",
  },
  help: {
    label: "How to read this page, and keys",
    group: "Page",
    keys: [key("?", "?", "Shift+?")],
    words: "help sheet",
  },
  papers: {
    label: "What differs from the papers",
    group: "Page",
    keys: [],
    words: "paper arxiv reference code method explanation policy",
  },
  results: { label: "Go to the results", group: "Page", keys: [], words: "table policies measured" },
} as const satisfies Readonly<Record<string, CommandEntry>>;

export type CommandId = keyof typeof commandTable;

export const commandIds = Object.keys(commandTable) as readonly CommandId[];

export function commandsOf(...groups: readonly CommandGroup[]): readonly CommandId[] {
  return commandIds.filter((id) => groups.includes(commandTable[id].group));
}

export function commandEntry(id: CommandId): CommandEntry {
  return commandTable[id];
}

/** "One step on (→)": the tooltip of a button that runs the command. */
export function commandTip(id: CommandId, label = commandEntry(id).label): string {
  const shown = commandEntry(id).keys.map((one) => one.shown);
  return shown.length === 0 ? label : `${label} (${shown.join(", ")})`;
}

/** What keys do while Present fills the screen, before they do anything else. */
export const showKeys: readonly { readonly shown: readonly string[]; readonly does: string }[] = [
  { shown: ["Page Down", "→"], does: "The next moment of the deck" },
  { shown: ["Page Up", "←"], does: "The moment before" },
  { shown: ["B"], does: "Black screen" },
  { shown: ["S"], does: "Spotlight, on the pointer or the pinned token" },
  { shown: ["Esc"], does: "Back to the page, at this moment" },
];

/** Gestures and keys of single panels. */
export const panelGestures: readonly { readonly shown: readonly string[]; readonly does: string }[] = [
  { shown: ["↑", "↓", "←", "→"], does: "In the map: choose layer and KV head" },
  { shown: ["Drag"], does: "On the timeline: move through the run" },
  { shown: ["Shift drag"], does: "On the timeline: choose the steps to loop" },
  { shown: ["Ctrl wheel"], does: "On the timeline: zoom where the pointer is" },
];
