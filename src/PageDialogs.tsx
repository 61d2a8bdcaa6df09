// All that opens over the page: help, examples, sharing, the library, recent settings, the command palette; and run files that
// are dropped on it.
import { memo, useCallback, useMemo, useState, useEffect } from "react";
import { useStore } from "zustand";
import { HelpDialog } from "./panels/help/HelpDialog";
import { pageActs, type PageActs } from "./panels/palette/pageActs";
import { PaletteDialog } from "./panels/palette/PaletteDialog";
import { ModelsDialog } from "./panels/models/ModelsDialog";
import { PapersDialog } from "./panels/papers/PapersDialog";
import { PresetsDialog } from "./panels/presets/PresetsDialog";
import { errorMessage } from "./lib/errors";
import { goToResults } from "./panels/results/goToResults";
import { settingsInForce } from "./settings/inForce";
import type { Preset } from "./settings/presets";
import type { PageStore } from "./state/pageStore";
import { axisStepCount } from "./state/timeAxis";
import { pickFiles, type FileKind } from "./ui/files";
import type { ThemeChoice } from "./ui/useTheme";
import { DropTarget, type DroppedFiles } from "./panels/library/DropTarget";
import { LibraryDialog } from "./panels/library/LibraryDialog";
import { storageOrNull } from "./pageSurroundings";
import type { SavedTrace } from "./trace/file/savedRun";
import { keepRecent } from "./panels/share/keepRecent";
import { HistoryDialog, ShareDialog } from "./panels/share/ShareDialogs";

type DialogName = "help" | "palette" | "examples" | "papers" | "models" | ShareDialogName;

interface OpenDialog {
  readonly open: DialogName | null;
  readonly close: (name: DialogName) => void;
  /** What each command does, including opening dialogs. */
  readonly acts: PageActs;
}

/** `axisTokens`: tokens that the run on screen is expected to take; null where unknown. */
export function useOpenDialog(store: PageStore, axisTokens: number | null): OpenDialog {
  const [open, setOpen] = useState<DialogName | null>(null);
  // A dialog reports that it has closed a moment later; whatever opened in between stays open.
  const close = useCallback((name: DialogName) => setOpen((now) => (now === name ? null : now)), []);
  const acts = useMemo(
    () =>
      pageActs(store, {
        openHelp: () => setOpen("help"),
        openPalette: () => setOpen("palette"),
        openExamples: () => setOpen("examples"),
        openPapers: () => setOpen("papers"),
        share: () => setOpen("share"),
        openLibrary: () => setOpen("library"),
        openRecent: () => setOpen("recent"),
        addMoment: () => void addMoment(store),
        openFile: () => pickAndShow(store),
        openModels: () => setOpen("models"),
        goToResults: () => goToResults(store),
        axisStepCount: () => axisStepCount(store.getState(), axisTokens),
      }),
    [store, axisTokens],
  );
  return useMemo(() => ({ open, close, acts }), [open, close, acts]);
}

/** What is on screen now, though the code that adds it may come later: it is fetched with the first moment. */
async function addMoment(store: PageStore): Promise<void> {
  const now = store.getState();
  try {
    const present = await import("./ways/present/addMoment");
    present.addMoment(now);
  } catch (error) {
    now.tell("error", `The moment could not be added: ${errorMessage(error)}`);
  }
}

interface PageDialogsProps {
  readonly store: PageStore;
  readonly dialog: OpenDialog;
  readonly themeChoice: ThemeChoice;
  readonly onTheme: (choice: ThemeChoice) => void;
}

