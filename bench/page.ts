// The bench's page: runs one case at a time, in a real browser, on the product's own modules. scripts/bench.ts calls it.

import type { BenchOptions, BenchCase } from "./context";
import type { BenchTable } from "./table";
import { openBenchContext } from "./context";
import { attentionCase } from "./attentionCase";
import { costCase } from "./costCase";
import { growthCase } from "./growthCase";
import { mergeCase } from "./mergeCase";
import { matVecCase } from "./matVecCase";
import { modelsCase } from "./modelsCase";
import { neighbourCase } from "./neighbourCase";
import { openCase } from "./openCase";
import { scrubCase } from "./scrubCase";
import { speedCase } from "./speedCase";
import { squeezeCase } from "./squeezeCase";
import { streamCase } from "./streamCase";
import { tapsCase } from "./tapsCase";
import { traceCase } from "./traceCase";

declare global {
  interface Window {
    winnowBench: {
      /** Adapter and browser, in words. */
      describe(): Promise<string[]>;
      run(caseId: string, options: BenchOptions): Promise<BenchTable>;
    };
  }
}

const context = openBenchContext();

window.winnowBench = {
  describe: async () => (await context).description,
  run: async (caseId, options) => {
    const found = benchCases.find((candidate) => candidate.id === caseId);
    if (found === undefined) throw new Error(`no bench case "${caseId}"`);
    return found.run(await context, options);
  },
};

const benchCases: readonly BenchCase[] = [
  speedCase,
  matVecCase,
  tapsCase,
  traceCase,
  openCase,
  growthCase,
  costCase,
  attentionCase,
  mergeCase,
  modelsCase,
  neighbourCase,
  scrubCase,
  streamCase,
  squeezeCase,
];
