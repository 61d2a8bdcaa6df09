// What a reader may choose in the lifelines, and where they start.

export type LifeOrder = "position" | "lifetime" | "lastUse" | "held" | "regret";
export type LifeFilter = "all" | "evicted" | "gone" | "prompt";

export interface LifelinesView {
  readonly order: LifeOrder;
  readonly isReversed: boolean;
  readonly filter: LifeFilter;
}

export const orderLabels: Readonly<Record<LifeOrder, string>> = {
  position: "text",
  lifetime: "lifetime, gone first",
  lastUse: "last use, oldest first",
  held: "heads now, fewest first",
  regret: "regret, largest first",
};

export const filterLabels: Readonly<Record<LifeFilter, string>> = {
  all: "all tokens",
  evicted: "evicted somewhere",
  gone: "gone everywhere",
  prompt: "prompt only",
};
