import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PanelName } from "../../state/arrangement";
import { createTurns, JUDGED_FRAMES, LATE_MS, MOST_TURNS, REST_FRAMES, TRIAL_FRAMES } from "./turns";

const names = ["text", "map", "score", "why", "meters"] as const satisfies readonly PanelName[];

/** A stage whose frames come when the test says so; what each panel shows is the number of the last thing it drew. */
function stage(inSight: readonly PanelName[] = names) {
  let act: ((time: number) => void) | null = null;
  let time = 0;
  let latest = 0;
  let clock = 0;
  const shown = new Map<PanelName, number>(inSight.map((name) => [name, 0]));
  const hand = (): readonly PanelName[] => {
    const drawn = [...shown.keys()].filter((name) => turns.isDue(name, String(clock)));
    for (const name of drawn) shown.set(name, latest);
    turns.handed(String(clock));
    return drawn;
  };
  const turns = createTurns({
    beforeNextFrame(next) {
      act = next;
      return () => (act = null);
    },
    handAgain: () => void hand(),
  });
  const leave = new Map(inSight.map((name) => [name, turns.join(name)]));
  const frame = (ms: number): void => {
    time += ms;
    const due = act;
    act = null;
    due?.(time);
  };
  return {
    /** A move of the clock, then the frame after it. Returns who drew it at once. */
    move: (ms: number): readonly PanelName[] => {
      latest++;
      clock++;
      const drawn = hand();
      frame(ms);
      return drawn;
    },
    /** Something new while the clock stands. */
    click: (): readonly PanelName[] => {
      latest++;
      return hand();
    },
    rest: (frames: number) => Array.from({ length: frames }, () => frame(16.7)),
    leave: (name: PanelName) => leave.get(name)?.(),
    behind: () => [...shown].filter(([, drawn]) => drawn !== latest).map(([name]) => name),
    isAsleep: () => act === null,
    shown: (name: PanelName) => latest - (shown.get(name) ?? 0),
  };
}

const late = LATE_MS + 5;
/** Frames after which panels take so many turns, all of them late. */
const framesToTurns = (count: number): number => (count - 1) * JUDGED_FRAMES + 1;

describe("turns of panels", () => {
  it("leave every panel in every frame while frames are in time", () => {
    const { move } = stage();
    for (let count = 0; count < 100; count++) expect(move(16.7)).toEqual(names);
  });

  it("are taken once frames are late, one more at a time, and no more than there are", () => {
    const { move } = stage();
    for (let count = 0; count < framesToTurns(2); count++) expect(move(late)).toEqual(names);
    for (let count = 0; count < JUDGED_FRAMES; count++) expect(move(late).length).toBeLessThan(names.length);
    for (let count = 0; count < 50; count++) move(late);
    const round = Array.from({ length: MOST_TURNS }, () => move(late));
    expect(round.flat().sort()).toEqual([...names].sort());
    expect(Math.max(...round.map(({ length }) => length))).toBe(2);
  });

  it("are not taken for a single late frame, or for one in which the page was away", () => {
    const { move } = stage();
    for (const ms of [16, late, 16, 16, 16, 16, 5000, 16, 16, 16, 16, 5000]) expect(move(ms)).toEqual(names);
    for (let count = 0; count < 20; count++) expect(move(16)).toEqual(names);
  });

  it("are given up one by one when the clock rests, and then nothing waits for a frame", () => {
    const { move, rest, behind, isAsleep } = stage();
    for (let count = 0; count < framesToTurns(3); count++) move(late);
    expect(behind()).not.toEqual([]);
    rest(MOST_TURNS);
    expect(behind()).toEqual([]);
    rest(REST_FRAMES);
    expect(isAsleep()).toBe(true);
    expect(move(16).length).toBeLessThan(names.length); // two turns now
    rest(REST_FRAMES + MOST_TURNS);
    expect(move(16)).toEqual(names);
  });

  it("become fewer on trial after a while of frames in time, and later still where that was too early", () => {
    const { move } = stage();
    const framesUntilAll = (): number => {
      for (let count = 1; count < 1000; count++) if (move(16).length === names.length) return count;
      return Infinity;
    };
    for (let count = 0; count < framesToTurns(2); count++) move(late);
    const first = framesUntilAll();
    for (let count = 0; count < JUDGED_FRAMES; count++) move(late);
    expect(first).toBeGreaterThan(TRIAL_FRAMES - JUDGED_FRAMES);
    expect(framesUntilAll()).toBeGreaterThan(2 * TRIAL_FRAMES - JUDGED_FRAMES);
  });

  it("are not waited for where something is clicked", () => {
    const { move, click, behind } = stage();
    for (let count = 0; count < framesToTurns(4); count++) move(late);
    expect(behind()).not.toEqual([]);
    expect(click()).toEqual(names);
    expect(behind()).toEqual([]);
    expect(move(late).length).toBeLessThan(names.length);
  });

  it("belong to the panels in sight: the others' places are taken by those who stay", () => {
    const { move, leave } = stage();
    for (let count = 0; count < framesToTurns(2); count++) move(late);
    leave("map");
    leave("why");
    const seen = ["text", "score", "meters"];
    expect([...move(16), ...move(16)].filter((name) => seen.includes(name)).sort()).toEqual([...seen].sort());
  });

  it("leave nobody behind for long, whatever comes", () => {
    const frames = fc.array(fc.record({ isNew: fc.boolean(), ms: fc.integer({ min: 1, max: 600 }) }), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(frames, fc.integer({ min: 1, max: names.length }), (drawn, count) => {
        const { move, rest, behind, shown } = stage(names.slice(0, count));
        for (const { isNew, ms } of drawn) {
          if (isNew) move(ms);
          else rest(1);
          for (const name of names.slice(0, count)) expect(shown(name)).toBeLessThan(2 * MOST_TURNS);
        }
        rest(MOST_TURNS + 1);
        expect(behind()).toEqual([]);
      }),
    );
  });
});