/** The clock does not re-render them. */
export const PageDialogs = memo(function PageDialogs({ store, dialog, themeChoice, onTheme }: PageDialogsProps) {
  const { open, close, acts } = dialog;
  useMissingModel(store, acts.models, close);
  return (
    <>
      <PresetsDialog
        isOpen={open === "examples"}
        onOpen={(preset) => void openExample(store, preset)}
        onClose={() => close("examples")}
      />
      <ShareDialogs store={store} open={open} onClose={close} />
      <ModelsDialog
        store={store}
        isOpen={open === "models"}
        onClose={() => {
          close("models");
          store.getState().askForModel(null);
        }}
      />
      <PapersDialog
        isOpen={open === "papers"}
        policyId={() => settingsInForce(store.getState().choices).settings.policyId}
        onClose={() => close("papers")}
      />
      <HelpDialog isOpen={open === "help"} onClose={() => close("help")} onPapers={acts.papers} />
      <PaletteDialog
        isOpen={open === "palette"}
        store={store}
        acts={acts}
        colours={{ theme: themeChoice, onTheme }}
        onClose={() => close("palette")}
      />
    </>
  );
});

const shareDialogs = ["share", "library", "recent"] as const;
type ShareDialogName = (typeof shareDialogs)[number];

interface ShareDialogsProps {
  readonly store: PageStore;
  /** The open dialog, one of these or another of the page's; null if none is open. */
  readonly open: string | null;
  readonly onClose: (name: ShareDialogName) => void;
}

/** What leaves the page and comes back to it: links, the library, recent settings, run files. */
function ShareDialogs({ store, open, onClose }: ShareDialogsProps) {
  useEffect(() => keepRecent(store, { storage: storageOrNull(), nowMs: () => Date.now(), onLeave }), [store]);
  const onFiles = useCallback(
    (dropped: DroppedFiles) => {
      for (const name of shareDialogs) onClose(name);
      void openFiles(store, dropped);
    },
    [store, onClose],
  );
  return (
    <>
      {open !== "models" && <DropTarget onFiles={onFiles} />}
      <ShareDialog store={store} isOpen={open === "share"} onClose={() => onClose("share")} />
      <LibraryDialog
        isOpen={open === "library"}
        onClose={() => onClose("library")}
        onOpen={(traces) => void showSavedRuns(store, traces)}
        onPickFiles={() => pickAndShow(store)}
      />
      <HistoryDialog
        store={store}
        storage={storageOrNull()}
        isOpen={open === "recent"}
        onClose={() => onClose("recent")}
      />
    </>
  );
}

/**
 * A run needs a model that is not here: it is opened if this browser keeps it, or else the sheet Models says how to get it,
 * until it is here.
 */
function useMissingModel(store: PageStore, openModels: () => void, close: OpenDialog["close"]): void {
  const missing = useStore(store, (state) => state.missingModel);
  useEffect(() => {
    if (missing === null) return;
    import("./openDropped").then(
      async ({ openMissing }) => {
        if (!(await openMissing(store, missing).catch(() => false))) openModels();
      },
      () => openModels(),
    );
    return () => close("models");
  }, [store, missing, openModels, close]);
}

/** Opens the link of an example and says what it claims. */
async function openExample(store: PageStore, { title, sees, lanes, link }: Preset): Promise<void> {
  const { openLink, showExample } = store.getState();
  await openLink(link, true);
  showExample({ title, sees, answers: lanes.map(({ given }) => given) });
}

function onLeave(listener: () => void): () => void {
  window.addEventListener("pagehide", listener);
  return () => window.removeEventListener("pagehide", listener);
}

/** Its code came with the list. */
async function showSavedRuns(store: PageStore, traces: readonly SavedTrace[]): Promise<void> {
  const { showSaved } = await import("./panels/library/openRunFiles");
  await showSaved(store, traces);
}

/** Its code is fetched with the first file. */
async function openFiles(store: PageStore, dropped: DroppedFiles): Promise<void> {
  try {
    const { openDropped } = await import("./openDropped");
    await openDropped(store, dropped);
  } catch (error) {
    store.getState().tell("error", `The file could not be opened: ${errorMessage(error)}`);
  }
}

/** Some systems grey out unknown types, so any file may be chosen; its content decides. */
const runFiles: FileKind = { accept: ".winnow,application/octet-stream", isMultiple: true };

/** Asks for run files and shows them. */
function pickAndShow(store: PageStore): void {
  pickFiles(runFiles, (files) => void openFiles(store, { files, entries: [] }));
}
