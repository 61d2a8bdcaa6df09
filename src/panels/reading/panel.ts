// Reading: how few directions hold the keys, and what each step read of the slots that it held.
import { latePanel } from "../../ui/latePanel";
import { definePanel } from "../definePanel";

export const readingPanel = definePanel({
  name: "reading",
  explanation: {
    text:
      "A run that reads through latents (SALS, arXiv 2510.24273) keeps a few coordinates of each key from before RoPE and lets a " +
      "query look only at the slots that a short product selects. Nothing is forgotten, only unread. First, how much of the keys’ squared " +
      "length the leading directions hold, before RoPE and after it: rotation spreads keys over more directions, which is why " +
      "latents are taken before it. Then the share of the slots that each step read, and, beside a full cache fed the same " +
      "tokens, the share of its attention that lay in them.",
    formula:
      "latent = U_rᵀ k over all KV heads of a layer; score = q̃·k̃ on the first r* coordinates; read: sinks, the newest, and the " +
      "N_c highest; energy of r = Σ of the r largest eigenvalues of XᵀX ÷ Σ of all",
  },
  component: latePanel(async () => (await import("./ReadingPanel")).ReadingPanel),
  takes: ["trace", "step", "focus", "onMove", "theme", "lanes", "fullCacheRun", "isFullCacheRunning", "onFullCacheRun"],
});
