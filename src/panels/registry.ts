// Every panel of the stage, one line each, in the order of menus. Where each stands: state/arrangement.ts.
import type { PanelName } from "../state/arrangement";
import { attentionPanel } from "./attention/panel";
import type { PanelDefinition } from "./definePanel";
import { changedPanel } from "./changed/panel";
import { characterisationPanel } from "./characterisation/panel";
import { foretoldPanel } from "./foretold/panel";
import { lanesPanel } from "./lanes/panel";
import { lifelinesPanel } from "./lifelines/panel";
import { mapPanel } from "./map/panel";
import { maskPanel } from "./mask/panel";
import { mergesPanel } from "./merges/panel";
import { metersPanel } from "./meters/panel";
import { overlapPanel } from "./overlap/panel";
import { pitfallsPanel } from "./pitfalls/panel";
import { readingPanel } from "./reading/panel";
import { rolesPanel } from "./roles/panel";
import { scorePanel } from "./score/panel";
import { scoreCardPanel } from "./scoreCard/panel";
import { storagePanel } from "./storage/panel";
import { textPanel } from "./text/panel";
import { trainingPanel } from "./training/panel";
import { whyPanel } from "./why/panel";

export const panels: Readonly<Record<PanelName, PanelDefinition>> = {
  lanes: lanesPanel,
  changed: changedPanel,
  text: textPanel,
  map: mapPanel,
  score: scorePanel,
  why: whyPanel,
  meters: metersPanel,
  attention: attentionPanel,
  mask: maskPanel,
  overlap: overlapPanel,
  foretold: foretoldPanel,
  merges: mergesPanel,
  storage: storagePanel,
  reading: readingPanel,
  lifelines: lifelinesPanel,
  roles: rolesPanel,
  pitfalls: pitfallsPanel,
  training: trainingPanel,
  scoreCard: scoreCardPanel,
  characterisation: characterisationPanel,
};

/** Above the fold of the first arrangement. */
const firstPanels = ["text", "map", "score", "why", "meters"] as const satisfies readonly PanelName[];

/** Loads the code of these panels, so that they are drawn at once. */
export async function preloadPanels(names: readonly PanelName[] = firstPanels): Promise<void> {
  await Promise.all(names.map((name) => panels[name].preload()));
}
