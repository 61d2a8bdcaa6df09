// The lifelines as rows, in the order and with the filter on show.
import type { FigureTable } from "../../ui/figure/figureTable";
import { USED_SHARE } from "../../trace/tokenUses";
import type { Trace } from "../../trace/trace";
import { lifeRow } from "./rows";

interface TableRequest {
  readonly step: number;
  readonly head: number;
  /** What the head is called. */
  readonly headName: string;
  readonly positions: Int32Array;
  readonly lastUses: Int32Array | null;
}

export function lifelinesTable(trace: Trace, request: TableRequest): FigureTable {
  const { step, head, headName, positions, lastUses } = request;
  return {
    caption:
      `Tokens after step ${step}. Used: more than ${USED_SHARE * 100} % of one head's attention by a later token, ` +
      `from the recorded rows${lastUses === null ? ", which this run does not have" : ""}.`,
    columns: [
      "position",
      "token",
      "born (step)",
      "last head let go (step)",
      "heads holding now",
      `death in ${headName} (step)`,
      "lifetime (steps)",
      "last use (step)",
    ],
    rows: Array.from(positions, (position) => {
      const row = lifeRow(trace, step, position, { head, lastUses });
      return [
        position,
        row.text,
        row.bornStep,
        row.lastDeathStep,
        row.heldCount,
        row.headDeathStep,
        row.lifetimeSteps,
        row.lastUseStep,
      ];
    }),
  };
}
