// The paces to choose from; Infinity lets a live run go as fast as the engine can.

export const speedChoices = [4, 12, 30, 60, 120, Infinity] as const;

export function speedLabel(stepsPerSecond: number): string {
  return stepsPerSecond === Infinity ? "full speed" : `${stepsPerSecond} steps/s`;
}
