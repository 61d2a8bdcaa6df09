// The strip above the axis: how far each step's distribution lies from that under the full cache. Pure.
import { area, max, type ScaleLinear } from "d3";
import type { StepRange } from "../../state/timeAxis";
import type { Loyalty } from "./scene";

export interface KlStrip {
  readonly path: string;
  readonly top: number;
  readonly bottom: number;
  /** The greatest of all steps, in nats: the height of the strip. */
  readonly highestNats: number;
}

/** Where several steps share a pixel the greatest of them is drawn: a spike is never lost. */
export function klStrip(
  { kl }: Loyalty,
  { from, to }: StepRange,
  x: ScaleLinear<number, number>,
  { top, bottom }: { readonly top: number; readonly bottom: number },
): KlStrip {
  const highestNats = max(Array.from(kl), finite) ?? 0;
  const y = (nats: number): number => bottom - (highestNats === 0 ? 0 : (nats / highestNats) * (bottom - top));
  const columns = new Map<number, number>();
  for (let step = from; step <= Math.min(to, kl.length - 1); step++) {
    const column = Math.round(x(step));
    columns.set(column, Math.max(columns.get(column) ?? 0, finite(kl[step])));
  }
  const shape = area<readonly [number, number]>()
    .x(([column]) => column)
    .y0(bottom)
    .y1(([, nats]) => y(nats))
    .digits(1);
  return { path: shape([...columns]) ?? "", top, bottom, highestNats };
}

function finite(nats: number): number {
  return Number.isFinite(nats) ? Math.max(0, nats) : 0;
}
