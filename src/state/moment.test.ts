// Moments as texts of a link: what was written is read, anything else is harmless.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeLink, encodeLink } from "../settings/link";
import { drawTrace } from "../trace/drawTrace.testing";
import { initialArrangement, panelNames, withPanelMaximised, withPanelShown } from "./arrangement";
import { momentTexts, momentWithin, parseMoment, type Moment, firstPlace } from "./moment";

const atRest: Moment = { ...firstPlace, arrangement: initialArrangement, views: {} };

const anyRange = fc
  .tuple(fc.nat(9000), fc.integer({ min: 1, max: 900 }))
  .map(([from, span]) => ({ from, to: from + span }));
// Names that mean something to every object are no names of panels.
const word = fc
  .string({ unit: "grapheme", maxLength: 20 })
  .filter((text) => !(text in Object.prototype) && text !== "prototype");
const anyMoment: fc.Arbitrary<Moment> = fc.record({
  step: fc.nat(4096),
  lane: fc.nat(3),
  layer: fc.nat(40),
  kvHead: fc.nat(20),
  pinnedPosition: fc.option(fc.nat(9000)),
  visibleSteps: fc.option(anyRange),
  loopRange: fc.option(anyRange),
  arrangement: fc.constantFrom(
    initialArrangement,
    withPanelShown(initialArrangement, "mask", false),
    withPanelMaximised(
      { ...initialArrangement, heights: { top: 320 }, columns: { top: { text: 40, map: 60 } } },
      "map",
    ),
    { ...initialArrangement, hidden: panelNames },
  ),
  views: fc.dictionary(
    word,
    fc.dictionary(word, fc.oneof(fc.boolean(), fc.integer(), word), { minKeys: 1, maxKeys: 4, noNullPrototype: true }),
    { maxKeys: 4, noNullPrototype: true },
  ),
});

describe("a moment in a link", () => {
  it("reads as a person would write it", () => {
    const moment = { ...atRest, step: 42, layer: 2, kvHead: 1, pinnedPosition: 17, loopRange: { from: 20, to: 30 } };
    expect(momentTexts(moment)).toEqual({ at: "step:42,layer:2,head:1,pin:17,loop:20-30" });
  });

  it("is read as it was written", () => {
    fc.assert(
      fc.property(anyMoment, (moment) => {
        const link = decodeLink(encodeLink({ moment: momentTexts(moment) }));
        expect(link.complaints).toEqual([]);
        expect(parseMoment(link.moment)).toEqual({ moment, complaints: [] });
      }),
    );
  });

  it("is none where the link says nothing of it", () => {
    expect(parseMoment({})).toEqual({ moment: null, complaints: [] });
  });

  it("lists what cannot be read and keeps the rest", () => {
    const { moment, complaints } = parseMoment({
      at: "step:7,layer:-1,zoom:9-3,where:here",
      panels: '{"hidden":["mask"],"maximised":"cellar"}',
      views: '{"map":{"deep":{"deeper":1}}}',
    });
    expect(moment).toEqual({ ...atRest, step: 7 });
    expect(complaints).toEqual([
      "The moment in the link: “layer:-1” is not a place in a run; it is ignored.",
      "The moment in the link: “zoom:9-3” is not a place in a run; it is ignored.",
      "The moment in the link: “where:here” is not a place in a run; it is ignored.",
      "The arrangement of panels in the link cannot be read; the page keeps its own.",
      "What the panels show in the link cannot be read; the page keeps its own.",
    ]);
  });

  it("never throws, whatever it says", () => {
    const text = fc.option(fc.oneof(fc.string(), fc.json()), { nil: undefined });
    fc.assert(
      fc.property(text, text, text, (at, panels, views) => {
        const { moment } = parseMoment({ at, panels, views });
        expect(moment === null || Number.isInteger(moment.step)).toBe(true);
      }),
    );
  });
});

it("keeps a moment within the run that it is about", () => {
  const trace = drawTrace({ prompt: "The cat sat", layerCount: 2 }, "on\nthe\nmat");
  const beyond = { ...atRest, step: 99, layer: 9, kvHead: 9, pinnedPosition: 6, visibleSteps: { from: 1, to: 50 } };
  expect(momentWithin(beyond, trace)).toMatchObject({
    step: 2,
    layer: 1,
    kvHead: 1,
    pinnedPosition: null,
    visibleSteps: { from: 1, to: 2 },
  });
  expect(momentWithin({ ...beyond, pinnedPosition: 5, loopRange: { from: 7, to: 9 } }, trace)).toMatchObject({
    pinnedPosition: 5,
    loopRange: null,
  });
});
