// The terms of an event over all layers: one submit, one read-back. Sizes follow the slots in use.
import type { ModelConfig } from "../../model/config";
import type { TermName, Terms } from "../../policy/policy";
import type { SessionRequest } from "../backend";
import type { BufferPool } from "./bufferPool";
import { Recorder, type DeviceStats } from "./dispatch";
import type { SessionParts } from "./decodePass";
import { RedundancyTerms } from "./redundancyTerms";
import { WindowTerms, type TermLayout, type TermSource } from "./windowTerms";

/** One term in the read-back: rows of [layer][kvHead], of which the first `usedWidth` numbers count. */
interface Region {
  readonly term: TermName;
  readonly startBytes: number;
  readonly width: number;
  readonly usedWidth: number;
}

export class EventTerms {
  private readonly window: WindowTerms | null;
  private readonly redundancy: RedundancyTerms | null;
  private readonly readBack: GPUBuffer;
  private readonly rowCount: number;

  constructor(
    private readonly parts: SessionParts,
    private readonly request: SessionRequest,
    pool: BufferPool,
    private readonly stats: DeviceStats,
  ) {
    const { device, config, kernels, layout, buffers } = parts;
    const { slotCapacity, windowSlots, terms } = request;
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
    const regionCount = new Set([...terms, ...(this.window ? windowTerms : [])]).size;
    this.readBack = pool.readBack("terms", regionCount * this.rowCount * slotCapacity * 4);
  }

  /** Every term of the request on the cache as it stands; candidates are the slots before the window. */
  async measure(lengthSlots: number, promptCount: number): Promise<Terms> {
    const regions = this.regions(lengthSlots, promptCount);
    const last = regions.at(-1);
    if (last === undefined) return {};
    const byteCount = last.startBytes + this.regionBytes(last);
    this.record(regions, lengthSlots);
    await this.readBack.mapAsync(GPUMapMode.READ, 0, byteCount);
    const bytes = this.readBack.getMappedRange(0, byteCount).slice(0);
    this.readBack.unmap();
    this.stats.readBackBytes += byteCount;
    const asked = regions.filter(({ term }) => this.request.terms.includes(term));
    return Object.fromEntries(asked.map((region) => [region.term, this.decode(bytes, region)]));
  }

  private record(regions: readonly Region[], lengthSlots: number): void {
    const recorder = new Recorder(this.parts.device, this.stats, "terms");
    const startOf = (name: TermName): number => regions.find(({ term }) => term === name)?.startBytes ?? 0;
    const hasCandidates = lengthSlots > this.request.windowSlots;
    if (this.window !== null && hasCandidates) {
      this.window.encodeStatistics(recorder, lengthSlots, {
        buffer: this.readBack,
        meanBytes: startOf("windowAttention"),
        deviationBytes: startOf("attentionShift"),
      });
    }
    if (this.redundancy !== null) this.redundancy.encodeKeyNorm(recorder, lengthSlots);
    for (const region of regions) this.recordRegion(recorder, region, lengthSlots);
    recorder.submit();
  }

  private recordRegion(recorder: Recorder, region: Region, lengthSlots: number): void {
    const copyOut = (from: GPUBuffer): void =>
      recorder.copy({ from, to: this.readBack, toBytes: region.startBytes, byteCount: this.regionBytes(region) });
    switch (region.term) {
      case "windowAttention":
      case "attentionShift":
        return; // already there
      case "keyNorm":
        if (this.redundancy !== null) copyOut(this.redundancy.norms);
        return;
      case "redundancy":
      case "redundancyRaw":
        if (this.redundancy === null) return;
        this.redundancy.encodeRedundancy(recorder, lengthSlots, region.term === "redundancy" ? "kernel" : "raw");
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
    const names = new Set([...this.request.terms, ...(this.window ? windowTerms : [])]);
    let startBytes = 0;
    return [...names].map((term) => {
      const isWindow = term === "windowAttention" || term === "attentionShift";
      const isPrompt = term === "promptAttention";
      const width = isPrompt ? promptCount : isWindow ? candidateCount : lengthSlots;
      const region = { term, startBytes, width, usedWidth: isPrompt ? promptCount : candidateCount };
      startBytes += this.regionBytes(region);
      return region;
    });
  }

  private regionBytes({ width }: Pick<Region, "width">): number {
    return this.rowCount * width * 4;
  }

  private decode(bytes: ArrayBuffer, { startBytes, width, usedWidth }: Region): Float32Array {
    const rows = new Float32Array(bytes, startBytes, this.rowCount * width);
    if (width === usedWidth) return rows.slice();
    const used = new Float32Array(this.rowCount * usedWidth);
    for (let row = 0; row < this.rowCount; row++) {
      used.set(rows.subarray(row * width, row * width + usedWidth), row * usedWidth);
    }
    return used;
  }
}

const windowTerms: readonly TermName[] = ["windowAttention", "attentionShift"];

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
