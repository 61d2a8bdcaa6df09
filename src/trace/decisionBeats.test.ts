import { expect, it } from "vitest";
import { effectiveParameters, policies } from "../policy/policies";
import { beatAt, beatProgress, beatStops, decisionBeats } from "./decisionBeats";

const beatsOf = (id: string) => {
  const policy = policies.find((each) => each.id === id);
  if (policy === undefined) throw new Error(id);
  return decisionBeats(policy.formula(effectiveParameters(policy, {})));
};
const names = (id: string): string =>
  beatsOf(id)
    .list.map(({ name }) => name)
    .join(" ");

it("has the beats that the policy has, and no other", () => {
  expect(names("gkv")).toBe("look before repeats order cut close");
  expect(names("snapKv")).toBe("look neighbours order cut close");
  expect(names("rKv")).toBe("look neighbours repeats order cut close");
  expect(names("h2o")).toBe("look before order cut close");
  expect(names("streamingLlm")).toBe("recency order cut close");
  expect(names("keyNorm")).toBe("keysValues order cut close");
  expect(names("random")).toBe("draw order cut close");
  expect(decisionBeats(null).list.map(({ name }) => name)).toEqual(["score", "order", "cut", "close"]);
});

it("follows one beat after the other without a gap, and leaves a wake", () => {
  const { list } = beatsOf("gkv");
  expect(list[0].from).toBe(0);
  list.slice(1).forEach((beat, place) => expect(beat.from).toBe(list[place].to));
  expect(list[list.length - 1].to).toBeLessThan(1);
});

it("tells how far a beat has come", () => {
  const beats = beatsOf("gkv");
  const cut = beats.list[4];
  expect(beatProgress(beats, "cut", cut.from)).toBe(0);
  expect(beatProgress(beats, "cut", (cut.from + cut.to) / 2)).toBeCloseTo(0.5);
  expect(beatProgress(beats, "cut", 1)).toBe(1);
  expect(beatProgress(beats, "draw", 1)).toBe(0);
  expect(beatAt(beats, cut.from).name).toBe("order");
  expect(beatAt(beats, cut.to).name).toBe("cut");
  expect(beatAt(beats, 1).name).toBe("close");
});

it("stops at the end of each beat, at last when all is over", () => {
  expect(beatStops(beatsOf("random")).length).toBe(4);
  expect(beatStops(beatsOf("random")).at(-1)).toBe(1);
});
