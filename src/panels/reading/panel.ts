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
      "latents are taken before it. Then the bytes that a query read, and what its selection found: the same query over all slots, with " +
      "keys as computed, says which N_c slots have the most attention and how much of it lies in those read. Heads that select " +
      "together are counted together. Beside a full cache fed the same tokens, the share of that run’s attention.",
    formula:
      "latent = U_rᵀ k over all KV heads of a layer; score = q̃·k̃ on the first r* coordinates; read: sinks, the newest, and the " +
      "N_c highest; energy of r = Σ of the r largest eigenvalues of XᵀX ÷ Σ of all; bytes read = 4·(s·r* + k·(r + n·d)) of s slots " +
      "held and k selected, against 4·2·s·n·d; found = |selected ∩ N_c with the most attention| ÷ N_c",
  },
  component: latePanel(async () => (await import("./ReadingPanel")).ReadingPanel),
  takes: [
    ...(["trace", "step", "focus", "onMove", "theme", "lanes", "problem", "onTry"] as const),
    ...(["fullCacheRun", "isFullCacheRunning", "onFullCacheRun"] as const),
  ],
});
