// The command line of `npm run scorecard`, parsed into a record.

import { parseArgs } from "node:util";
import { errorMessage, InputError } from "../../src/lib/errors";
import { problemFamilies } from "../../src/problems/families";
import type { ProblemFamily } from "../../src/problems/problem";
import { parseCount } from "../eval/options";
import { parseFamily } from "../eval/problemSet";
import { parseDate, parseName, storedCommand } from "../storedResult";
import { shippedFolder } from "../../scripts/shippedFolder";
import { cardCount, cardParts, cardShares, fedCount, type CardPart } from "./plan";

export interface CardOptions {
  readonly name: string;
  readonly date: string;
  /** As typed, without the flags that do not change a figure. */
  readonly command: string;
  readonly modelFolder: string;
  readonly streamFolder: string;
  readonly parts: readonly CardPart[];
  readonly families: readonly ProblemFamily[];
  readonly count: number;
  readonly fedCount: number;
  readonly isFinishedOnly: boolean;
  readonly logFile: string;
  readonly outFile: string;
}

const flags = {
  name: { type: "string", default: "winnow-1m" },
  date: { type: "string" },
  model: { type: "string", default: shippedFolder },
  "stream-model": { type: "string", default: "public/models/winnow-stream-1m" },
  family: { type: "string", default: problemFamilies.join(",") },
  column: { type: "string" },
  share: { type: "string" },
  unit: { type: "string" },
  count: { type: "string", default: String(cardCount) },
  fed: { type: "string", default: String(fedCount) },
  finished: { type: "boolean", default: false },
  resume: { type: "string" },
  out: { type: "string" },
  help: { type: "boolean", default: false },
} as const;

export const usage = `Usage: npm run scorecard -- --date YYYY-MM-DD [--count N] …
  --name NAME      (${flags.name.default}); the card is written to public/results/scorecard/NAME.json
  --date DATE      written into the card: the day it is made
  --count N        problems of each family, and streams (${flags.count.default})
  --fed N          of them, problems of each family fed the full cache's tokens too (${flags.fed.default})
  --model DIR      folder in Hugging Face layout (${flags.model.default})
  --stream-model DIR  of the model for streams (${flags["stream-model"].default}); without it there are no streams
  --family F,F     ${flags.family.default}; none: streams alone
  --column C,C     a part of the methods
  --share B,B      a part of ${cardShares.join(", ")}
  --unit U         slots or bytes (both)
  --finished       runs nothing; a cell has the first problems that have run
  --resume FILE    keeps a run per line; what stands there is not run again (.cache/scorecard-NAME.jsonl)
  --out FILE
Problems and their seeds are the first of those of npm run table. One process: times are compared within it.`;

/** Null when help was asked for. Throws InputError for anything it does not know. */
export function parseCardOptions(argv: readonly string[]): CardOptions | null {
  const values = parseFlags(argv);
  if (values.help) return null;
  const name = parseName(values.name);
  return {
    ...{ name, date: parseDate(values.date), isFinishedOnly: values.finished },
    command: storedCommand("npm run scorecard", argv),
    modelFolder: values.model,
    streamFolder: values["stream-model"],
    parts: chosenParts(values),
    families: values.family === "none" ? [] : values.family.split(",").map(parseFamily),
    count: parseCount(values.count, "count"),
    fedCount: parseCount(values.fed, "fed"),
    logFile: values.resume ?? `.cache/scorecard-${name}.jsonl`,
    outFile: values.out ?? `public/results/scorecard/${name}.json`,
  };
}

function chosenParts({ column, share, unit }: ReturnType<typeof parseFlags>): readonly CardPart[] {
  if (unit !== undefined && unit !== "slots" && unit !== "bytes") {
    throw new InputError(`--unit is "${unit}", expected slots or bytes`);
  }
  const ids = column?.split(",");
  const known = [...new Set(cardParts.flatMap(({ columns }) => columns.map(({ id }) => id)))];
  const unknown = ids?.find((id) => !known.includes(id));
  if (unknown !== undefined) throw new InputError(`--column is "${unknown}", expected ${known.join(", ")}`);
  const shares = share?.split(",").map(Number);
  const odd = shares?.find((one) => !cardShares.includes(one));
  if (odd !== undefined) throw new InputError(`--share is "${share ?? ""}", expected ${cardShares.join(", ")}`);
  return cardParts
    .filter((part) => unit === undefined || part.unit === unit)
    .map((part) => ({
      ...part,
      columns: part.columns.filter(({ id }) => ids?.includes(id) ?? true),
      shares: part.shares.filter((one) => shares?.includes(one) ?? true),
    }))
    .filter(({ columns, shares: left }) => columns.length > 0 && left.length > 0);
}

// The return type is what parseArgs makes of flags.
function parseFlags(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: flags }).values;
  } catch (error) {
    throw new InputError(`${errorMessage(error)}\n${usage}`);
  }
}
