// What config.json says layer by layer: which layers rotate queries and keys, by which angles, and which see only the newest tokens.

import { InputError } from "../lib/errors";
import { fieldError, flagField, hasField, numberField, recordFields, wholeNumberField, type Fields } from "./fields";
import { parseRope, type RopeSettings } from "./ropeConfig";

/** What may differ from layer to layer. */
export interface LayerConfig {
  /** How queries and keys are rotated by their positions; null: they are not. */
  readonly rope: RopeSettings | null;
  /** How many of the newest tokens a query sees, its own included; null: all that the layer holds. */
  readonly window: number | null;
}

interface LayerFrame {
  /** As config.ts calls it. */
  readonly architecture: string;
  readonly layerCount: number;
  readonly maxPositions: number;
}

/** Throws InputError for layers that cannot be computed, and for models in which no policy could act. */
export function parseLayers(fields: Fields, frame: LayerFrame): LayerConfig[] {
  const { architecture, layerCount, maxPositions } = frame;
  const windows = parseWindows(fields, frame);
  const layers = windows.map((window): LayerConfig => ({ rope: null, window }));
  if (architecture === "gemma3") {
    const { full, sliding } = parseGemmaRope(fields, maxPositions);
    return requireGlobalLayer(
      fields.file,
      layers.map(({ window }) => ({ rope: window === null ? full : sliding, window })),
    );
  }
  const thetaDefault = architecture === "smollm3" ? 2_000_000 : 10_000;
  const rope = parseRope(fields, { maxPositions, thetaDefault });
  const isRotated = architecture === "smollm3" ? parseRotatedLayers(fields, layerCount) : null;
  return requireGlobalLayer(
    fields.file,
    layers.map(({ window }, layer) => ({ rope: isRotated === null || isRotated[layer] ? rope : null, window })),
  );
}

/** The window of each layer; undefined where every layer sees everything. [layer] */
export function windowsOf(layers: readonly LayerConfig[]): readonly (number | null)[] | undefined {
  const windows = layers.map(({ window }) => window);
  return windows.every((window) => window === null) ? undefined : windows;
}

/** Layers that see everything and rotate alike. */
export function fullLayers(layerCount: number, rope: RopeSettings): LayerConfig[] {
  return new Array<LayerConfig>(layerCount).fill({ rope, window: null });
}

/** Where every layer sees only the newest tokens, nothing is left for a policy to decide. */
export function requireGlobalLayer(file: string, layers: LayerConfig[]): LayerConfig[] {
  if (layers.some(({ window }) => window === null)) return layers;
  throw new InputError(
    `${file}: every layer sees only the newest ${layers[0].window} tokens, so there is nothing that a policy could choose to keep; choose another model`,
  );
}

/** A window of at least the model's context hides nothing. */
export function windowWithin(width: number, maxPositions: number): number | null {
  return width >= maxPositions ? null : width;
}

/** [layer] */
function parseWindows(fields: Fields, { architecture, layerCount, maxPositions }: LayerFrame): (number | null)[] {
  const width = fields.values.get("sliding_window") ?? null;
  const parsedWidth = (): number | null =>
    width === null
      ? null
      : windowWithin(wholeNumberField(fields, "sliding_window", { low: 1, high: 2 ** 31 }), maxPositions);
  const everyLayer = Array.from({ length: layerCount }, (_, layer) => layer);
  // The window of all layers, 4096 where the field is left out (config.ts has the default); null is none.
  if (architecture === "mistral") return everyLayer.map(parsedWidth);
  const types = fields.values.get("layer_types") ?? null;
  if (types !== null) {
    const known = ["full_attention", "sliding_attention"];
    if (!Array.isArray(types) || types.length < layerCount || !types.every((type) => known.includes(String(type)))) {
      throw fieldError(fields, "layer_types", `a list of ${known.join(" or ")} for each of ${layerCount} layers`);
    }
    const isSliding = types.slice(0, layerCount).map((type) => type === "sliding_attention");
    if (architecture === "llama" && isSliding.includes(true)) {
      throw fieldError(
        fields,
        "layer_types",
        "full_attention in all layers: no Llama has layers with sliding-window attention",
      );
    }
    return isSliding.map((slides) => (slides ? parsedWidth() : null));
  }
  if (architecture === "gemma3") {
    const pattern = wholeNumberField(fields, "sliding_window_pattern", { low: 1, high: 1000 });
    return everyLayer.map((layer) => ((layer + 1) % pattern === 0 ? null : parsedWidth()));
  }
  // Qwen2's rule: layers from max_window_layers on slide, if use_sliding_window is set and a width is given.
  const first = fields.values.get("max_window_layers") ?? 28;
  const slides = (layer: number): boolean => typeof first === "number" && layer >= first;
  if (!flagField(fields, "use_sliding_window") || width === null) return everyLayer.map(() => null);
  if (!architecture.startsWith("qwen") && everyLayer.some(slides)) {
    throw fieldError(fields, "use_sliding_window", "false: sliding-window attention is set by this in Qwen alone");
  }
  return everyLayer.map((layer) => (slides(layer) ? parsedWidth() : null));
}

/** SmolLM3: one flag per layer, of which 1 means that RoPE is used; without them every fourth layer goes without, or as the interval says. */
function parseRotatedLayers(fields: Fields, layerCount: number): boolean[] {
  const flags = fields.values.get("no_rope_layers") ?? null;
  if (flags !== null) {
    if (!Array.isArray(flags) || flags.length < layerCount || !flags.every((flag) => flag === 0 || flag === 1)) {
      throw fieldError(fields, "no_rope_layers", `a list of 0 or 1 for each of ${layerCount} layers`);
    }
    return flags.map((flag) => flag === 1);
  }
  const interval = hasField(fields, "no_rope_layer_interval")
    ? wholeNumberField(fields, "no_rope_layer_interval", { low: 1, high: 1000 })
    : 4;
  return rotatedLayers(layerCount, interval);
}

/** Layers counted from 1: every `interval`-th is not rotated. */
export function rotatedLayers(layerCount: number, interval: number): boolean[] {
  return Array.from({ length: layerCount }, (_, layer) => (layer + 1) % interval !== 0);
}

/** Two bases: of the layers that see everything, which may be scaled, and of those with a window. */
function parseGemmaRope(fields: Fields, maxPositions: number): { full: RopeSettings; sliding: RopeSettings } {
  const written = fields.values.get("rope_parameters") ?? null;
  const nested = written === null ? null : recordFields(written, `${fields.file}: rope_parameters`);
  const ofType = (type: string, thetaDefault: number): RopeSettings | null => {
    if (nested === null || !hasField(nested, type)) return null;
    const record = recordFields(nested.values.get(type), `${nested.file}: ${type}`);
    const alone = { file: record.file, values: new Map([["rope_parameters", Object.fromEntries(record.values)]]) };
    return parseRope(alone, { maxPositions, thetaDefault });
  };
  const isNested = nested !== null && [...nested.values.values()].some((value) => typeof value === "object");
  const plain = {
    file: fields.file,
    values: new Map([...fields.values].filter(([name]) => name !== "rope_parameters" || !isNested)),
  };
  const local = hasField(fields, "rope_local_base_freq")
    ? numberField(fields, "rope_local_base_freq", { low: 1, high: 1e12 })
    : 10_000;
  return {
    full: ofType("full_attention", 1_000_000) ?? parseRope(plain, { maxPositions, thetaDefault: 1_000_000 }),
    sliding: ofType("sliding_attention", 10_000) ?? { ropeTheta: local, ropeScaling: null },
  };
}
