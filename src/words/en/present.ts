// What Present says, in English. A translation is a folder beside this one with the same names.
import { counted } from "../../lib/counted";

interface Place {
  readonly number: number;
  readonly count: number;
}

export const presentWords = {
  // Adding a moment
  nothingToAdd: "There is no run on screen yet, so there is no moment to add.",
  momentTitle: ({ place, policy }: { readonly place: string; readonly policy: string }) => `${policy}, ${place}`,
  added: ({ number, title }: { readonly number: number; readonly title: string }) =>
    `Added to the deck as moment ${number}: “${title}”. Present lists the deck.`,

  // The deck
  deck: "Deck",
  deckTitle: "Title of the deck",
  untitled: "Untitled deck",
  untitledMoment: "Untitled moment",
  preview: "Preview",
  decks: "Your decks",
  momentCount: (count: number) => (count === 1 ? "1 moment" : `${count} moments`),
  moments: "Moments",
  howToAdd:
    "A deck is a list of moments to show in a lecture: a run, a step, and what to look at. Press D in any view to add what is on screen.",
  add: "Add this moment",
  start: "Start",
  startTip: "Full screen, from the chosen moment on (F5)",
  notesWindow: "Notes window",
  notesWindowTip: "Your notes in a window of their own, for a second screen",
  title: "Title",
  shows: "Shows",
  showsWatch: "Watch: text, memory, decision",
  showsWatchShort: "Watch",
  policyAt: ({ policy, slots }: { readonly policy: string; readonly slots: number }) => `${policy}, ${slots} slots`,
  andLanes: (count: number) => `and ${count} more`,
  step: (step: number) => `step ${step}`,
  word: (word: number) => `word ${word}`,
  notes: "Notes",
  notesHint: "for you: here and in the notes window, never on the projector",
  up: "Move up",
  down: "Move down",
  remove: "Delete",
  removed: "Deleted.",
  undo: "Undo",
  dragTip: "Drag to reorder, or press Alt with ↑ or ↓",
  share: "Share",
  shareTitle: "Share this deck",
  shareHelp: "Whoever opens the link sees the deck and can present it. Titles and notes travel in the link too.",
  linkLabel: "Link to the deck",
  linkLong: (kilobytes: string) =>
    `The link has ${kilobytes} kB. Mail and chat programs may cut links over 8 kB: save a file instead.`,
  linkTooLong: "This deck does not fit into a link. Save it as a file.",
  save: "Save file",
  open: "Open file",
  opened: (title: string) => `Opened the deck “${title}”.`,
  tooLarge: (name: string) => `${name} is larger than any deck of this page. Choose a file saved by Present.`,
  newDeck: "New deck",
  deleteDeck: "Delete deck",

  // The show
  placeOf: ({ number, count }: Place) => `${number} of ${count}`,
  clock: ({ step, last }: { readonly step: number; readonly last: number }) => `step ${step} of ${last}`,
  clockLabel: "Step",
  previous: "Previous moment",
  next: "Next moment",
  nextTip: "Next moment (Page Down, →)",
  previousTip: "Previous moment (Page Up, ←)",
  spotlight: "Spotlight",
  spotlightTip: "Spotlight: follows the pointer, or the pinned token (S)",
  black: "Black",
  blackTip: "Black screen (B)",
  blackLabel: "The screen is black. Press B to go on.",
  fullScreen: "Full screen",
  fullScreenTip: "Full screen (F)",
  noFullScreen: "The browser refused full screen: press F to try again.",
  leave: "Leave",
  leaveTip: "Back to the page, at this moment (Esc)",
  noDeck: "Showing the page as it is. Press D in any view to add moments to a deck.",
  onlyPresent: (count: number) =>
    `Showing the page as it is. Page Down goes on with the deck (${counted(count, "moment")}).`,
  opening: "Opening the run…",
  running: ({ steps, wanted }: { readonly steps: number; readonly wanted: number }) =>
    steps === 0 ? "Starting the run…" : `Running live: step ${steps} of ${wanted}`,
  loadingModel: "Loading the model…",
  failed: "This run could not be made here. Page Down goes on.",

  // The notes window
  notesTitle: "Speaker notes",
  notesBlocked: "The browser blocked the notes window. Allow pop-ups for this page and press the button again.",
  upNext: "Next",
  lastMoment: "This is the last moment.",
  noNotes: "No notes for this moment.",
  elapsed: "Elapsed",
  reset: "Reset",
} as const;
