// ThinK on the GPU against the CPU backend: the same channels of the prompt's keys are 0, and what is decoded and scored follows.
import { afterAll, expect, it } from "vitest";
import { headRow } from "../../cache/headRows";
import { baseParameters } from "../../policy/parameters";
import { createCpuBackend } from "../cpu/cpuBackend";
import { seededModel, seededPrompt, tinyConfig } from "../seededModel.testing";
import { closeTestBackends, openTestBackend, plainRequest } from "./gpuTestBackend.testing";
import { relativeError } from "./kernelHarness.testing";

const RELATIVE_TOLERANCE = 1e-4;
const model = seededModel(5);

afterAll(closeTestBackends);

it.each([12, 90])("clears the channels that the CPU clears, in a prompt of %i tokens", async (promptCount) => {
  const parameters = { ...baseParameters, storage: "thin" as const, weakChannels: 0.5 };
  const request = { ...plainRequest, parameters, terms: ["windowAttention" as const] };
  const backends = [await createCpuBackend(model), await openTestBackend(model)];
  const sessions = await Promise.all(backends.map((backend) => backend.createSession(request)));
  for (const session of sessions) {
    await session.prefill(seededPrompt(9, promptCount));
    await session.collect();
    for (const token of [3, 1, 4]) {
      session.decode(token);
      await session.collect();
    }
  }
  const [expected, found] = await Promise.all(sessions.map((session) => session.readEntries()));
  const zerosOf = (keys: Float32Array): number[] => [...keys.keys()].filter((at) => keys[at] === 0);
  for (let head = 0; head < tinyConfig.layerCount * tinyConfig.kvHeadCount; head++) {
    const zeros = zerosOf(headRow(found.keys, head));
    expect(zeros).toEqual(zerosOf(headRow(expected.keys, head)));
    expect(zeros).toHaveLength((promptCount * tinyConfig.headDim) / 2);
  }
  expect(relativeError(found.keys.values, expected.keys.values)).toBeLessThan(RELATIVE_TOLERANCE);
  const [cpuLogits, gpuLogits] = await Promise.all(sessions.map((session) => session.readLogits()));
  expect(relativeError(gpuLogits, cpuLogits)).toBeLessThan(RELATIVE_TOLERANCE);
  const [cpuTerms, gpuTerms] = await Promise.all(sessions.map((session) => session.measureTerms()));
  const votes = [gpuTerms, cpuTerms].map(({ terms }) => terms.windowAttention?.values ?? new Float32Array(0));
  expect(relativeError(votes[0], votes[1])).toBeLessThan(RELATIVE_TOLERANCE);
});
