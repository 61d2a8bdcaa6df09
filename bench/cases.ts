// The list of bench cases. Each figure is a ratio or a rate from one run, taken in turns where two things are compared.
import type { BenchContext } from "./context";
import { costCase } from "./costCase";
import { growthCase } from "./growthCase";
import { matVecCase } from "./matVecCase";
import { neighbourCase } from "./neighbourCase";
import { speedCase } from "./speedCase";
import type { BenchTable } from "./table";
import { tapsCase } from "./tapsCase";

export interface BenchOptions {
  /** Fewer repeats and shorter texts: to see that it works. */
  readonly isQuick: boolean;
  /** Folders of the server for the neighbour case. */
  readonly onnxModels: string;
  readonly onnxRuntime: string;
}

export interface BenchCase {
  readonly id: string;
  run(context: BenchContext, options: BenchOptions): Promise<BenchTable>;
}

export const benchCases: readonly BenchCase[] = [speedCase, matVecCase, tapsCase, growthCase, costCase, neighbourCase];
