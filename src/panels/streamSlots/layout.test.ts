import { describe, expect, it } from "vitest";
import { drawStreamTrace } from "../../trace/stream/drawStreamTrace.testing";
import { slotsLayout, slotsNow, slotsTable, slotsText } from "./layout";

const size = { width: 500, height: 240 };

describe("slots in use against frames seen", () => {
  it("never rises above the cap, and the full cache is computed where no lane runs it", async () => {
    const capped = await drawStreamTrace({ frames: 20, questionCount: 2 });
    const layout = slotsLayout([capped], 20, size);
    const ys = (layout.lines[0].path.match(/,[\d.]+/g) ?? []).map((text) => Number(text.slice(1)));
    expect(Math.min(...ys)).toBeGreaterThanOrEqual((layout.lines[0].cap?.y ?? 0) - 0.05);
    expect(layout.fullPath).not.toBeNull();
    expect(layout.byteTicks.length).toBeGreaterThan(2);
    const full = await drawStreamTrace({ frames: 20, policyId: "full", questionCount: 0 });
    const both = slotsLayout([capped, full], 20, size);
    expect(both.fullPath).toBeNull();
    expect(both.lines[1].cap).toBeNull();
  });

  it("is said in words and rows", async () => {
    const trace = await drawStreamTrace({ frames: 20, questionCount: 0 });
    expect(slotsText([trace], 8)).toBe(
      "Slots in use after 8 frames. TaR + VaN: 157 slots, at most 209 of 209. A full cache: 209.",
    );
    expect(slotsNow([trace], 0)[0].lengthSlots).toBe(1);
    expect(slotsTable([trace]).rows).toHaveLength(trace.blocks.length);
  });
});
