// The code of a frame: whatever is ticked, the frame reads back.
import fc from "fast-check";
import { expect, it } from "vitest";
import { defaultEmbedOptions, embedControls, embedPanels, parseEmbedQuery } from "../../state/embedQuery";
import { embedAddress, embedCode, type EmbedWishes } from "./embedCode";

const page = "https://example.org/winnow/";
const first: EmbedWishes = { ...defaultEmbedOptions, height: 480 };

const anyWishes: fc.Arbitrary<EmbedWishes> = fc.record({
  theme: fc.constantFrom("system", "light", "dark"),
  panels: fc.subarray([...embedPanels], { minLength: 1 }),
  mode: fc.constantFrom("read", "interactive"),
  hidden: fc.subarray([...embedControls]),
  start: fc.constantFrom("playing", "paused"),
  recordedId: fc.option(fc.constantFrom("walk-gkv", "a&b=c", "#1")),
  height: fc.integer({ min: 200, max: 2000 }),
});

it("is read back as it was wished, without complaint", () => {
  fc.assert(
    fc.property(anyWishes, (wishes) => {
      const address = new URL(embedAddress(page, wishes, "v3&B=64"));
      const read = parseEmbedQuery(address.search);
      const { height: _, ...options } = wishes;
      expect(read).toEqual({ options: { ...defaultEmbedOptions, ...options }, complaints: [] });
      expect(address.hash).toBe("#v3&B=64");
    }),
  );
});

it("says nothing that a frame does anyway", () => {
  expect(embedAddress(page, first, "")).toBe(`${page}?embed`);
});

it("can be put into a page as it is", () => {
  const code = embedCode(embedAddress(page, { ...first, theme: "dark" }, 'v3&text="<b>"'), 480);
  expect(code).toContain('src="https://example.org/winnow/?embed&amp;theme=dark#v3&amp;text=&quot;&lt;b>&quot;"');
  expect(code).toContain('height="480"');
});
