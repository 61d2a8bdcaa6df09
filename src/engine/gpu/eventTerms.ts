// The terms of an event over all layers, and what stands behind them: one submit, one read-back. Sizes follow the slots in use.
import type { HeadRows, RowValues } from "../../cache/headRows";
import { headCountOf, headRow, newRows, offsetsOf } from "../../cache/headRows";
import { assert } from "../../lib/errors";
import type { ModelConfig } from "../../model/config";
import type { TermName } from "../../policy/policy";
import type { EventEvidence } from "../../trace/trace";
import type { Measured, SessionRequest } from "../backend";
import { drawnMatrices } from "../terms/termMatrices";
import type { BufferPool } from "./bufferPool";
import { Recorder, type DeviceStats } from "./dispatch";
import type { SessionParts } from "./decodePass";
import type { ParamValues } from "./params";
import { RedundancyTerms } from "./redundancyTerms";
import type { SessionLayout } from "./sessionBuffers";
import type { TermFamily } from "./termFamily";
import { WindowTerms, type TermLayout, type TermSource } from "./windowTerms";

type EvidenceName = keyof EventEvidence;

/** One term in the read-back, or its evidence: a row of `width` numbers for each head, of which the first ones count. */
interface Region {
  readonly name: TermName | EvidenceName;
  readonly startBytes: number;
  readonly width: number;
}

export class EventTerms {
  private readonly window: WindowTerms | null;
  private readonly redundancy: RedundancyTerms | null;
  private readonly families: ReadonlyMap<TermName, TermFamily>;
  private readonly readsPositions: boolean;
  private readonly positions: GPUBuffer;
  private readonly evidence: readonly EvidenceName[];
  private readonly readBack: GPUBuffer;
  private readonly rowCount: number;

  constructor(
    private readonly parts: SessionParts,
    private readonly request: SessionRequest,
    pool: BufferPool,
    private readonly stats: DeviceStats,
  ) {
    const { device, config, kernels, layout, buffers, weights, termFamilies } = parts;
    const { slotCapacity, windowSlots, terms, hasEvidence = false } = request;
    this.rowCount = headCountOf(config);
    this.readsPositions = termFamilies.some((family) => family.readsPositions === true);
    this.positions = pool.storage("positions", this.readsPositions ? this.rowCount * slotCapacity * 4 : 0);
    const source: TermSource = {
      ...{ device, pool, kernels: kernels.terms, params: buffers.params },
      ...{ slotTable: buffers.slotTable, keys: buffers.keys, values: buffers.values, queries: buffers.queryRing },
      ...{ positions: this.positions, ropeTable: buffers.ropeTable, receivedSums: buffers.receivedSums },
      matrices: drawnMatrices(request.parameters.seed, config, parts.filters),
      outputWeights: weights.layers.map(({ attentionOutput }) => attentionOutput),
    };
    const termLayout: TermLayout = {
      ...{ shape: config, slotCapacity, windowSlots },
      ...{ slotTableLayerBytes: layout.slotTableLayerBytes, queryLayerBytes: layout.queryLayerBytes },
    };
    const asksFor = (...names: TermName[]): boolean => names.some((name) => terms.includes(name));
    this.window = asksFor("windowAttention", "attentionShift") ? new WindowTerms(source, termLayout) : null;
    this.redundancy = asksFor("redundancy", "redundancyRaw") ? new RedundancyTerms(source, termLayout) : null;
    this.families = new Map(
      termFamilies.flatMap(({ names, create }) => {
        const family = create(source, termLayout, request.parameters);
        return names.map((name) => [name, family] as const);
      }),
    );
    // The window measures both of its terms, asked for or not.
    const termCount = new Set([...terms, ...(this.window ? windowTerms : [])]).size;
    this.evidence = hasEvidence ? evidenceNames.filter((name) => asksFor(evidenceTerms[name])) : [];
    const regionCount = termCount + this.evidence.length;
    this.readBack = pool.readBack("terms", regionCount * this.rowCount * slotCapacity * 4);
  }

  /** Every term of the request on the cache as it stands; candidates are the slots before the window. */
  async measure(lengths: Int32Array, promptCount: number, positions?: HeadRows<Int32Array>): Promise<Measured> {
    const longestSlots = Math.max(...lengths);
    if (this.readsPositions) this.writePositions(lengths, positions);
    const regions = this.regions(longestSlots, promptCount);
    const last = regions.at(-1);
    if (last === undefined) return { terms: {} };
    const byteCount = last.startBytes + this.regionBytes(last);
    this.record(regions, longestSlots);
    await this.readBack.mapAsync(GPUMapMode.READ, 0, byteCount);
    const bytes = this.readBack.getMappedRange(0, byteCount).slice(0);
    this.readBack.unmap();
    this.stats.readBackBytes += byteCount;
    const candidates = offsetsOf(lengths.map((length) => Math.max(0, length - this.request.windowSlots)));
    const prompt = offsetsOf(lengths.map(() => promptCount));
    const terms = regions.filter(({ name }) => this.request.terms.some((term) => term === name));
    const rowsOf = (region: Region): HeadRows<Float32Array> => {
      const offsets = region.name === "promptAttention" ? prompt : candidates;
      return firstOfRows(new Float32Array(bytes, region.startBytes), region.width, newRows(offsets, Float32Array));
    };
    const evidenceOf = <Values extends Int32Array | Int8Array>(name: EvidenceName, rows: HeadRows<Values>) => {
      const region = regions.find((other) => other.name === name);
      return region && { [name]: firstOfRows(new Int32Array(bytes, region.startBytes), region.width, rows) };
    };
    return {
      terms: Object.fromEntries(terms.map((region) => [region.name, rowsOf(region)])),
      ...evidenceOf("excusedSlots", newRows(offsetsOf(lengths), Int32Array)),
      ...evidenceOf("votingHeads", newRows(candidates, Int8Array)),
    };
  }

