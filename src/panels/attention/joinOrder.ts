// In which order rows over all heads are joined: first one row for every pixel on show, so that a picture stands soon,
// then the other rows on show, then the rest of the run; newest first. Pure.
import type { AxisBins } from "../../ui/zoom/cellGrid";

export interface JoinRequest {
  readonly stepCount: number;
  /** The step on show: later ones are not drawn. */
  readonly lastStep: number;
  /** Rows of the picture, null before it was drawn. */
  readonly shown: AxisBins | null;
  readonly isReady: (step: number) => boolean;
}

/** Steps still to be joined, in order, each once. */
export function joinOrder({ stepCount, lastStep, shown, isReady }: JoinRequest): readonly number[] {
  const isChosen = new Uint8Array(stepCount);
  const order: number[] = [];
  const choose = (step: number): void => {
    if (isChosen[step] === 1 || isReady(step)) return;
    isChosen[step] = 1;
    order.push(step);
  };
  const fromNewest = (first: number, last: number): void => {
    for (let step = Math.min(last, stepCount - 1); step >= first; step--) choose(step);
  };
  if (shown !== null) {
    const end = Math.min(lastStep, shown.firstCell + shown.cellCount - 1);
    for (const step of newestOfBins(shown, end, isReady)) choose(step);
    fromNewest(shown.firstCell, end);
  }
  fromNewest(0, stepCount - 1);
  return order;
}

/** The newest step, up to `end`, of each bin that nothing is drawn in yet. */
function* newestOfBins(shown: AxisBins, end: number, isReady: (step: number) => boolean): Iterable<number> {
  for (let bin = shown.binCount - 1; bin >= 0; bin--) {
    const newest = Math.min(shown.lastOfBin[bin], end);
    let step = newest;
    while (step >= shown.firstOfBin[bin] && !isReady(step)) step--;
    if (newest >= shown.firstOfBin[bin] && step < shown.firstOfBin[bin]) yield newest;
  }
}
