// Everything that the command palette offers: the commands of the table, and one for each choice that the page currently
// has (paces, runs, heads, policies, panels, themes).
import { headCountOf, kvHeadOf, layerOf } from "../../cache/headRows";
import { settingsInForce } from "../../settings/inForce";
import { settingTable } from "../../settings/settings";
import {
  arrangementLabels,
  arrangementNames,
  isPanelShown,
  namedArrangement,
  withPanelMaximised,
  withPanelShown,
  type PanelName,
} from "../../state/arrangement";
import type { PageStore } from "../../state/pageStore";
import { nextProblem, problemOf } from "../../state/problem";
import { laneOnStage } from "../../state/shownRuns";
import { themeChoices, type ThemeChoice } from "../../ui/useTheme";
import { panelList, panelsAway } from "../panelKinds";
import { speedChoices, speedLabel } from "../timeline/Transport";
import { commandEntry, commandIds } from "./commandTable";
import type { PageActs } from "./pageActs";

export interface ThemeAccess {
  readonly theme: ThemeChoice;
  readonly onTheme: (theme: ThemeChoice) => void;
}

export interface PageAccess extends ThemeAccess {
  /** Brings a panel into view. */
  readonly goToPanel: (name: PanelName) => void;
}

/** The commands in the page's current state; read when the palette opens. */
export function pageCommands(store: PageStore, acts: PageActs, access: PageAccess): readonly PageCommand[] {
  return [
    ...tableCommands(acts),
    ...paceCommands(store),
    ...runCommands(store),
    ...focusCommands(store),
    ...policyCommands(store),
    ...panelCommands(store, access),
    ...layoutCommands(store),
    ...themeChoices.map((theme) =>
      command(`theme ${theme}`, "Page", {
        label: `Colours: ${theme}`,
        words: "theme",
        note: theme === access.theme ? "now" : "",
        run: () => access.onTheme(theme),
      }),
    ),
  ];
}

/** "Go to step 43", for any number; past the end, its last step. */
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

function paceCommands(store: PageStore): readonly PageCommand[] {
  const { stepsPerSecond, setSpeed } = store.getState();
  return speedChoices.map((speed) =>
    command(`pace ${speed}`, "Playback", {
      label: `Pace: ${speedLabel(speed)}`,
      words: "speed steps per second faster slower",
      note: speed === stepsPerSecond ? "now" : "",
      run: () => setSpeed(speed),
    }),
  );
}

function runCommands(store: PageStore): readonly PageCommand[] {
  const { runStatus, choices, recordedRuns, recordedId, ...actions } = store.getState();
  const isUnderWay = runStatus === "running" || runStatus === "paused";
  const problem = problemOf(settingsInForce(choices).settings.problem);
  const run = (id: string, label: string, act: () => void) =>
    command(id, "Run", { label, words: "live engine", run: act });
  return [
    ...(isUnderWay || runStatus === "loading" ? [] : [run("run", "Run with these settings", () => actions.run("run"))]),
    ...(runStatus === "running" ? [run("pause", "Pause the live run", actions.pause)] : []),
    ...(runStatus === "paused" ? [run("resume", "Resume the live run", actions.resume)] : []),
    ...(isUnderWay ? [run("stop", "Stop the live run", actions.stop)] : []),
    ...(problem === null
      ? []
      : [
          command("new problem", "Run", {
            label: "New problem",
            words: "next draw another puzzle",
            note: "for the next run",
            run: () => actions.choose("problem", nextProblem(problem)),
          }),
        ]),
    ...recordedRuns.map(({ id, title }) =>
      command(`recorded ${id}`, "Run", {
        label: `Recorded run: ${title}`,
        words: "show open example",
        note: id === recordedId ? "shown last" : "",
        run: () => void actions.showRecordedRun(id),
      }),
    ),
  ];
}

function focusCommands(store: PageStore): readonly PageCommand[] {
  const { focusOn, focusLayer, focusKvHead } = store.getState();
  const lane = laneOnStage(store.getState());
  if (lane === null) return [];
  const { model } = lane.trace.header;
  const headCount = headCountOf(model);
  return Array.from({ length: headCount }, (_, head) => {
    const [layer, kvHead] = [layerOf(model, head), kvHeadOf(model, head)];
    return command(`focus ${head}`, "Layer and KV head", {
      label: `Focus layer ${layer}, KV head ${kvHead}`,
      words: `l${layer} h${kvHead}`,
      note: layer === focusLayer && kvHead === focusKvHead ? "now" : "",
      isOnlyFound: headCount > 8,
      run: () => focusOn(layer, kvHead),
    });
  });
}

function policyCommands(store: PageStore): readonly PageCommand[] {
  const { choices, choose } = store.getState();
  const chosen = settingsInForce(choices).settings.policyId;
  return settingTable.policyId.choices.map(({ value, label }) =>
    command(`policy ${value}`, "Policy", {
      label: `Policy: ${label}`,
      words: "eviction choose",
      note: value === chosen ? "chosen" : "for the next run",
      run: () => choose("policyId", value),
    }),
  );
}

function layoutCommands(store: PageStore): readonly PageCommand[] {
  const { arrangement, arrange } = store.getState();
  return [
    ...arrangementNames.map((name) =>
      command(`layout ${name}`, "Panels", {
        label: `Layout: ${arrangementLabels[name]}`,
        words: "arrangement panels places",
        note: name === arrangement.name ? "now" : "",
        run: () => arrange(namedArrangement(name)),
      }),
    ),
    command("reset layout", "Panels", {
      label: "Reset layout",
      words: "first places widths heights arrangement",
      run: () => arrange(namedArrangement(arrangement.name)),
    }),
  ];
}

function panelCommands(store: PageStore, { goToPanel }: PageAccess): readonly PageCommand[] {
  const { arrangement, arrange, lanes } = store.getState();
  const away = panelsAway(lanes);
  return panelList.flatMap(({ name, title }) => {
    const isHidden = !isPanelShown(arrangement, name, away);
    const isLarge = arrangement.maximised === name;
    return [
      command(`show ${name}`, "Panels", {
        label: `${isHidden ? "Show" : "Hide"} the ${title} panel`,
        words: "view",
        run() {
          arrange(withPanelShown(arrangement, name, isHidden, away));
          if (isHidden) goToPanel(name);
        },
      }),
      command(`maximise ${name}`, "Panels", {
        label: isLarge ? `${title} panel back to its place` : `${title} panel at full size`,
        words: "maximise maximize large",
        run: () => arrange(withPanelMaximised(arrangement, name, away)),
      }),
    ];
  });
}

export interface PageCommand {
  readonly id: string;
  readonly label: string;
  readonly group: string;
  /** Its keys as printed on the keyboard. */
  readonly shown: readonly string[];
  /** Further words by which it is found. */
  readonly words: string;
  /** Its current state, or when it takes effect. */
  readonly note: string;
  /** One of very many: listed only for a search. */
  readonly isOnlyFound: boolean;
  readonly run: () => void;
}

/** A command with defaults for whatever `about` leaves out. */
export function command(
  id: string,
  group: string,
  about: Partial<PageCommand> & Pick<PageCommand, "label" | "run">,
): PageCommand {
  return { id, group, shown: [], words: "", note: "", isOnlyFound: false, ...about };
}
