// One sequence on the GPU. Tokens, cache, logits and sampling stay there: a step is one submit, its results come later.
import { headCountOf, rowLengths, type HeadRows } from "../../cache/headRows";
import { assert, errorMessage } from "../../lib/errors";
import { CANDIDATE_COUNT } from "../../model/sampling";
import type { MemorySummary } from "../../trace/trace";
import { requireRewindable } from "../backend";
import type { CacheEntries, CompactionPlan, ForwardResult, Measured } from "../backend";
import type { Session, SessionMerges, SessionRequest } from "../backend";
import { evenPools, handOut, type HeadPlaces } from "../slotPools";
import { BufferPool } from "./bufferPool";
import { DecodePass, type SessionKernels, type SessionParts } from "./decodePass";
import { boundKernel, emptyStats, Recorder, type BoundKernel } from "./dispatch";
import { EventTerms, eventParams } from "./eventTerms";
import { decodeSample } from "./kernels/sample";
import { GpuLatents } from "./latents";
import { GpuMerges, type PresentSession } from "./gpuMerges";
import { encodeParams, samplingParams, type ParamValues } from "./params";
import { firstRowsOf, recordMoves } from "./movingHeads";
import { PackedSession } from "./packedSession";
import { PrefillPass } from "./prefillPass";
import { LogitsReader, readEntries } from "./readEntries";
import { Rerotation } from "./rerotation";
import { ResultRing, RING_DEPTH } from "./resultRing";
import { createSessionBuffers, sessionLayout, sessionMemory, slotTableOf } from "./sessionBuffers";
import { decodeTaps, headResultBytes, stepResultBytes, writeRowPlaces } from "./stepResults";
import { clearWeakChannels } from "./weakChannels";

/** What a session needs of its backend. */
export interface SessionHost extends Omit<
  SessionParts,
  "buffers" | "layout" | "hasTaps" | "packed" | keyof SessionKernels
> {
  readonly weightBytes: number;
  /** Why nothing works any more, in plain words, or null. */
  readonly failure: () => string | null;
}

interface StepNote {
  readonly step: number;
  readonly lengths: Int32Array; // [head]
  readonly watchedHeads: readonly number[] | null;
}

export class GpuSession implements Session {
  readonly memory: MemorySummary;
  readonly ringDepth = RING_DEPTH;
  readonly stats = emptyStats();
  private readonly pool: BufferPool;
  private readonly parts: SessionParts;
  private readonly ring: ResultRing<StepNote>;
  private readonly decodePass: DecodePass;
  private readonly prefillPass: PrefillPass;
  private readonly terms: EventTerms;
  /** Null where entries are packed. */
  private readonly compaction: BoundKernel | null;
  /** Null where keys keep their rotation. */
  private readonly rerotation: Rerotation | null;
  private readonly receivedCompaction: BoundKernel | null;
  private readonly gpuMerges: GpuMerges | null;
  readonly merges: SessionMerges | undefined;
  private readonly logits: LogitsReader;
  private promptCount = 0;
  private startedCount = 0;
  /** Where the next forward's token stands in the sequence. */
  private nextPosition = 0;
  /** Slots of each head after the last compaction, or what was taken back then, and how many came to each since. [head] */
  private keptLengths: Int32Array;
  private addedSlots = 0;
  /** As in the request, when the last forward started. */
  private watchedHeads: readonly number[] | null = null;
  private readonly layerSlots: Int32Array; // [layer]
  private places: HeadPlaces;
  lengths: Int32Array;

