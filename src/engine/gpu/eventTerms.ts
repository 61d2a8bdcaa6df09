// The terms of an event over all layers, and what stands behind them: one submit, one read-back. Sizes follow the slots in use.
import type { HeadRows } from "../../cache/headRows";
import { evenRows } from "../../cache/headRows";
import type { ModelConfig } from "../../model/config";
import type { TermName } from "../../policy/policy";
import type { EventEvidence } from "../../trace/trace";
import type { Measured, SessionRequest } from "../backend";
import type { BufferPool } from "./bufferPool";
import { Recorder, type DeviceStats } from "./dispatch";
import type { SessionParts } from "./decodePass";
import { RedundancyTerms } from "./redundancyTerms";
import { WindowTerms, type TermLayout, type TermSource } from "./windowTerms";

type EvidenceName = keyof EventEvidence;

/** One term in the read-back, or its evidence: rows of [layer][kvHead], of which the first `usedWidth` numbers count. */
interface Region {
  readonly name: TermName | EvidenceName;
  readonly startBytes: number;
  readonly width: number;
  readonly usedWidth: number;
}

export class EventTerms {
  private readonly window: WindowTerms | null;
  private readonly redundancy: RedundancyTerms | null;
  private readonly evidence: readonly EvidenceName[];
  private readonly readBack: GPUBuffer;
  private readonly rowCount: number;

  constructor(
    private readonly parts: SessionParts,
    private readonly request: SessionRequest,
    pool: BufferPool,
    private readonly stats: DeviceStats,
  ) {
    const { device, config, kernels, layout, buffers } = parts;
    const { slotCapacity, windowSlots, terms, hasEvidence = false } = request;
    this.rowCount = layout.tapRowCount;
    const source: TermSource = {
      ...{ device, pool, kernels: kernels.terms, params: buffers.params },
      ...{ keys: buffers.keys, queries: buffers.queryRing },
    };
    const termLayout: TermLayout = {
      ...{ shape: config, layerCount: config.layerCount, slotCapacity, windowSlots },
      ...{ keyLayerBytes: layout.keyLayerBytes, queryLayerBytes: layout.queryLayerBytes },
    };
    const asksFor = (...names: TermName[]): boolean => names.some((name) => terms.includes(name));
    this.window = asksFor("windowAttention", "attentionShift") ? new WindowTerms(source, termLayout) : null;
    this.redundancy = asksFor("redundancy", "redundancyRaw", "keyNorm")
      ? new RedundancyTerms(source, termLayout)
      : null;
    // The window measures both of its terms, asked for or not.
    const termCount = new Set([...terms, ...(this.window ? windowTerms : [])]).size;
    this.evidence = hasEvidence ? evidenceNames.filter((name) => asksFor(evidenceTerms[name])) : [];
    const regionCount = termCount + this.evidence.length;
    this.readBack = pool.readBack("terms", regionCount * this.rowCount * slotCapacity * 4);
  }

  /** Every term of the request on the cache as it stands; candidates are the slots before the window. */
  async measure(lengthSlots: number, promptCount: number): Promise<Measured> {
    const regions = this.regions(lengthSlots, promptCount);
    const last = regions.at(-1);
    if (last === undefined) return { terms: {} };
    const byteCount = last.startBytes + this.regionBytes(last);
    this.record(regions, lengthSlots);
    await this.readBack.mapAsync(GPUMapMode.READ, 0, byteCount);
    const bytes = this.readBack.getMappedRange(0, byteCount).slice(0);
    this.readBack.unmap();
    this.stats.readBackBytes += byteCount;
    const terms = regions.filter(({ name }) => this.request.terms.some((term) => term === name));
    const evidenceOf = (name: EvidenceName): Int32Array | undefined => {
      const region = regions.find((other) => other.name === name);
      return region && new Int32Array(bytes, region.startBytes, this.rowCount * region.width).slice();
    };
    const excusedSlots = evidenceOf("excusedSlots");
    const votingHeads = evidenceOf("votingHeads");
    return {
      terms: Object.fromEntries(terms.map((region) => [region.name, this.decode(bytes, region)])),
      ...(excusedSlots && { excusedSlots: evenRows(excusedSlots, this.rowCount) }),
      ...(votingHeads && { votingHeads: evenRows(Int8Array.from(votingHeads), this.rowCount) }),
    };
  }

