// Quantisation characterisation: ways to store and serve the model, measured side by side.
import { latePanel } from "../../ui/latePanel";
import { definePanel } from "../definePanel";
import { characterisationRules } from "./view";

export const characterisationPanel = definePanel({
  name: "characterisation",
  explanation: {
    text:
      "After qMeter (arXiv 2508.16712), of which only the abstract is known here: vary one thing, report every axis, hold all rows against one " +
      "baseline. A second engine measures row after row on the prompt of the run on the stage. Each starts a fresh engine (cold), then " +
      "runs again (warm). The tokens that the baseline generates are fed to every row, and their logits compared; problems are solved " +
      "with each row’s own text. Weights in blocks (Q8_0 to Q4_0) are quantised when the model loads, as GGUF files are, and multiplied " +
      "as they are stored. Bytes are those that the engine holds and reads: numbers take 32 bits on a CPU, 16 or 32 on a GPU.",
    formula:
      "first token = buffers and kernels + prefill; time per token = the engine’s work of a step; perplexity = exp(mean −ln p); " +
      "KL = mean KL(baseline ‖ row), in nats; bytes of a token = weights + cache in use; operations = 2·weights + 4·L·H·d·slots",
  },
  view: characterisationRules,
  component: latePanel(async () => (await import("./CharacterisationPanel")).CharacterisationPanel),
  takes: ["trace", "isEnded", "problem", "backend", "characterisation", "onCharacterisation"],
});
