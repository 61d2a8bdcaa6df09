// The list of bench cases. Each figure is a ratio or a rate from one run, taken in turns where two things are compared.
import type { BenchCase } from "./benchCase";
import { costCase } from "./costCase";
import { growthCase } from "./growthCase";
import { matVecCase } from "./matVecCase";
import { neighbourCase } from "./neighbourCase";
import { scrubCase } from "./scrubCase";
import { speedCase } from "./speedCase";
import { streamCase } from "./streamCase";
import { tapsCase } from "./tapsCase";

export const benchCases: readonly BenchCase[] = [
  speedCase,
  matVecCase,
  tapsCase,
  growthCase,
  costCase,
  neighbourCase,
  scrubCase,
  streamCase,
];
