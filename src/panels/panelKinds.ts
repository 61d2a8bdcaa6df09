// What panels there are, in the order of menus, and in which runs they have something to show. What each of them is:
// <name>/panel.ts, which loads with the stage.
import { storesFewerBytes } from "../cache/packing";
import type { PanelName } from "../state/arrangement";
import type { Trace, TraceHeader } from "../trace/trace";

export interface PanelKind {
  readonly title: string;
  /** With fewer lanes it has nothing to show, and stays hidden unless asked for. */
  readonly leastLanes?: number;
  /** Where no lane's run is of this kind it has nothing to show either. Absent: it has in any run. */
  readonly isAbout?: (header: TraceHeader) => boolean;
  /** Nor where the lanes all run one model. */
  readonly needsModels?: true;
}

export const panelKinds: Readonly<Record<PanelName, PanelKind>> = {
  lanes: { title: "Lanes", leastLanes: 2 },
  changed: { title: "What changed?", leastLanes: 2, needsModels: true },
  text: { title: "Text" },
  map: { title: "Cache map" },
  score: { title: "Score" },
  why: { title: "Why" },
  meters: { title: "Meters" },
  attention: { title: "Attention" },
  mask: { title: "Sparse mask" },
  overlap: { title: "Window overlap" },
  foretold: { title: "Foretold" },
  merges: { title: "Merges", isAbout: ({ parameters: { merging = "none" } }) => merging !== "none" },
  storage: { title: "Storage", isAbout: ({ parameters: { storage } }) => storesFewerBytes(storage) },
  reading: { title: "Reading", isAbout: ({ parameters: { reading = "everything" } }) => reading !== "everything" },
  lifelines: { title: "Lifelines" },
  roles: { title: "Head roles" },
  pitfalls: { title: "Pitfalls" },
  // How this model was made; there for runs of others once it is asked for.
  training: { title: "Training", isAbout: ({ model }) => model.id.startsWith("winnow-1m-distilled") },
  // Over many runs: there once it is asked for.
  scoreCard: { title: "Score card", isAbout: () => false },
  // A bench of its own, which no run needs: there once it is asked for.
  characterisation: { title: "Quantisation characterisation", isAbout: () => false },
};

/** In the order of menus. */
export const panelList = Object.entries(panelKinds).map(([name, kind]) => ({ ...kind, name: name as PanelName }));

/** Panels that have nothing to show in the runs of these lanes. */
export function panelsAway(lanes: readonly { readonly trace: Pick<Trace, "header"> }[]): readonly PanelName[] {
  const modelCount = new Set(lanes.map(({ trace }) => trace.header.model.digest)).size;
  return panelList
    .filter(
      ({ leastLanes = 1, needsModels = false, isAbout = () => true }) =>
        lanes.length < leastLanes ||
        (needsModels && modelCount < 2) ||
        !lanes.some(({ trace }) => isAbout(trace.header)),
    )
    .map(({ name }) => name);
}
