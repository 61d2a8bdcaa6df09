// Matrices that terms multiply keys and values by: drawn once per run, or found for the model beforehand (Q-Filters).
import { hashNormal } from "../../lib/random";
import type { QueryFilters } from "../../model/queryFilters";

export interface TermMatrices {
  /** Standard normal draws of a head's own. [headDim][column] */
  sketch(layer: number, kvHead: number, columnCount: number): Float32Array;
  /** Standard normal draws that all heads share. [headDim][column] */
  projection(columnCount: number): Float32Array;
  /** Away from where the queries of a KV head point. [headDim] */
  filter(layer: number, kvHead: number): Float32Array;
}

/** Those of one head. */
export interface HeadMatrices {
  sketch(columnCount: number): Float32Array;
  projection(columnCount: number): Float32Array;
  filter(): Float32Array;
}

export function matricesOfHead(matrices: TermMatrices, layer: number, kvHead: number): HeadMatrices {
  return {
    sketch: (columnCount) => matrices.sketch(layer, kvHead, columnCount),
    projection: (columnCount) => matrices.projection(columnCount),
    filter: () => matrices.filter(layer, kvHead),
  };
}

interface MatrixShape {
  readonly headDim: number;
  readonly kvHeadCount: number;
}

/** The seed says what is drawn, so that a run repeats on any backend. A draw is made when it is first asked for. */
export function drawnMatrices(
  seed: number,
  { headDim, kvHeadCount }: MatrixShape,
  filters: QueryFilters | null,
): TermMatrices {
  const drawn = new Map<string, Float32Array>();
  const draw = (columnCount: number, ...keys: readonly number[]): Float32Array => {
    const name = [columnCount, ...keys].join();
    const known = drawn.get(name);
    if (known !== undefined) return known;
    const matrix = Float32Array.from({ length: headDim * columnCount }, (_, at) => hashNormal(seed, ...keys, at));
    drawn.set(name, matrix);
    return matrix;
  };
  return {
    sketch: (layer, kvHead, columnCount) => draw(columnCount, layer, kvHead),
    projection: (columnCount) => draw(columnCount),
    filter: (layer, kvHead) => {
      const first = (layer * kvHeadCount + kvHead) * headDim;
      return filters?.subarray(first, first + headDim) ?? new Float32Array(headDim);
    },
  };
}
