// The tasks whose answers are read from a needle (needles.ts finds them in a text): copied from it, or derived.

export type NeedleKind = "surface" | "logic";

interface TaskWords {
  readonly kind: NeedleKind;
  readonly label: string;
  /** The needle in brackets, the answer after the arrow. */
  readonly example: string;
}

export const needleTasks = {
  rule: { kind: "surface", label: "a room's rule", example: "[Barn: gain 2 ; even to hall ; …] … barn 10 → gain 2" },
  branch: { kind: "surface", label: "where a rule leads", example: "[Barn: … ; even to hall ; …] … even to → hall" },
  note: { kind: "surface", label: "a note in the diary", example: "[barn's 12 to den .] … recall → 12" },
  fact: { kind: "surface", label: "a fact of the story", example: "[Gus has 1 fewer than Eva's .] … with → 1 fewer" },
  reference: {
    kind: "surface",
    label: "whom a fact refers to",
    example: "[Gus has 1 fewer than Eva's .] … Gus's → Eva's",
  },
  solved: {
    kind: "surface",
    label: "a number found before",
    example: "[Eva's : 36 with 4 more makes 40 .] … Eva's → 40",
  },
  order: { kind: "surface", label: "an order", example: "[Begin with Hello .] … Answer : → Hello" },
  sum: { kind: "logic", label: "a sum", example: "[10 gain 2] makes → 12" },
  parity: { kind: "logic", label: "even or odd", example: "makes [12] → even" },
  compare: { kind: "logic", label: "above or below", example: "makes [16 recall 12] → above" },
  count: { kind: "logic", label: "counting down", example: "[20 left] … → 19" },
  recall: { kind: "logic", label: "seen before?", example: "[barn's 12 to den .] … makes 16 → recall" },
} as const satisfies Record<string, TaskWords>;

export type NeedleTask = keyof typeof needleTasks;

export const needleTaskIds = Object.keys(needleTasks) as NeedleTask[];
