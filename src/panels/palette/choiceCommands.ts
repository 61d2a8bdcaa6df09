// One command for each choice that the page has at the moment: paces, runs, heads, policies, panels.
import { headCountOf, kvHeadOf, layerOf } from "../../cache/headRows";
import { settingsInForce } from "../../settings/inForce";
import { settingTable } from "../../settings/settings";
import { isPanelShown, withPanelMaximised, withPanelShown } from "../../state/arrangement";
import { laneOnStage } from "../../state/shownRuns";
import type { PageStore } from "../../state/pageStore";
import { nextProblem, problemOf } from "../../state/problem";
import { panelList, panelsAway } from "../registry";
import { speedChoices, speedLabel } from "../timeline/speeds";
import { command, type PageCommand } from "./command";

export function paceCommands(store: PageStore): readonly PageCommand[] {
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

export function runCommands(store: PageStore): readonly PageCommand[] {
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

export function focusCommands(store: PageStore): readonly PageCommand[] {
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

export function policyCommands(store: PageStore): readonly PageCommand[] {
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

export function panelCommands(store: PageStore): readonly PageCommand[] {
  const { arrangement, arrange, lanes } = store.getState();
  const away = panelsAway(lanes.length);
  return panelList.flatMap(({ name, title }) => {
    const isHidden = !isPanelShown(arrangement, name, away);
    const isLarge = arrangement.maximised === name;
    return [
      command(`show ${name}`, "Panels", {
        label: `${isHidden ? "Show" : "Hide"} the ${title} panel`,
        words: "view",
        run: () => arrange(withPanelShown(arrangement, name, isHidden, away)),
      }),
      command(`maximise ${name}`, "Panels", {
        label: isLarge ? `${title} panel back to its place` : `${title} panel at full size`,
        words: "maximise maximize large",
        run: () => arrange(withPanelMaximised(arrangement, name, away)),
      }),
    ];
  });
}
