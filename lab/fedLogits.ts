// What a backend predicts along a text that it is fed: the same tokens for every backend and every way to keep entries, so that
// nothing but arithmetic can differ.

import type { Backend, Session, TermParameters } from "../src/engine/backend";
import { greedySampling } from "../src/model/sampling";
import { baseParameters } from "../src/policy/parameters";

export interface FedText {
  readonly tokens: Int32Array;
  /** So many of them are the prompt. */
  readonly promptCount: number;
}

/** After the prompt and after each token that is fed. [step] of [token] */
export async function fedLogits(
  backend: Backend,
  { tokens, promptCount }: FedText,
  parameters: TermParameters = baseParameters,
): Promise<Float32Array[]> {
  const session = await openSession(backend, tokens.length + 1, parameters);
  await session.prefill(tokens.subarray(0, promptCount));
  const logits = [await session.readLogits()];
  for (const token of tokens.subarray(promptCount)) {
    await session.collect();
    session.decode(token);
    logits.push(await session.readLogits());
  }
  session.dispose();
  return logits;
}

/** A session that keeps every slot. */
export function openSession(
  backend: Backend,
  slotCapacity: number,
  parameters: TermParameters = baseParameters,
): Promise<Session> {
  return backend.createSession({
    ...{ slotCapacity, positionCapacity: slotCapacity, windowSlots: 1, sampling: greedySampling, stopTokens: [] },
    ...{ hasTaps: false, terms: [], parameters },
  });
}