  constructor(
    private readonly host: SessionHost,
    private readonly request: SessionRequest,
    sessionKernels: SessionKernels,
  ) {
    const { device, config, kernels, weightBytes } = host;
    const layout = sessionLayout(config, request);
    this.pool = new BufferPool(device);
    const { packing, ...ownKernels } = sessionKernels;
    const storage = packing?.storage ?? null;
    const buffers = createSessionBuffers(this.pool, config, request, { layout, packed: storage });
    const packed = packing && new PackedSession({ device, config, buffers, layout }, packing, this.pool);
    const { slotCapacity } = request;
    const latents =
      sessionKernels.latents &&
      new GpuLatents(
        { device, config, weights: host.weights, buffers, layout, slotCapacity },
        sessionKernels.latents,
        this.pool,
      );
    this.parts = { ...host, buffers, layout, hasTaps: request.hasTaps, ...ownKernels, latents, packed };
    const resultBytes = layout.resultBytes + layout.headResultBytes + (latents?.readBytes ?? 0);
    this.logits = new LogitsReader(this.parts, this.pool, this.stats);
    this.ring = new ResultRing(device, this.pool, resultBytes, this.stats);
    this.decodePass = new DecodePass(this.parts);
    this.prefillPass = new PrefillPass(this.parts);
    this.terms = new EventTerms(this.parts, request, this.pool, this.stats);
    const { params, slotTable, survivors, keys, values } = buffers;
    this.compaction =
      packed === null ? boundKernel(device, kernels.compact, { params, slotTable, survivors, keys, values }) : null;
    const { received, turnBack } = this.parts;
    this.rerotation = turnBack && new Rerotation(this.parts, turnBack);
    const { receivedSums } = buffers;
    this.receivedCompaction = received && boundKernel(device, received.compact, { params, survivors, receivedSums });
    const { merges: mergeKernels } = this.parts;
    const { merging } = request;
    this.gpuMerges =
      mergeKernels === null || merging === undefined
        ? null
        : new GpuMerges(this.parts, { kernels: mergeKernels, demand: merging, request, pool: this.pool }, this.stats);
    this.merges = this.sessionMerges();
    this.layerSlots = request.layerSlots ?? evenPools(config, request.slotCapacity);
    const allocated = { buffers, latents, packed: storage, bytes: this.pool.totalBytes };
    this.memory = { ...sessionMemory(config, request, allocated), weightBytes };
    this.keptLengths = new Int32Array(headCountOf(config));
    this.lengths = this.keptLengths;
    this.places = handOut(config, this.layerSlots, this.keptLengths);
    this.writeSlotTable();
  }

  get inFlightCount(): number {
    return this.ring.inFlightCount;
  }

  async prefill(promptTokens: Int32Array, signal?: AbortSignal): Promise<void> {
    assert(this.startedCount === 0, "prefill comes first");
    assert(promptTokens.length > 0, "the prompt is empty");
    const room = Math.min(...this.places.rooms);
    assert(promptTokens.length <= room, `${promptTokens.length} prompt tokens in ${room} slots`);
    this.promptCount = promptTokens.length;
    // The last token is a decode step: it alone needs logits, a sample and taps.
    const chunkedCount = promptTokens.length - 1;
    await this.runChunks(promptTokens.subarray(0, chunkedCount), signal);
    this.startForward(promptTokens[chunkedCount]);
    const { storage, weakChannels } = this.request.parameters;
    if (storage !== "thin") return;
    const { parts, stats, firstRows, lengths } = this;
    await this.guarded(() => clearWeakChannels({ parts, stats, firstRows, lengths }, weakChannels));
  }

  async append(tokens: Int32Array): Promise<void> {
    assert(this.startedCount > 0 && this.inFlightCount === 0, "more tokens come once every forward is collected");
    requireRewindable(this.request);
    this.requireRoom(tokens.length);
    await this.runChunks(tokens);
  }

  rewind(slotCount: number): void {
    requireRewindable(this.request);
    assert(this.inFlightCount === 0, "nothing is rewound while a forward is in flight");
    this.lengths.forEach((length) => assert(slotCount < length, `${slotCount} slots cannot go of ${length}`));
    // They may reach into what the last event kept.
    this.keptLengths = this.lengths.map((length) => length - slotCount);
    this.lengths = this.keptLengths;
    this.addedSlots = 0;
    this.nextPosition -= slotCount;
    this.writeSlotTable();
  }

  readEntries(): Promise<CacheEntries> {
    const { device, buffers, config } = this.parts;
    const { stats, firstRows, lengths } = this;
    return this.guarded(() => readEntries({ device, buffers, config, stats }, firstRows, lengths));
  }

  private async runChunks(tokens: Int32Array, signal?: AbortSignal): Promise<void> {
    const { device, layout } = this.parts;
    for (let start = 0; start < tokens.length; start += layout.chunkRows) {
      signal?.throwIfAborted();
      this.startChunk(tokens.subarray(start, start + layout.chunkRows));
      await device.queue.onSubmittedWorkDone();
    }
    signal?.throwIfAborted();
    this.throwIfFailed();
  }

  decode(forcedToken?: number): void {
    assert(this.startedCount > 0, "decode comes after prefill");
    this.startForward(forcedToken);
  }

  async collect(): Promise<ForwardResult> {
    assert(this.inFlightCount > 0, "no forward is in flight");
    const { note, bytes, readBackMs } = await this.guarded(() => this.ring.land());
    const sample = decodeSample(bytes, Math.min(CANDIDATE_COUNT, this.parts.config.vocabularySize));
    assert(Number.isFinite(sample.logProbability) && Number.isFinite(sample.entropy), "the model’s logits are finite");
    const { watchedHeads, ...landed } = note;
    return {
      ...{ ...landed, ...sample },
      ...decodeTaps(bytes, note.lengths, { ...this.parts, watchedHeads }),
      ...(this.parts.latents?.readsOf(bytes, note) ?? {}),
      readBackMs,
    };
  }

