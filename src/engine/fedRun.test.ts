// A run that is fed another run's tokens: it takes them, says what it would have chosen, and goes on by itself behind them. Between
// two backends that compute a little differently, its proof finds the same survivors but for near ties.
import { describe, expect, it } from "vitest";
import { checkFedProof } from "../trace/proof/fedProofCheck";
import { proveFed } from "../trace/proof/fedProof";
import { decodeRunFile, encodeRunFile } from "../trace/file/runFile";
import { essence, free, loadedBench, recipeOf, start, tokensOf, traces } from "./driveLanes.testing";
import { alone } from "./hostBench.testing";

const recipe = recipeOf("gkv");

describe("a run that is fed tokens", () => {
  it("is the same run where they are its own", async () => {
    const [own] = await traces(alone(recipe));
    const [fed] = await traces(alone({ ...recipe, fedTokens: tokensOf(own) }));
    expect(essence(fed)).toEqual(essence(own));
  });

  it("takes other tokens, says its own, and goes on by itself behind them", async () => {
    const [own] = await traces(alone(recipe));
    const other = (tokensOf(own)[2] + 1) % 8;
    const [fed] = await traces(alone({ ...recipe, fedTokens: [...tokensOf(own).slice(0, 2), other] }));
    expect(tokensOf(fed).slice(0, 3)).toEqual([...tokensOf(own).slice(0, 2), other]);
    expect(fed.steps.map(({ ownToken }) => ownToken).slice(0, 4)).toEqual([
      undefined,
      undefined,
      tokensOf(own)[2],
      undefined,
    ]);
    expect(fed.steps).toHaveLength(recipe.maxNewTokens);
    const { candidateTokens, candidateLogProbabilities, logProbability } = fed.steps[2];
    const place = candidateTokens.indexOf(other);
    if (place >= 0) expect(logProbability).toBeCloseTo(candidateLogProbabilities[place], 5);
    expect(logProbability).toBeLessThan(0);
  });

  it("is read again from its file", async () => {
    const [own] = await traces(alone(recipe));
    const [fed] = await traces(alone({ ...recipe, fedTokens: [(tokensOf(own)[0] + 1) % 8] }));
    const read = await decodeRunFile(await encodeRunFile(fed), "fed.winnow");
    expect(read.steps.map(({ ownToken }) => ownToken)).toEqual(fed.steps.map(({ ownToken }) => ownToken));
  });

  it("is the same beside lanes that follow their own tokens", async () => {
    const [own] = await traces(alone(recipe));
    const fedTokens = tokensOf(own).map((token) => (token + 1) % 8);
    const [fed] = await traces(alone({ ...recipe, fedTokens }));
    const [first, second] = await traces(free([{ ...recipe, fedTokens }, recipe]));
    expect([essence(first), essence(second)]).toEqual([essence(fed), essence(own)]);
  });

  it("refuses a token that the model does not have", async () => {
    const bench = await loadedBench();
    start(bench, alone({ ...recipe, fedTokens: [1_000_000] }));
    const { message } = await bench.waitFor("failed");
    expect(message).toMatch(/fed token 1000000, the model knows 0/);
  });
});

it("keeps the same survivors but for near ties where entries are kept in 16 bits, and says where it would choose other tokens", async () => {
  const long = { ...recipe, promptText: "a b c d e f g h a c e g b d f h h g f e d c b a", maxNewTokens: 64 };
  const [sent] = await traces(alone(long));
  const proof = proveFed(sent);
  expect(proof).not.toBeNull();
  if (proof === null) return;
  const halved = { ...long, parameters: { ...long.parameters, storage: "half" as const }, fedTokens: proof.tokens };
  const [replayed] = await traces(alone(halved));
  expect(tokensOf(replayed)).toEqual(tokensOf(sent));
  const verdict = checkFedProof(proof, replayed);
  expect(verdict).toMatchObject({ type: "fed", other: null, eventCount: sent.events.length });
  expect(sent.events.length).toBeGreaterThan(10);
});
