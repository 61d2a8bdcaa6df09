// npm run problems -- --family walk --difficulty 10 --seed 1 --count 100: problems as JSON lines, for training,
// experiments and people. The page draws from the same generators.

import { errorMessage, InputError } from "../src/lib/errors";
import { hashWords, randomStream } from "../src/lib/random";
import { drawProblem, drawWithKnobs } from "../src/problems/families";
import { problemLinks } from "../lab/analysis/links";
import type { Problem } from "../src/problems/problem";
import { vocabulary } from "../src/problems/vocabulary";
import { createLineWriter } from "./problems/lineWriter";
import type { ProblemsOptions } from "./problems/options";
import { parseOptions, usage } from "./problems/options";

/** Exit codes: 0 = written, or nobody read on; 2 = it could not be done as asked. */
export async function main(argv: string[]): Promise<number> {
  try {
    const options = parseOptions(argv);
    if (options === null) console.log(usage);
    else await writeProblems(options);
    return 0;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    console.error(error.message);
    if (!error.message.includes("Usage:")) console.error("npm run problems -- --help says what there is.");
    return 2;
  }
}

async function writeProblems(options: ProblemsOptions): Promise<void> {
  const writer = createLineWriter(options.file);
  if (options.isVocabulary) await writer.write(JSON.stringify(vocabulary));
  else {
    for (let index = 0; index < options.count; index++) {
      const isRead = await writer.write(problemLine(drawNumbered(options, index), options.hasLinks));
      if (!isRead) break;
    }
  }
  await writer.end();
}

function problemLine(problem: Problem, hasLinks: boolean): string {
  return JSON.stringify(hasLinks ? { ...problem, links: problemLinks(problem) } : problem);
}

/** Problem number `index` of a series. What it is depends on its seed, family and ranges alone. */
export function drawNumbered(
  { families, difficulty, knobs, seed: firstSeed }: ProblemsOptions,
  index: number,
): Problem {
  const family = families[index % families.length];
  const seed = firstSeed + index;
  // Apart from the problem's own draws, which begin from the seed itself.
  const stream = randomStream(hashWords(seed, 0x64726177));
  if (knobs === null) return drawProblem(family, stream.integer(...difficulty), seed);
  const drawn = Object.entries(knobs).map(([name, range]) => [name, stream.integer(...range)] as const);
  try {
    return drawWithKnobs(family, Object.fromEntries(drawn), seed);
  } catch (error) {
    throw new InputError(`--knobs: ${errorMessage(error)}`);
  }
}