  measureTerms(positions?: HeadRows<Int32Array>): Promise<Measured> {
    const { config, layout } = this.parts;
    const rows = { windowSlots: this.request.windowSlots, ringRows: layout.ringRows };
    this.writeParams(eventParams(config, rows, this.longestSlots, this.nextPosition));
    this.parts.latents?.reconstructKeys(this.longestSlots, this.stats);
    const { lengths, promptCount, nextPosition } = this;
    return this.guarded(() =>
      this.terms.measure({ lengths, promptCount, newestPosition: nextPosition - 1, positions }),
    );
  }

  private sessionMerges(): SessionMerges | undefined {
    const { gpuMerges } = this;
    if (gpuMerges === null) return undefined;
    const present = (): PresentSession => ({
      ...{ lengths: this.lengths, nextPosition: this.nextPosition },
      writeParams: (values) => this.writeParams(values),
    });
    return {
      measure: (survivors) => this.guarded(() => gpuMerges.measure(survivors, present())),
      mixNorms: (weights, mixCount) => this.guarded(() => gpuMerges.mixNorms(weights, mixCount, present())),
    };
  }

  compact({ survivors, merges }: CompactionPlan): void {
    const { device, buffers, config } = this.parts;
    const kept = rowLengths(survivors);
    assert(kept.length === headCountOf(config), "survivors of every layer and KV head");
    kept.forEach((count, head) => {
      const length = this.lengths[head];
      assert(count <= length, `${count} slots cannot stay of ${length}`);
    });
    const { offsets, values } = survivors;
    device.queue.writeBuffer(buffers.survivors, 0, offsets);
    device.queue.writeBuffer(buffers.survivors, offsets.byteLength, values);
    const { gpuMerges, lengths, nextPosition } = this;
    const mergeParams = gpuMerges?.params({ lengths, nextPosition });
    this.writeParams({ ...mergeParams, turnedBack: lengths[0] - kept[0] });
    const recorder = new Recorder(device, this.stats, "compact");
    assert(merges === undefined || gpuMerges !== null, "this session merges nothing");
    if (merges !== undefined) gpuMerges?.record(recorder, { survivors, merges });
    if (this.compaction !== null) recorder.dispatchFor(this.compaction, config.headDim / 4, kept.length);
    this.parts.latents?.recordCompaction(recorder);
    this.rerotation?.record(recorder, survivors);
    if (this.receivedCompaction !== null) recorder.dispatchFor(this.receivedCompaction, kept.length);
    const before = this.places;
    const places = handOut(config, this.layerSlots, kept);
    const moved = { kept, from: before, to: places, layerSlots: this.layerSlots };
    if (this.parts.packed === null) recordMoves(recorder, this.parts, moved);
    recorder.submit();
    this.places = places;
    this.keptLengths = kept;
    this.lengths = kept;
    this.addedSlots = 0;
    this.writeSlotTable();
    this.repack({ places: before, lengths }, kept);
    if (merges !== undefined) gpuMerges?.writeBiases(merges.logBias, this.firstRows);
  }

  /** Packed entries of the survivors, once the slot table says where they are. */
  private repack(before: { readonly places: HeadPlaces; readonly lengths: Int32Array }, kept: Int32Array): void {
    const { packed, device } = this.parts;
    if (packed === null) return;
    this.writeParams({});
    const recorder = new Recorder(device, this.stats, "repack");
    packed.recordEvent(recorder, this.slotTableOf(before.places, before.lengths, true), kept);
    recorder.submit();
  }

  readLogits(): Promise<Float32Array> {
    return this.guarded(() => this.logits.read());
  }

  dispose(): void {
    this.pool.dispose();
  }

  /** The row of the pools at which each head begins. [head] */
  private get firstRows(): Int32Array {
    return firstRowsOf(this.parts.config, this.layerSlots, this.places);
  }

  private get longestSlots(): number {
    return Math.max(...this.lengths);
  }

  /** A forward brings every head this many slots. */
  private addSlots(count: number): void {
    this.addedSlots += count;
    this.nextPosition += count;
    this.lengths = this.keptLengths.map((kept) => kept + this.addedSlots);
    this.parts.packed?.beginForward(this.lengths, count);
  }

  private writeSlotTable(): void {
    const { device, buffers } = this.parts;
    device.queue.writeBuffer(buffers.slotTable, 0, this.slotTableOf(this.places, this.keptLengths, false));
  }

