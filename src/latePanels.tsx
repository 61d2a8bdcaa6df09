// The panels below the first screen, and the one for several lanes: their code comes when they are looked at.
import { latePanel } from "./ui/latePanel";

export const LanesPanel = latePanel({
  name: "lanes",
  title: "Lanes",
  load: async () => (await import("./panels/lanes/LanesPanel")).LanesPanel,
});

export const AttentionPanel = latePanel({
  name: "attention",
  title: "Attention",
  load: async () => (await import("./panels/attention/AttentionPanel")).AttentionPanel,
});

export const MaskPanel = latePanel({
  name: "mask",
  title: "Sparse mask",
  load: async () => (await import("./panels/mask/MaskPanel")).MaskPanel,
});

export const OverlapPanel = latePanel({
  name: "overlap",
  title: "Window overlap",
  load: async () => (await import("./panels/overlap/OverlapPanel")).OverlapPanel,
});

export const LifelinesPanel = latePanel({
  name: "lifelines",
  title: "Lifelines",
  load: async () => (await import("./panels/lifelines/LifelinesPanel")).LifelinesPanel,
});
