// What to expect of a model before it is here: how fast it can be at most, and where it runs at all. Every token reads all
// weights once, so the bandwidth of a device's memory bounds it; programs reach about 60 % of that at best.

import { MOST_CPU_PARAMETERS } from "../../trace/trace";

export interface Device {
  readonly label: string;
  /** Bandwidth of its memory. */
  readonly gigabytesPerSecond: number;
}

/** From published bandwidths: one example of each class. */
export const devices: readonly Device[] = [
  { label: "phone", gigabytesPerSecond: 50 },
  { label: "laptop", gigabytesPerSecond: 100 },
  { label: "graphics card", gigabytesPerSecond: 273 },
];

const REACHED_SHARE = 0.6;

/** Tokens a second at most. */
export function expectedRate(bytes: number, { gigabytesPerSecond }: Device): number {
  return (REACHED_SHARE * gigabytesPerSecond * 1e9) / bytes;
}

/** "Memory bandwidth allows 47 tokens/s on a phone, 94 on a laptop, 256 on a graphics card (estimated); needs WebGPU". */
export function expectationWords({
  bytes,
  parameterCount,
}: {
  readonly bytes: number;
  readonly parameterCount: number;
}): string {
  const rates = devices.map((device) => ({ label: device.label, rate: written(expectedRate(bytes, device)) }));
  const isSame = rates.every(({ rate }) => rate === rates[0].rate);
  const said = isSame
    ? `${rates[0].rate} tokens/s even on a ${rates[0].label}`
    : rates.map(({ label, rate }, at) => `${rate}${at === 0 ? " tokens/s" : ""} on a ${label}`).join(", ");
  const needs = parameterCount > MOST_CPU_PARAMETERS ? "needs WebGPU" : "runs without a GPU too, slower";
  return `Memory bandwidth allows ${said} (estimated); ${needs}`;
}

function written(rate: number): string {
  // Beyond that the dispatches of a small model count for more than its bytes.
  if (rate > 300) return "over 300";
  return rate >= 10 ? String(Math.round(rate)) : rate.toFixed(1);
}