  /** `isCopy`: for copies of packed layers. */
  private slotTableOf(places: HeadPlaces, lengths: Int32Array, isCopy: boolean): Uint32Array<ArrayBuffer> {
    const { config, layout, packed } = this.parts;
    const firstRows = firstRowsOf(config, this.layerSlots, places);
    const recordOf = packed && ((layer: number) => packed.storage.record(layer, isCopy));
    return slotTableOf(config, layout, { firstRows, lengths }, recordOf);
  }

  /** Where the next token is rotated to. */
  private get nextPlace(): number {
    return this.request.isRerotated === true ? this.lengths[0] : this.nextPosition;
  }

  private requireRoom(count: number): void {
    const { rooms } = this.places;
    this.lengths.forEach((length, head) =>
      assert(length + count <= rooms[head], `all ${rooms[head]} slots are in use`),
    );
    const place = this.nextPlace + count - 1;
    assert(place < this.request.positionCapacity, `position ${place} is beyond ${this.request.positionCapacity}`);
  }

  private startChunk(tokens: Int32Array): void {
    const { device, buffers } = this.parts;
    const { nextPosition: position, nextPlace: place } = this;
    this.addSlots(tokens.length);
    device.queue.writeBuffer(buffers.tokens, 0, tokens.buffer, tokens.byteOffset, tokens.byteLength);
    this.writeParams({
      ...{ position, place, rowCount: tokens.length, waitingRows: tokens.length },
      ...{ scoreStride: this.longestSlots, queryRows: tokens.length },
    });
    const recorder = new Recorder(device, this.stats, "prefill chunk");
    this.prefillPass.record(recorder, tokens.length, this.longestSlots);
    recorder.submit();
  }

  /** One submit: the forward, its sample, its taps, and the copy of the results. */
  private startForward(token: number | undefined): void {
    const { device, buffers, latents } = this.parts;
    this.requireRoom(1);
    const step = this.startedCount;
    const { nextPosition: position, nextPlace: place } = this;
    this.addSlots(1);
    const { lengths, longestSlots } = this;
    if (token !== undefined) device.queue.writeBuffer(buffers.tokens, 0, Uint32Array.of(token));
    const sampling = samplingParams(this.request.sampling);
    this.writeParams({ position, place, rowCount: 1, waitingRows: 1, step, ...sampling });
    const watchedHeads = this.request.watchedHeads?.() ?? null;
    if (watchedHeads !== this.watchedHeads) writeRowPlaces(this.parts, watchedHeads);
    this.watchedHeads = watchedHeads;
    const recorder = new Recorder(device, this.stats, "decode");
    this.decodePass.record(recorder, longestSlots, step === 0);
    const { results, headResults } = buffers;
    const tapped = { ...this.parts, watchedHeads };
    const parts = [{ from: results, byteCount: stepResultBytes(longestSlots, tapped) }];
    const headBytes = headResultBytes(longestSlots, tapped);
    if (headBytes > 0) parts.push({ from: headResults, byteCount: headBytes });
    if (latents !== null && latents.readBytes > 0) parts.push({ from: latents.reads, byteCount: latents.readBytes });
    this.ring.launch(recorder, parts, { step, lengths, watchedHeads });
    this.startedCount++;
  }

  /** The uniform block of the next submit: what never changes in a session, and what does. */
  private writeParams(values: ParamValues): void {
    const { device, buffers, layout } = this.parts;
    const block = encodeParams({
      addedSlots: this.addedSlots,
      longestSlots: this.longestSlots,
      slotCapacity: this.request.slotCapacity,
      slotTableStride: layout.slotTableLayerBytes / 8,
      queryLayerStride: layout.queryLayerBytes / 16,
      scoreStride: this.request.slotCapacity,
      scoreLayerStride: layout.scoreLayerBytes / 4,
      windowSlots: layout.ringRows,
      promptCount: this.promptCount,
      isMeanPooling: this.request.parameters.groupPooling === "mean" ? 1 : 0,
      ...values,
    });
    device.queue.writeBuffer(buffers.params, 0, block);
  }

  /** What the device answers, or its failure in plain words. */
  private async guarded<Result>(ask: () => Promise<Result>): Promise<Result> {
    try {
      const result = await ask();
      this.throwIfFailed();
      return result;
    } catch (error) {
      const failure = this.host.failure();
      throw failure === null ? error : new Error(failure, { cause: errorMessage(error) });
    }
  }

  private throwIfFailed(): void {
    const failure = this.host.failure();
    if (failure !== null) throw new Error(failure);
  }
}
