// What a reader may choose in Storage.
import { oneOf, viewRules } from "../viewRules";

export interface StorageView {
  readonly kind: "keys" | "values";
  /** A strip of bits that is looked at, "4 4 2 8"; empty for the run's own. */
  readonly bits: string;
  /** What a search looks for. */
  readonly target: "fewestBytes" | "leastKl";
  /** Bounds: KL in nats, and bits of a number, as the mean over the layers. */
  readonly mostKl: (typeof klBounds)[number];
  readonly mostBits: (typeof bitsBounds)[number];
}

export const klBounds = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1] as const;
export const bitsBounds = [2.25, 2.5, 3, 3.5, 4, 5, 6] as const;

const isStrip = (value: unknown): value is string =>
  typeof value === "string" && /^([2348]( [2348])*)?$/.test(value) && value.length <= 256;

export const storageViewRules = viewRules<StorageView>(
  { kind: "keys", bits: "", target: "fewestBytes", mostKl: 1e-4, mostBits: 3 },
  {
    kind: oneOf("keys", "values"),
    bits: isStrip,
    target: oneOf("fewestBytes", "leastKl"),
    mostKl: oneOf(...klBounds),
    mostBits: oneOf(...bitsBounds),
  },
);
