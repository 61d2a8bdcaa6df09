// Value norms of a stream of frames, averaged with their neighbours: InfiniPot-V (arXiv:2506.15745; aiha-lab/InfiniPot-V 81a4dbe,
// kvcache_utils.py). A frame is a grid of rows × columns tokens; a window can reach over frames, rows and columns (3-D), over
// the rows and columns of its frame (2-D), or along the text (1-D).

export interface FrameGrid {
  readonly frameCount: number;
  readonly rowCount: number;
  readonly columnCount: number;
}

export interface FrameWindow {
  readonly reach: "3d" | "2d" | "1d" | "none";
  /** Tokens across, odd. */
  readonly width: number;
}

/**
 * The mean over the window around each token. Outside counts 0 and the divisor stays the window's size, as in the code. Windows
 * over a grid shrink to the largest odd width that fits frames, rows and columns. `norms` and result
 * [frame][row][column], flat
 */
export function poolFrames(norms: Float32Array, grid: FrameGrid, { reach, width }: FrameWindow): Float32Array {
  switch (reach) {
    case "3d": {
      const across = fittingWidth(width, grid.frameCount, grid.rowCount, grid.columnCount);
      return averaged(norms, grid, [across, across, across]);
    }
    case "2d": {
      const across = fittingWidth(width, grid.rowCount, grid.columnCount);
      return averaged(norms, grid, [1, across, across]);
    }
    case "1d":
      return averaged(norms, { frameCount: 1, rowCount: 1, columnCount: norms.length }, [1, 1, width]);
    case "none":
      return norms.slice();
  }
}

/** The largest odd number that is no larger than any of these. */
function fittingWidth(...sizes: readonly number[]): number {
  const least = Math.min(...sizes);
  return least % 2 === 1 ? least : least - 1;
}

function averaged(norms: Float32Array, grid: FrameGrid, widths: readonly [number, number, number]): Float32Array {
  const { rowCount, columnCount } = grid;
  const [ofFrames, ofRows, ofColumns] = widths.map((width) => (width - 1) / 2);
  const divisor = widths[0] * widths[1] * widths[2];
  return norms.map((_, token) => {
    const column = token % columnCount;
    const row = Math.floor(token / columnCount) % rowCount;
    const frame = Math.floor(token / (columnCount * rowCount));
    let sum = 0;
    for (const nearFrame of around(frame, ofFrames, grid.frameCount)) {
      for (const nearRow of around(row, ofRows, rowCount)) {
        const from = (nearFrame * rowCount + nearRow) * columnCount;
        for (const nearColumn of around(column, ofColumns, columnCount)) sum += norms[from + nearColumn];
      }
    }
    return sum / divisor;
  });
}

/** What lies within reach of `at` among `count`. */
function around(at: number, reach: number, count: number): number[] {
  const start = Math.max(0, at - reach);
  return Array.from({ length: Math.min(count, at + reach + 1) - start }, (_, step) => start + step);
}
