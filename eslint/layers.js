// Who may import whom among the folders of src/: the table that the rule in layerRule.js enforces. Type imports obey
// it too. Files directly in src/ (App, main), tests and their helpers (`*.testing.ts`) may import anything, and so may
// everything outside src/.

const panels = [
  "lib",
  "hub",
  "cache",
  "ui",
  "problems",
  "settings",
  "trace",
  "state",
  "model/headRoles",
  "model/storageSurvey",
  "model/changedFigures",
  "model/keyBasis",
  "policy/formula",
  "policy/admission",
  "policy/scoreKinds",
  "policy/streamChoices",
  "policy/parameters",
  "policy/parameterRow",
  "styles/shareBody.css",
];

/**
 * A name allows a whole layer, `layer/file` allows one file of it.
 * @type {Readonly<Record<string, readonly string[]>>}
 */
export const layers = {
  // Small functions that know nothing of the project.
  lib: [],
  // Config, model file, weights, tokenizer, sampler.
  model: ["lib"],
  // Style sheets. main.tsx brings them all but those of what is fetched late.
  styles: [],
  // How a model's files come from a hub or from disk, and stay in this browser; fetch.html.
  hub: ["lib", "model", "styles/base.css"],
  // Problem families: generator, checker (seeded, pure).
  problems: ["lib"],
  // Rows of values per layer and KV head, and which position is in which slot.
  cache: ["lib"],
  // Who is evicted: formulas over terms, and the policies that state them.
  policy: ["lib", "cache"],
  // What a run leaves behind, and figures derived from it.
  trace: [
    ...[
      "lib",
      "cache",
      "policy/formula",
      "policy/columns",
      "policy/layerWindows",
      "policy/admission",
      "policy/scoreKinds",
    ],
    "policy/frameCompression",
    "policy/streamChoices",
  ],
  // Load, decode, GPU and CPU backends, worker. The kernels' source lies outside src/.
  engine: ["lib", "model", "cache", "trace", "policy", "shaders"],
  // The table of user choices, share link, presets.
  settings: ["lib", "policy", "engine/storage/byteBudget", "engine/storage/byteObjection"],
  // Many runs to one table.
  experiment: ["lib", "cache", "problems", "settings", "trace", "engine/client", "engine/protocol"],
  // The store: facts and choices, nothing derived.
  state: [
    ...["lib", "cache", "problems", "settings", "trace", "experiment", "engine/client", "engine/protocol"],
    "hub/speech",
    "model/headRoles",
    "model/storageSurvey",
    "model/changedFigures",
    "model/keyBasis",
    "policy/streamChoices",
  ],
  // Generic controls and canvases.
  ui: ["lib"],
  // One folder per panel.
  panels,
  // What Watch and Learn say: a folder for each language, with the same names and types in it.
  words: ["lib", "problems", "trace"],
  // The ways to see a run: Watch, Explore, Learn, Present, and Streams. One folder each.
  ways: [...panels, "policy/budget", "panels", "words"],
  // The copy of the page that the browser keeps.
  offline: ["lib", "ui"],
  // The page inside a frame: its query, its messages, its compact bar.
  embed: ["lib", "cache", "ui", "problems", "settings", "trace", "state", "panels"],
};
