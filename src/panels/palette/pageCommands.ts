// Everything that the command palette offers: the commands of the table, and one for each choice that the page has at
// the moment.
import type { PageStore } from "../../state/pageStore";
import { focusCommands, paceCommands, panelCommands, policyCommands, runCommands } from "./choiceCommands";
import { command, type PageCommand } from "./command";
import { commandEntry, commandIds } from "./commandTable";
import type { PageActs } from "./pageActs";

const themes = ["system", "light", "dark"] as const;

export interface ThemeAccess {
  readonly theme: (typeof themes)[number];
  readonly onTheme: (theme: (typeof themes)[number]) => void;
}

/** As the page stands now; asked for when the palette opens. */
export function pageCommands(store: PageStore, acts: PageActs, colours: ThemeAccess): readonly PageCommand[] {
  return [
    ...tableCommands(acts),
    ...paceCommands(store),
    ...runCommands(store),
    ...focusCommands(store),
    ...policyCommands(store),
    ...panelCommands(store),
    ...themes.map((theme) =>
      command(`theme ${theme}`, "Page", {
        label: `Colours: ${theme}`,
        words: "theme",
        note: theme === colours.theme ? "now" : "",
        run: () => colours.onTheme(theme),
      }),
    ),
  ];
}

/** "Go to step 43", for any number; beyond the run its last step. */
export function stepCommand(store: PageStore, step: number): PageCommand {
  const { stepCount, moveTo } = store.getState();
  const last = Math.max(0, stepCount - 1);
  const label = step > last ? `Go to step ${last}, the last` : `Go to step ${step}`;
  return command("step", "Playback", { label, run: () => moveTo(step) });
}

function tableCommands(acts: PageActs): readonly PageCommand[] {
  return commandIds.map((id) => {
    const { label, group, keys, words = "" } = commandEntry(id);
    return command(id, group, { label, shown: keys.map((key) => key.shown), words, run: acts[id] });
  });
}
