// The terms of an event over all layers, and what stands behind them: one submit, one read-back. Sizes follow the slots in use.
import type { HeadRows, RowValues } from "../../cache/headRows";
import { headCountOf, headRow, newRows, offsetsOf } from "../../cache/headRows";
import { assert } from "../../lib/errors";
import type { ModelConfig } from "../../model/config";
import { withoutWindows } from "../terms/withoutWindows";
import type { TermName } from "../../policy/policy";
import type { Measured, SessionRequest } from "../backend";
import { drawnMatrices } from "../terms/termMatrices";
import type { BufferPool } from "./bufferPool";
import { Recorder, type DeviceStats } from "./dispatch";
import type { SessionParts } from "./decodePass";
import type { ParamValues } from "./params";
import { RedundancyTerms } from "./redundancyTerms";
import type { SessionLayout } from "./sessionBuffers";
import type { EvidenceName, EvidenceRows, TermFamily } from "./termFamily";
import { WindowTerms, type TermLayout, type TermSource } from "./windowTerms";

/** The cache that terms are measured on. */
export interface PresentSlots {
  readonly lengths: Int32Array; // [head]
  readonly promptCount: number;
  readonly newestPosition: number;
  /** Of a cache that has lost nothing where absent. */
  readonly positions: HeadRows<Int32Array> | undefined;
}

interface RegionSizes extends Pick<PresentSlots, "promptCount" | "newestPosition"> {
  readonly longestSlots: number;
}

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
  private readonly evidence: readonly SlotEvidence[];
  /** Of the families, by name. */
  private readonly familyEvidence: ReadonlyMap<Region["name"], EvidenceRows>;
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
    const { merges } = parts;
    const termKernels = merges === null ? kernels.terms : { ...kernels.terms, attentionScores: merges.attentionScores };
    const source: TermSource = {
      ...{ device, pool, kernels: termKernels, params: buffers.params },
      ...{ slotTable: buffers.slotTable, keys: buffers.keys, values: buffers.values, queries: buffers.queryRing },
      ...{ positions: this.positions, receivedSums: buffers.receivedSums },
      ...{ ropeTable: buffers.ropeTable, tableRows: buffers.tableRows },
      slotBiases: buffers.slotBiases,
      matrices: drawnMatrices(request.parameters.seed, config, parts.filters),
      outputWeights: weights.layers.map(({ attentionOutput }) => attentionOutput),
    };
    const termLayout: TermLayout = {
      ...{ shape: config, slotCapacity, windowSlots },
      ...{ slotTableLayerBytes: layout.slotTableLayerBytes, queryLayerBytes: layout.queryLayerBytes, hasEvidence },
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
    const evidenceRows = [...this.families.values()].flatMap(({ evidence }) => evidence?.rows ?? []);
    this.familyEvidence = new Map(evidenceRows.map((rows) => [rows.name, rows]));
    const slotRegions = (termCount + this.evidence.length) * slotCapacity;
    const widths = [...this.familyEvidence.values()].map(({ largestWidth }) => largestWidth);
    const most = widths.reduce((sum, width) => sum + width, slotRegions);
    this.readBack = pool.readBack("terms", most * this.rowCount * 4);
  }

  /** Every term of the request on the cache as it stands; candidates are the slots before the window. */
  async measure({ lengths, promptCount, newestPosition, positions }: PresentSlots): Promise<Measured> {
    const longestSlots = Math.max(...lengths);
    if (this.readsPositions) this.writePositions(lengths, positions);
    const regions = this.regions({ longestSlots, promptCount, newestPosition });
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
    const evidenceOf = <Values extends RowValues>(
      name: EvidenceName,
      Type: new (length: number) => Values,
      countOf: (length: number, width: number) => number,
    ): HeadRows<Values> | undefined => {
      const region = regions.find((other) => other.name === name);
      if (region === undefined) return undefined;
      const rows = newRows(offsetsOf(lengths.map((length) => countOf(length, region.width))), Type);
      const View = rows.values instanceof Float32Array ? Float32Array : Int32Array;
      return firstOfRows(new View(bytes, region.startBytes), region.width, rows);
    };
    const excusedSlots = evidenceOf("excusedSlots", Int32Array, (length) => length);
    const votes = evidenceOf("votingHeads", Int8Array, (length) => Math.max(0, length - this.request.windowSlots));
    const queryPoints = evidenceOf("queryPoints", Float32Array, (_, width) => width);
    const keyPoints = evidenceOf("keyPoints", Float32Array, (length) => 2 * length);
    const variance = evidenceOf("queryVariance", Float32Array, () => 1);
    const measured: Measured = {
      terms: Object.fromEntries(terms.map((region) => [region.name, rowsOf(region)])),
      ...(excusedSlots && { excusedSlots }),
      ...(votes && { votingHeads: votes }),
      ...(queryPoints && { queryPoints }),
      ...(keyPoints && { keyPoints }),
      ...(variance && { queryVariance: variance.values }),
    };
    return withoutWindows(measured, this.parts.config);
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
    for (const family of new Set(this.families.values())) {
      family.encode(recorder, longestSlots);
      if (hasCandidates) family.evidence?.encode(recorder, longestSlots);
    }
    for (const region of regions) this.recordRegion(recorder, region, longestSlots);
    recorder.submit();
  }

  private recordRegion(recorder: Recorder, region: Region, longestSlots: number): void {
    const copyOut = (from: GPUBuffer): void =>
      recorder.copy({ from, to: this.readBack, toBytes: region.startBytes, byteCount: this.regionBytes(region) });
    const evidence = this.familyEvidence.get(region.name);
    if (evidence !== undefined) {
      copyOut(evidence.buffer);
      return;
    }
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
        const name = region.name as TermName;
        const family = this.families.get(name);
        assert(family !== undefined, `the session was not made for the term ${name}`);
        copyOut(family.bufferOf(name));
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

  private regions({ longestSlots, promptCount, newestPosition }: RegionSizes): Region[] {
    const hasCandidates = longestSlots > this.request.windowSlots;
    const names = new Set<Region["name"]>([
      // The older redundancy keeps its matches in the same buffer: the excused slots are copied before it runs.
      ...this.request.terms.filter((term) => term !== "redundancyRaw"),
      ...(this.window ? windowTerms : []),
      ...(hasCandidates ? [...this.evidence, ...this.familyEvidence.keys()] : []),
      ...this.request.terms,
    ]);
    let startBytes = 0;
    return [...names].map((name): Region => {
      const evidence = this.familyEvidence.get(name)?.widthAt(longestSlots, newestPosition);
      const width = evidence ?? (name === "promptAttention" ? promptCount : longestSlots);
      const region = { name, startBytes, width };
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
/** A number for every slot, of terms that belong to no family. */
type SlotEvidence = "excusedSlots" | "votingHeads";
const evidenceNames: readonly SlotEvidence[] = ["excusedSlots", "votingHeads"];
/** The term that a piece of evidence stands behind. */
const evidenceTerms: Readonly<Record<SlotEvidence, TermName>> = {
  excusedSlots: "redundancy",
  votingHeads: "windowAttention",
};

/** Numbers that the term kernels need besides those of the cache; see shaders/common/params.wgsl. */
export function eventParams(
  config: Pick<ModelConfig, "headCount">,
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