  private record(regions: readonly Region[], lengthSlots: number): void {
    const recorder = new Recorder(this.parts.device, this.stats, "terms");
    const startOf = (name: Region["name"]): number | null =>
      regions.find((region) => region.name === name)?.startBytes ?? null;
    const hasCandidates = lengthSlots > this.request.windowSlots;
    if (this.window !== null && hasCandidates) {
      this.window.encodeStatistics(recorder, lengthSlots, {
        buffer: this.readBack,
        meanBytes: startOf("windowAttention") ?? 0,
        deviationBytes: startOf("attentionShift") ?? 0,
        votingHeadsBytes: startOf("votingHeads"),
      });
    }
    if (this.redundancy !== null) this.redundancy.encodeKeyNorm(recorder, lengthSlots);
    for (const region of regions) this.recordRegion(recorder, region, lengthSlots);
    recorder.submit();
  }

  private recordRegion(recorder: Recorder, region: Region, lengthSlots: number): void {
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
      case "keyNorm":
        if (this.redundancy !== null) copyOut(this.redundancy.norms);
        return;
      case "redundancy":
      case "redundancyRaw":
        if (this.redundancy === null) return;
        this.redundancy.encodeRedundancy(recorder, lengthSlots, region.name === "redundancy" ? "kernel" : "raw");
        copyOut(this.redundancy.softmax);
        return;
      case "promptAttention": {
        const byteCount = this.regionBytes(region) / this.parts.config.layerCount;
        this.parts.buffers.promptSums.forEach((from, layer) =>
          recorder.copy({ from, to: this.readBack, toBytes: region.startBytes + layer * byteCount, byteCount }),
        );
      }
    }
  }

  private regions(lengthSlots: number, promptCount: number): Region[] {
    const candidateCount = Math.max(0, lengthSlots - this.request.windowSlots);
    const names = new Set([
      // The older redundancy keeps its matches in the same buffer: the excused slots are copied before it runs.
      ...this.request.terms.filter((term) => term !== "redundancyRaw"),
      ...(this.window ? windowTerms : []),
      ...(candidateCount > 0 ? this.evidence : []),
      ...this.request.terms,
    ]);
    let startBytes = 0;
    return [...names].map((name): Region => {
      const isWindow = name === "windowAttention" || name === "attentionShift" || name === "votingHeads";
      const isPrompt = name === "promptAttention";
      const width = isPrompt ? promptCount : isWindow ? candidateCount : lengthSlots;
      const region = { name, startBytes, width, usedWidth: isPrompt ? promptCount : candidateCount };
      startBytes += this.regionBytes(region);
      return region;
    });
  }

  private regionBytes({ width }: Pick<Region, "width">): number {
    return this.rowCount * width * 4;
  }

  private decode(bytes: ArrayBuffer, { startBytes, width, usedWidth }: Region): HeadRows<Float32Array> {
    const rows = new Float32Array(bytes, startBytes, this.rowCount * width);
    if (width === usedWidth) return evenRows(rows.slice(), this.rowCount);
    const used = new Float32Array(this.rowCount * usedWidth);
    for (let row = 0; row < this.rowCount; row++) {
      used.set(rows.subarray(row * width, row * width + usedWidth), row * usedWidth);
    }
    return evenRows(used, this.rowCount);
  }
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
  { windowSlots, groupPooling }: SessionRequest,
  lengthSlots: number,
  nextPosition: number,
): Readonly<Record<string, number>> {
  const firstPosition = nextPosition - windowSlots;
  return {
    slot: lengthSlots - windowSlots,
    lengthSlots,
    rowCount: windowSlots,
    scoreStride: lengthSlots,
    scoreLayerStride: config.headCount * windowSlots * lengthSlots,
    queryStart: ((firstPosition % windowSlots) + windowSlots) % windowSlots,
    queryRows: Math.max(1, windowSlots),
    excusedRank: 1,
    isMeanPooling: groupPooling === "mean" ? 1 : 0,
  };
}
