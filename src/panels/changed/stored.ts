// The stored figures as groups of bars, and what they say in words. Pure.
import { withholdings, type ChangedCell, type ComparedEstimate, type Withholding } from "../../state/storedMeasures";
import { writtenNumber } from "../../ui/numbers";
import { ageName, headName, type BarGroup } from "./layout";
import type { ChangedView } from "./view";

const withheldNames: Readonly<Record<Withholding, { readonly label: string; readonly name: string }>> = {
  readingHead: { label: "reading", name: "fact withheld from the reading head" },
  otherHeads: { label: "others", name: "fact withheld from all other heads" },
  allHeads: { label: "all", name: "fact withheld from all heads" },
  everywhere: {
    label: "16 words",
    name: "fact and the sentences that read it withheld from all heads, for the last 16 words",
  },
};

/** The cell that is shown; null where it was not measured. */
export function shownCell(cells: readonly ChangedCell[], { family, budgetShare }: ChangedView): ChangedCell | null {
  return cells.find((cell) => cell.family === family && cell.budgetShare === budgetShare) ?? null;
}

export interface StoredGroups {
  readonly withheld: readonly BarGroup[];
  readonly rightByAge: readonly BarGroup[];
  readonly kept: readonly BarGroup[];
  readonly attention: readonly BarGroup[];
  readonly votes: readonly BarGroup[];
}

export function storedGroups(
  { base, changed }: ChangedCell,
  { words }: ChangedView,
  heads: { readonly queryHeads: number; readonly kvHeads: number },
): StoredGroups {
  const [ofBase, ofChanged] = [base.right[words], changed.right[words]];
  return {
    withheld: [
      { label: "nothing", name: "nothing withheld", base: ofBase.nothing, changed: ofChanged.nothing },
      ...withholdings.map((condition) => ({
        ...withheldNames[condition],
        ...{ base: ofBase[condition].fact, changed: ofChanged[condition].fact },
        control: { base: ofBase[condition].control, changed: ofChanged[condition].control },
      })),
    ],
    rightByAge: base.rightByAge.map(({ from, right }, at) => ({
      ...ageName(from, base.rightByAge.at(at + 1)?.from ?? Infinity),
      ...{ base: right, changed: changed.rightByAge[at].right },
    })),
    kept: (["prompt", "reasoning"] as const).map((where) => ({
      ...{ label: where, name: `facts of the ${where}` },
      ...{ base: base.kept[where], changed: changed.kept[where] },
    })),
    attention: base.attention.map((estimate, head) => ({
      ...headName(head, heads.queryHeads, "query head"),
      ...{ base: estimate, changed: changed.attention[head] },
    })),
    votes: base.voteEntropy.map((estimate, head) => ({
      ...headName(head, heads.kvHeads, "KV head"),
      ...{ base: estimate, changed: changed.voteEntropy[head] },
    })),
  };
}

/** A difference of more standard errors than this is called one. */
const CERTAIN = 2;

/** What was found, whichever way it came out. */
export function findings({ base, changed, effects }: ChangedCell): readonly string[] {
  const { right: gain } = effects.lost;
  const { otherCopies } = effects.all;
  const facts = base.kept.prompt.count > 0 ? "prompt" : "reasoning";
  const sentences = [
    `A fact of the ${facts} is kept by ${writtenNumber(base.kept[facts].mean)} heads before and ` +
      `${writtenNumber(changed.kept[facts].mean)} after.`,
  ];
  if (gain !== null) {
    sentences.push(
      `Where the reading head has evicted the fact, ${percent(gain.base.mean)} of the words are right before and ` +
        `${percent(gain.changed.mean)} after.`,
    );
  }
  if (otherCopies !== null) sentences.push(copiesSentence(otherCopies));
  const [without, with_] = [base.right.lost.everywhere.fact, changed.right.lost.everywhere.fact];
  if (without.count > 0 && with_.count > 0) {
    const isStill = with_.mean - without.mean > CERTAIN * Math.hypot(with_.error, without.error);
    sentences.push(
      `With every copy of the fact withheld for the last 16 words, ${percent(without.mean)} of these words are right before and ` +
        `${percent(with_.mean)} after` +
        (isStill ? ": that gain needs no copy. What the model takes the word from instead was not measured." : "."),
    );
  }
  return sentences;
}

/** The guess: it has learned to use other heads' copies of a fact. */
function copiesSentence({ base, changed, difference }: ComparedEstimate): string {
  const isClear = Math.abs(difference.mean) > CERTAIN * difference.error;
  const verdict = !isClear
    ? "The guess that it learned to use other heads’ copies is not borne out"
    : difference.mean > 0
      ? "It has learned to use other heads’ copies"
      : "It uses other heads’ copies less than before";
  return (
    `${verdict}: where the reading head’s copy is withheld, those of the others bring ${points(base.mean)} points of right words ` +
    `before and ${points(changed.mean)} after (difference ${points(difference.mean)} ± ${points(difference.error)}).`
  );
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;
const points = (share: number): string => (100 * share).toFixed(1).replace("-", "−");
