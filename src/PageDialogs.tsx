// All that opens over the page: help, examples, sharing, the library, recent settings, the command palette.
import { memo, useCallback, useMemo, useState } from "react";
import { HelpDialog } from "./panels/help/HelpDialog";
import { pageActs, type PageActs } from "./panels/palette/pageActs";
import { pageCommands, stepCommand } from "./panels/palette/pageCommands";
import { PaletteDialog } from "./panels/palette/PaletteDialog";
import { PresetsDialog } from "./panels/presets/PresetsDialog";
import { goToResults } from "./Results";
import { pickAndShow, ShareDialogs, type ShareDialogName } from "./ShareDialogs";
import type { PageStore } from "./state/pageStore";
import { axisStepCount } from "./state/timeAxis";
import type { ThemeChoice } from "./ui/useTheme";

type DialogName = "help" | "palette" | "examples" | ShareDialogName;

interface OpenDialog {
  readonly open: DialogName | null;
  readonly close: (name: DialogName) => void;
  /** What each command does, the opening of dialogs among it. */
  readonly acts: PageActs;
}

/** `axisTokens`: tokens that the run on screen is expected to take; null where unknown. */
export function useOpenDialog(store: PageStore, axisTokens: number | null): OpenDialog {
  const [open, setOpen] = useState<DialogName | null>(null);
  // A dialog tells that it is closed a moment later: what it opened meanwhile stays open.
  const close = useCallback((name: DialogName) => setOpen((now) => (now === name ? null : now)), []);
  const acts = useMemo(
    () =>
      pageActs(store, {
        openHelp: () => setOpen("help"),
        openPalette: () => setOpen("palette"),
        openExamples: () => setOpen("examples"),
        share: () => setOpen("share"),
        openLibrary: () => setOpen("library"),
        openRecent: () => setOpen("recent"),
        openFile: () => pickAndShow(store),
        goToResults,
        axisStepCount: () => axisStepCount(store.getState(), axisTokens),
      }),
    [store, axisTokens],
  );
  return useMemo(() => ({ open, close, acts }), [open, close, acts]);
}

interface PageDialogsProps {
  readonly store: PageStore;
  readonly dialog: OpenDialog;
  readonly themeChoice: ThemeChoice;
  readonly onTheme: (choice: ThemeChoice) => void;
}

/** They hear nothing of the clock. */
export const PageDialogs = memo(function PageDialogs({ store, dialog, themeChoice, onTheme }: PageDialogsProps) {
  const { open, close, acts } = dialog;
  return (
    <>
      <PresetsDialog
        isOpen={open === "examples"}
        onOpen={({ link }) => void store.getState().openLink(link, true)}
        onClose={() => close("examples")}
      />
      <ShareDialogs store={store} open={open} onClose={close} />
      <HelpDialog isOpen={open === "help"} onClose={() => close("help")} />
      <PaletteDialog
        isOpen={open === "palette"}
        commands={() => pageCommands(store, acts, { theme: themeChoice, onTheme })}
        stepCommand={(step) => stepCommand(store, step)}
        onClose={() => close("palette")}
      />
    </>
  );
});
