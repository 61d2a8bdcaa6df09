// What comes to the page as files: runs, decks and models, told apart by their content. And a model that a run lacks, if this
// browser keeps it. All of it loads when it is first needed.
import { describeFile, holdsModel } from "./hub/pickedFiles";
import { errorMessage } from "./lib/errors";
import type { DroppedFiles } from "./panels/library/DropTarget";
import { showOpened } from "./panels/library/openRunFiles";
import type { PageStore } from "./state/pageStore";

export async function openDropped(store: PageStore, dropped: DroppedFiles): Promise<void> {
  try {
    if (await isModel(dropped)) {
      const { bringDrop } = await import("./panels/models/bringDrop");
      await bringDrop(store, dropped);
      return;
    }
    const { files } = dropped;
    const decks = files.filter(({ name }) => name.endsWith(".deck.json"));
    const others = files.filter((file) => !decks.includes(file));
    const runs = await runsAmong(store, others);
    if (runs.length > 0 || files.length === 0) await showOpened(store, runs);
    for (const deck of decks) await openDeck(store, deck);
  } catch (error) {
    store.getState().tell("error", errorMessage(error));
  }
}

/** Run files and decks are far smaller than any model. */
async function isModel({ files, entries }: DroppedFiles): Promise<boolean> {
  if (entries.some(({ isDirectory }) => isDirectory)) return true;
  return files.some(({ name }) => /\.(?:gguf|safetensors)$/i.test(name)) || holdsModel(files);
}

/** Says of each file that is no run what it is instead. */
async function runsAmong(store: PageStore, files: readonly File[]): Promise<readonly File[]> {
  const runs: File[] = [];
  for (const file of files) {
    // An archive, as every run file is, may be one under another name.
    const isRun = file.name.endsWith(".winnow") || (await file.slice(0, 2).text()) === "PK";
    if (isRun) runs.push(file);
    else {
      const found = await describeFile(file);
      const expected = "a run file (.winnow) or a model (.gguf, or its folder)";
      store.getState().tell("error", `${file.name}: expected ${expected}, found ${found}.`);
    }
  }
  return runs;
}

/** Puts a deck that was dropped in use, and shows it. */
async function openDeck(store: PageStore, file: File): Promise<void> {
  const { openDeckFile } = await import("./ways/present/deckFiles");
  if (await openDeckFile(store, file)) store.getState().go("present");
}

/** Opens the model that a run lacks, if this browser keeps it; false where it does not. */
export async function openMissing(store: PageStore, id: string): Promise<boolean> {
  const { bringNamed } = await import("./panels/models/bringModel");
  return (await bringNamed(store, id)) !== null;
}
