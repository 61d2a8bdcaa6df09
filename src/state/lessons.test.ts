import { describe, expect, it } from "vitest";
import { initialLessons, lessonActions, parseProgress, progressText, type LessonsState } from "./lessons";

function openSlice(): { readonly state: () => LessonsState; readonly act: ReturnType<typeof lessonActions> } {
  let state = initialLessons;
  const act = lessonActions(
    (change) => (state = { ...state, ...change }),
    () => state,
  );
  return { state: () => state, act };
}

describe("progress", () => {
  it("keeps what is done when the reader goes on", () => {
    const { state, act } = openSlice();
    act.keepProgress("budget", { done: ["first"] });
    act.keepProgress("budget", { part: 2 });
    expect(state().progress).toEqual({ budget: { part: 2, done: ["first"], picks: {}, isFinished: false } });
  });

  it("reads what it wrote", () => {
    const { state, act } = openSlice();
    act.keepProgress("budget", { done: ["first"], picks: { first: 2 }, isFinished: true });
    expect(parseProgress(progressText(state().progress), "a file")).toEqual(state().progress);
  });

  it("adds what another browser stored, and loses nothing", () => {
    const { state, act } = openSlice();
    act.keepProgress("budget", { done: ["first"], isFinished: true });
    act.keepProgress("alpha", { part: 1 });
    act.addProgress({ budget: { part: 3, done: ["last"], picks: {}, isFinished: false } });
    expect(state().progress.budget).toEqual({ part: 3, done: ["first", "last"], picks: {}, isFinished: true });
    expect(state().progress.alpha.part).toBe(1);
  });

  it("refuses anything else, and says what it found where", () => {
    expect(() => parseProgress("{", "mine.json")).toThrow(/mine\.json: expected JSON/);
    const text = '{"winnowProgress":1,"lessons":{"alpha":{"part":-1,"done":[],"picks":{},"isFinished":true}}}';
    expect(() => parseProgress(text, "mine.json")).toThrow("lessons.alpha.part: expected >=0, found -1");
  });
});
