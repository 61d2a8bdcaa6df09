// What every view of the page is handed.
import type { PageActs } from "../panels/palette/pageActs";
import type { PageStore } from "../state/pageStore";
import type { Theme } from "../ui/scale";
import type { NextRun, ShownRun } from "./usePage";

export interface WayProps {
  readonly store: PageStore;
  readonly acts: PageActs;
  readonly theme: Theme;
  readonly nextRun: NextRun;
  /** Null while nothing is on the stage. */
  readonly shown: ShownRun | null;
}
