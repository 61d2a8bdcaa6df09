// Which original position sits in which slot, per layer and KV head, and the score carried with each slot.
// Every head keeps the same number of slots; each keeps its own set. Slots ascend in position.

export interface CacheState {
  readonly layerCount: number;
  readonly kvHeadCount: number;
  /** Slots in use. */
  readonly lengthSlots: number;
  readonly positions: Int32Array; // [layer][kvHead][slot]
  /** Slots that carry a score, the first ones; 0 before the first event. */
  readonly carriedCount: number;
  readonly carried: Float32Array; // [layer][kvHead][slot of carriedCount]
}

export function emptyCache(layerCount: number, kvHeadCount: number): CacheState {
  return {
    layerCount,
    kvHeadCount,
    lengthSlots: 0,
    positions: new Int32Array(0),
    carriedCount: 0,
    carried: new Float32Array(0),
  };
}

/** The cache after positions `from` … `from + count − 1` were written behind the newest slot of every head. */
export function appendPositions(cache: CacheState, from: number, count: number): CacheState {
  const lengthSlots = cache.lengthSlots + count;
  const headCount = cache.layerCount * cache.kvHeadCount;
  const positions = new Int32Array(headCount * lengthSlots);
  for (let head = 0; head < headCount; head++) {
    positions.set(headRow(cache.positions, head, cache.lengthSlots), head * lengthSlots);
    for (let added = 0; added < count; added++) {
      positions[head * lengthSlots + cache.lengthSlots + added] = from + added;
    }
  }
  return { ...cache, lengthSlots, positions };
}

/** The cache after only `survivors` stayed: [layer][kvHead][keptCount], slots ascending. Scores stay as they are. */
export function keepSlots(cache: CacheState, survivors: Int32Array, keptCount: number): CacheState {
  const headCount = cache.layerCount * cache.kvHeadCount;
  const positions = new Int32Array(headCount * keptCount);
  for (let head = 0; head < headCount; head++) {
    for (let kept = 0; kept < keptCount; kept++) {
      const slot = survivors[head * keptCount + kept];
      positions[head * keptCount + kept] = cache.positions[head * cache.lengthSlots + slot];
    }
  }
  return { ...cache, lengthSlots: keptCount, positions };
}

/** One head's part of a flat [layer][kvHead][width] array; `head` counts layer × kvHeadCount + kvHead. A view, not a copy. */
export function headRow<Row extends Float32Array | Int32Array | Uint8Array>(
  rows: Row,
  head: number,
  width: number,
): Row {
  return rows.subarray(head * width, (head + 1) * width) as Row;
}
