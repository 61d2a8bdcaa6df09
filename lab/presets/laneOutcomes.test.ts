import { expect, it } from "vitest";
import { candidatePlaces } from "./laneOutcomes";

const lengths = [400, 300, 300, 200, 100];

it("takes the problems in which every lane ends as planned, the clear and short ones first", () => {
  //                        fits  fits  no: right  fits, no answer  no: wrong
  const letters = ["wwruw", "reeew"];
  const places = candidatePlaces({ letters, answers: ["notRight", "right"], isDrawn: [false, false], lengths });
  expect(places).toEqual([1, 3, 0]);
});

it("ignores a lane that may end either way, and one whose letters come from another draw", () => {
  const letters = ["wwwww", "eeeee", "wewew", "wwwww"];
  const answers = ["notRight", "right", null, "right"] as const;
  const places = candidatePlaces({ letters, answers, isDrawn: [false, false, false, true], lengths });
  expect(places).toEqual([4, 3, 1, 2, 0]);
});
