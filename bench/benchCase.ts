// What a bench case is.
import type { BenchContext } from "./context";
import type { BenchTable } from "./table";

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
