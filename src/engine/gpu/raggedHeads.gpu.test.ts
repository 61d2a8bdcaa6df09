// Heads of unequal length on the GPU against the CPU backend: compaction, the forwards after it, and what is measured.
import { afterAll, beforeAll, expect, it } from "vitest";
import { appendPositions, emptyCache, keepSlots } from "../../cache/cacheState";
import { headCountOf, joinRows, type HeadRows, type RowValues } from "../../cache/headRows";
import type { TermName } from "../../policy/policy";
import type { Backend, ForwardResult, Measured, Session } from "../backend";
import { createCpuBackend } from "../cpu/cpuBackend";
import { seededModel, seededPrompt, tinyConfig } from "../seededModel.testing";
import { closeTestBackends, openTestBackend, plainRequest } from "./gpuTestBackend.testing";
import { relativeError, testNumbers } from "./kernelHarness.testing";

const RELATIVE_TOLERANCE = 1e-4;
const filters = testNumbers(headCountOf(tinyConfig) * tinyConfig.headDim, 3);
const model = { ...seededModel(5), filters };
const headCount = headCountOf(tinyConfig);
const terms: TermName[] = [
  ...(["windowAttention", "attentionShift", "redundancy", "redundancyRaw", "keyNorm", "promptAttention"] as const),
  ...(["placedAttention", "candidateAttention", "expectedAttention", "logExpectedAttention", "valueLeverage"] as const),
  ...(["chunkAttention", "observedAttention"] as const),
  ...(["valueNorm", "keyCosine", "projectedValueNorm", "keySketchNorm", "valueSketchNorm"] as const),
  ...(["filterProduct", "lagSpread", "leverage"] as const),
];

let backends: readonly Backend[]; // CPU, GPU
let sessions: readonly Session[]; // of each
let cache = emptyCache(tinyConfig);
let positionCount = 0;

beforeAll(async () => {
  backends = [await createCpuBackend(model), await openTestBackend(model)];
  const request = {
    ...{ ...plainRequest, windowSlots: 4, terms, hasTaps: true, hasHeadTaps: true, hasEvidence: true },
    // Tight pools, so that heads move both ways at every event.
    layerSlots: new Int32Array(tinyConfig.layerCount).fill(80),
  };
  sessions = await Promise.all(backends.map((backend) => backend.createSession(request)));
  await readPrompt(sessions);
  addPositions(30);
});

async function readPrompt(prompted: readonly Session[]): Promise<void> {
  for (const session of prompted) {
    await session.prefill(seededPrompt(9, 30));
    await session.collect();
  }
}

function addPositions(count: number): void {
  cache = appendPositions(cache, positionCount, count);
  positionCount += count;
}

function compact(survivors: HeadRows<Int32Array>): void {
  for (const session of sessions) session.compact({ survivors });
  cache = keepSlots(cache, survivors);
}

afterAll(closeTestBackends);

/** Each head keeps every second, third, … slot, by its stride. */
function keep(strides: readonly number[]): HeadRows<Int32Array> {
  const kept = Array.from(sessions[0].lengths, (length, head) =>
    Int32Array.from({ length }, (_, slot) => slot).filter((slot) => slot % strides[head % strides.length] === 0),
  );
  return joinRows(kept, Int32Array);
}

async function step(token: number): Promise<readonly [ForwardResult, ForwardResult]> {
  for (const session of sessions) session.decode(token);
  addPositions(1);
  return [await sessions[0].collect(), await sessions[1].collect()];
}

function expectRows<Values extends RowValues>(found?: HeadRows<Values>, expected?: HeadRows<Values>) {
  expect(found?.offsets).toEqual(expected?.offsets);
  expect(expected?.values.length).toBeGreaterThan(headCount);
  return [found?.values ?? [], expected?.values ?? []] as const;
}

function largestDifference(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  return Array.from(expected).reduce((most, value, at) => Math.max(most, Math.abs(value - found[at])), 0);
}

async function compareSessions(): Promise<void> {
  for (let forward = 0; forward < 5; forward++) {
    const [cpu, gpu] = await step(3 + forward);
    expect(gpu.lengths).toEqual(cpu.lengths);
    expect(largestDifference(...expectRows(gpu.attention, cpu.attention))).toBeLessThanOrEqual(1);
    expect(largestDifference(...expectRows(gpu.headAttention, cpu.headAttention))).toBeLessThanOrEqual(1);
    expect(relativeError(gpu.attentionScale, cpu.attentionScale)).toBeLessThan(RELATIVE_TOLERANCE);
    const [cpuLogits, gpuLogits] = await Promise.all(sessions.map((session) => session.readLogits()));
    expect(relativeError(gpuLogits, cpuLogits)).toBeLessThan(RELATIVE_TOLERANCE);
  }
  await compareTerms();
}

async function compareTerms(): Promise<void> {
  const [cpu, gpu] = await Promise.all(sessions.map((session) => session.measureTerms(cache.positions)));
  for (const term of terms) expectSameTerm(term, gpu, cpu);
  expect(gpu.excusedSlots).toEqual(cpu.excusedSlots);
  expect(gpu.votingHeads).toEqual(cpu.votingHeads);
  for (const name of ["queryPoints", "keyPoints"] as const) {
    const [found, expected] = expectRows(gpu[name], cpu[name]);
    expect([name, relativeError(found, expected) < PLANE_TOLERANCE]).toEqual([name, true]);
  }
  expect(relativeError(gpu.queryVariance ?? [], cpu.queryVariance ?? [1])).toBeLessThan(RELATIVE_TOLERANCE);
}

/** Axes whose variances lie close together turn on the last bits of a covariance. */
const PLANE_TOLERANCE = 5e-3;

function expectSameTerm(term: TermName, gpu: Measured, cpu: Measured): void {
  const [found, expected] = expectRows(gpu.terms[term], cpu.terms[term]);
  expect([term, relativeError(found, expected) < RELATIVE_TOLERANCE]).toEqual([term, true]);
}

it("follow the CPU backend after events that leave heads of different lengths", async () => {
  for (const strides of [
    [1, 2, 3, 5],
    [4, 1, 1, 2],
  ]) {
    compact(keep(strides));
    expect(new Set(sessions[1].lengths).size).toBeGreaterThan(1);
    await compareSessions();
  }
});

it("follow the CPU backend where some heads are shorter than the window", async () => {
  // After five forwards the others have candidates; these had one slot and have none.
  for (let forward = 0; forward < 2; forward++) await step(7);
  compact(keep([40, 1, 1, 40]));
  expect(Math.min(...sessions[1].lengths)).toBe(1);
  await compareTerms();
  await compareSessions();
});

it("follow the CPU backend where the queries to come are known by their mean alone", async () => {
  const parameters = { ...plainRequest.parameters, hasCovariance: false };
  const foretold: TermName[] = ["expectedAttention", "valueLeverage"];
  const request = { ...plainRequest, terms: foretold, parameters };
  const opened = await Promise.all(backends.map((backend) => backend.createSession(request)));
  await readPrompt(opened);
  const [cpu, gpu] = await Promise.all(opened.map((session) => session.measureTerms()));
  for (const term of foretold) expectSameTerm(term, gpu, cpu);
});
