// Views as plain choices and back: what a page keeps, and a link carries, is only what differs from the defaults, under
// names that a person can read. What comes from a link is checked value by value; what does not hold is the default.
import { MOST_LANES } from "../../settings/lanes";
import type { PanelChoices } from "../../state/moment";
import type { ZoomView } from "../../ui/zoom/zoomView";
import { retainedShares, windowCounts } from "../overlap/view";
import { defaultStageViews, type StageViews } from "./views";

type Choice = string | number | boolean;
type Accepts<Value> = (value: Choice) => value is Extract<Value, Choice>;
type ViewName = Exclude<keyof StageViews, "zoom">;
/** For every choice of every view, which values it may have. */
type ViewRules = {
  readonly [Name in ViewName]: { readonly [Key in keyof StageViews[Name]]-?: Accepts<StageViews[Name][Key]> };
};

const flag = (value: Choice): value is boolean => typeof value === "boolean";
const oneOf =
  <Value extends Choice>(...known: readonly Value[]) =>
  (value: Choice): value is Value =>
    known.some((one) => one === value);
const numberUpTo =
  (most: number) =>
  (value: Choice): value is number =>
    typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= most;

/** More query heads than any model has in a group. */
const MOST_OF_GROUP = 255;

const rules: ViewRules = {
  text: { heads: oneOf("all", "focus"), fill: oneOf("held", "regret"), hasWhitespace: flag },
  map: {
    quantity: oneOf("attention", "score", "age", "agreement", "none"),
    axis: oneOf("position", "slot"),
  },
  score: {
    order: oneOf("position", "rank"),
    measure: oneOf("parts", "margin", "raw", "spread"),
    beat: oneOf(0, 1, 2, 3),
  },
  attention: {
    heads: (value) => oneOf("focus", "mean", "maximum")(value) || numberUpTo(MOST_OF_GROUP)(value),
    scale: oneOf("root", "linear"),
  },
  mask: { heads: oneOf("focus", "all"), showsLag: flag },
  overlap: {
    windowCount: oneOf(...windowCounts),
    share: oneOf(...retainedShares),
    source: oneOf("rows", "events"),
  },
  lifelines: {
    order: oneOf("position", "lifetime", "lastUse", "held", "regret"),
    isReversed: flag,
    filter: oneOf("all", "evicted", "gone", "prompt"),
  },
  lanes: { otherLane: numberUpTo(MOST_LANES - 1), keptHeads: oneOf("focus", "all") },
};

const viewNames = Object.keys(rules) as readonly ViewName[];
const zoomKeys = ["x0", "x1", "y0", "y1"] as const;

/** The views that a page shows which was told these choices. */
export function stageViewsOf(choices: PanelChoices): StageViews {
  const views = viewNames.map((name) => [name, viewOf(name, choices[name] ?? {})]);
  return { ...defaultStageViews, ...(Object.fromEntries(views) as Partial<StageViews>), zoom: zoomOf(choices.zoom) };
}

/** Only what differs from the views that a page begins with. */
export function choicesOfViews(views: StageViews): PanelChoices {
  const told = viewNames.flatMap((name) => {
    const first: Readonly<Record<string, unknown>> = { ...defaultStageViews[name] };
    const differing = Object.entries(views[name]).filter(([key, value]) => value !== null && value !== first[key]);
    return differing.length === 0 ? [] : [[name, Object.fromEntries(differing)] as const];
  });
  return { ...Object.fromEntries(told), ...(views.zoom !== null && { zoom: { ...views.zoom } }) };
}

function viewOf(name: ViewName, told: Readonly<Record<string, Choice>>): StageViews[ViewName] {
  const accepted = Object.entries<(value: Choice) => boolean>(rules[name]).filter(
    ([key, accepts]) => key in told && accepts(told[key]),
  );
  return { ...defaultStageViews[name], ...Object.fromEntries(accepted.map(([key]) => [key, told[key]])) };
}

function zoomOf(told: Readonly<Record<string, Choice>> | undefined): ZoomView {
  const [x0, x1, y0, y1] = zoomKeys.map((key) => told?.[key]).map((value) => (typeof value === "number" ? value : NaN));
  return x0 >= 0 && x1 > x0 && y0 >= 0 && y1 > y0 ? { x0, x1, y0, y1 } : null;
}