  private record(regions: readonly Region[], longestSlots: number): void {
    const recorder = new Recorder(this.parts.device, this.stats, "terms");
    const startOf = (name: Region["name"]): number | null =>
      regions.find((region) => region.name === name)?.startBytes ?? null;
    const hasCandidates = longestSlots > this.request.windowSlots;
    if (this.window !== null && hasCandidates) {
      this.window.encodeStatistics(recorder, longestSlots, {
        buffer: this.readBack,
        meanBytes: startOf("windowAttention") ?? 0,
        deviationBytes: startOf("attentionShift") ?? 0,
        votingHeadsBytes: startOf("votingHeads"),
      });
    }
    if (this.redundancy !== null) this.redundancy.encodeKeyNorm(recorder, longestSlots);
    for (const family of new Set(this.families.values())) family.encode(recorder, longestSlots);
    for (const region of regions) this.recordRegion(recorder, region, longestSlots);
    recorder.submit();
  }

  private recordRegion(recorder: Recorder, region: Region, longestSlots: number): void {
    const copyOut = (from: GPUBuffer): void =>
      recorder.copy({ from, to: this.readBack, toBytes: region.startBytes, byteCount: this.regionBytes(region) });
    switch (region.name) {
      case "windowAttention":
      case "attentionShift":
      case "votingHeads":
        return; // already there
      case "excusedSlots":
        if (this.redundancy !== null) copyOut(this.redundancy.excusedSlots);
        return;
      case "redundancy":
      case "redundancyRaw":
        if (this.redundancy === null) return;
        this.redundancy.encodeRedundancy(recorder, longestSlots, region.name === "redundancy" ? "kernel" : "raw");
        copyOut(this.redundancy.softmax);
        return;
      case "promptAttention": {
        const byteCount = this.regionBytes(region) / this.parts.config.layerCount;
        this.parts.buffers.promptSums.forEach((from, layer) =>
          recorder.copy({ from, to: this.readBack, toBytes: region.startBytes + layer * byteCount, byteCount }),
        );
        return;
      }
      default: {
        const family = this.families.get(region.name);
        assert(family !== undefined, `the session was not made for the term ${region.name}`);
        copyOut(family.bufferOf(region.name));
      }
    }
  }

  /** Of a cache that has lost nothing where absent. */
  private writePositions(lengths: Int32Array, positions?: HeadRows<Int32Array>): void {
    const { slotCapacity } = this.request;
    const padded = new Int32Array(lengths.length * slotCapacity);
    lengths.forEach((length, head) => {
      const row = positions === undefined ? Int32Array.from({ length }, (_, slot) => slot) : headRow(positions, head);
      padded.set(row, head * slotCapacity);
    });
    this.parts.device.queue.writeBuffer(this.positions, 0, padded);
  }

  private regions(longestSlots: number, promptCount: number): Region[] {
    const hasCandidates = longestSlots > this.request.windowSlots;
    const names = new Set([
      // The older redundancy keeps its matches in the same buffer: the excused slots are copied before it runs.
      ...this.request.terms.filter((term) => term !== "redundancyRaw"),
      ...(this.window ? windowTerms : []),
      ...(hasCandidates ? this.evidence : []),
      ...this.request.terms,
    ]);
    let startBytes = 0;
    return [...names].map((name): Region => {
      const region = { name, startBytes, width: name === "promptAttention" ? promptCount : longestSlots };
      startBytes += this.regionBytes(region);
      return region;
    });
  }

  private regionBytes({ width }: Pick<Region, "width">): number {
    return this.rowCount * width * 4;
  }
}

/** Fills each head's row from the start of its row of `width` numbers. */
function firstOfRows<Values extends RowValues>(
  padded: Float32Array | Int32Array,
  width: number,
  rows: HeadRows<Values>,
): HeadRows<Values> {
  for (let head = 0; head + 1 < rows.offsets.length; head++) {
    const row = headRow(rows, head);
    row.set(padded.subarray(head * width, head * width + row.length));
  }
  return rows;
}

const windowTerms: readonly TermName[] = ["windowAttention", "attentionShift"];
const evidenceNames = ["excusedSlots", "votingHeads"] as const;
/** The term that a piece of evidence stands behind. */
const evidenceTerms: Readonly<Record<EvidenceName, TermName>> = {
  excusedSlots: "redundancy",
  votingHeads: "windowAttention",
};

/** Numbers that the term kernels need besides those of the cache; see shaders/common/params.wgsl. */
export function eventParams(
  config: ModelConfig,
  { windowSlots, ringRows }: Pick<SessionRequest, "windowSlots"> & Pick<SessionLayout, "ringRows">,
  longestSlots: number,
  nextPosition: number,
): ParamValues {
  const firstPosition = nextPosition - windowSlots;
  const queryRows = Math.max(1, ringRows);
  return {
    position: nextPosition - 1,
    rowCount: windowSlots,
    scoreStride: longestSlots,
    scoreLayerStride: config.headCount * windowSlots * longestSlots,
    queryStart: ((firstPosition % queryRows) + queryRows) % queryRows,
    queryRows,
    excusedRank: 1,
  };
}
