// The marks of a search for bits: every trial by bytes and KL. Pure.
import { scaleLinear, scaleLog } from "d3";
import {
  stripText,
  undominatedTrials,
  type BitStrip,
  type BitsTarget,
  type BitsTrial,
} from "../../state/storageTrials";
import { chartTicks, type ChartFrame, type ChartPlot, type ChartSize } from "../../ui/chart";
import { writtenNumber, writtenShare } from "../../ui/numbers";

export interface TrialDot {
  readonly trial: BitsTrial;
  readonly x: number;
  readonly y: number;
  /** Its bits, where all layers have as many. */
  readonly uniformBits: number | null;
}

export interface TrialsLayout extends ChartFrame {
  readonly dots: readonly TrialDot[];
  /** Through the trials that no other beats. */
  readonly frontPath: string;
  /** The bound of the target, as a line across the plot. */
  readonly bound: { readonly x1: number; readonly x2: number; readonly y1: number; readonly y2: number } | null;
}

/** Lower than this is rounding. */
const LEAST_KL = 1e-12;

export function trialsLayout(trials: readonly BitsTrial[], target: BitsTarget | null, size: ChartSize): TrialsLayout {
  const plot: ChartPlot = { left: 58, right: size.width - 12, top: 14, bottom: size.height - 34 };
  const kibis = trials.map(({ bytes }) => bytes / 1024);
  const kls = trials.map(({ klNats }) => Math.max(LEAST_KL, klNats));
  const margin = 0.06 * (Math.max(...kibis) - Math.min(...kibis)) + 1e-9;
  const x = scaleLinear([Math.min(...kibis) - margin, Math.max(...kibis) + margin], [plot.left, plot.right]);
  const y = scaleLog([Math.min(...kls) / 2, Math.max(...kls) * 2], [plot.bottom, plot.top]);
  const place = ({ bytes, klNats }: BitsTrial) => ({ x: x(bytes / 1024), y: y(Math.max(LEAST_KL, klNats)) });
  const front = undominatedTrials(trials).map(place);
  const [lowest, highest] = y.domain().map((kl) => Math.log10(kl));
  const decades = Math.max(1, Math.ceil((highest - lowest) / 5));
  const powers = Array.from({ length: Math.max(0, Math.floor(highest) - Math.ceil(lowest) + 1) }, (_, at) => at);
  return {
    ...{ size, plot },
    dots: trials.map((trial) => ({ trial, ...place(trial), uniformBits: uniformBitsOf(trial.strip) })),
    frontPath: front.map((point, at) => `${at === 0 ? "M" : "L"}${point.x.toFixed(1)},${point.y.toFixed(1)}`).join(""),
    bound: boundLine(target, { x, y, plot }),
    xTicks: chartTicks(x, 56, writtenNumber),
    yTicks: powers
      .map((at) => at + Math.ceil(lowest))
      .filter((power) => power % decades === 0)
      .map((power) => ({
        at: y(10 ** power),
        label: power >= -3 ? String(10 ** power) : `1e${power}`.replace("-", "−"),
      })),
  };
}

interface Scales {
  readonly x: (kibi: number) => number;
  readonly y: (kl: number) => number;
  readonly plot: ChartPlot;
}

/** Null where it lies outside the picture. */
function boundLine(target: BitsTarget | null, { x, y, plot }: Scales): TrialsLayout["bound"] {
  if (target === null) return null;
  const { left, right, top, bottom } = plot;
  if (target.type === "fewestBytes") {
    const at = y(target.mostKlNats);
    return at < top || at > bottom ? null : { x1: left, x2: right, y1: at, y2: at };
  }
  const at = x(target.mostBytes / 1024);
  return at < left || at > right ? null : { x1: at, x2: at, y1: top, y2: bottom };
}

function uniformBitsOf(strip: BitStrip): number | null {
  return strip.every((bits) => bits === strip[0]) ? strip[0] : null;
}

/** Bytes where a number has so many bits as the mean over the layers; null before trials of the fewest and the most bits. */
export function bytesAtBits(trials: readonly BitsTrial[], meanBits: number): number | null {
  const [least, most] = [2, 8].map((bits) => trials.find(({ strip }) => uniformBitsOf(strip) === bits));
  if (least === undefined || most === undefined) return null;
  return Math.ceil(least.bytes + ((most.bytes - least.bytes) * (meanBits - 2)) / 6);
}

export function trialOfStrip(trials: readonly BitsTrial[], strip: BitStrip): BitsTrial | null {
  return trials.find((trial) => stripText(trial.strip) === stripText(strip)) ?? null;
}

/** 100 % means all of them. */
export function writtenAgreement(share: number): string {
  return share < 1 && share >= 0.995 ? `${(Math.floor(1000 * share) / 10).toFixed(1)} %` : writtenShare(share);
}
