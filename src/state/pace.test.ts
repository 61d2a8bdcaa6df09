import { beforeEach, describe, expect, it } from "vitest";

import { drivePage, sayReady, sayStarted, startLive } from "./drivePage.testing";
import type { DrivenPage } from "./drivePage.testing";

let driven: DrivenPage;
beforeEach(() => {
  driven = drivePage();
  driven.store.getState().setSpeed(Infinity);
});

describe("the pace of a live run", () => {
  it("lets the engine generate as many tokens as are due, once it rests", () => {
    const { store, asked, say } = driven;
    store.getState().setSpeed(10);
    store.getState().run("run");
    sayReady(driven);
    sayStarted(driven);
    store.getState().advanceClock(50);
    expect(asked).toEqual(["load First auto", "start paused"]);
    say({ type: "paused", run: 1, stepCount: 0 });
    store.getState().advanceClock(50);
    expect(asked.slice(2)).toEqual(["advance 2"]);
    store.getState().advanceClock(100);
    expect(asked.slice(3)).toEqual([]);
    say({ type: "paused", run: 1, stepCount: 2 });
    store.getState().advanceClock(10);
    expect(asked.slice(3)).toEqual(["advance 1"]);
    expect(store.getState().runStatus).toBe("running");
  });

  it("ends with Pause and begins again with Resume", () => {
    const { store, asked, say } = driven;
    store.getState().setSpeed(10);
    startPaced(driven);
    store.getState().pause();
    store.getState().advanceClock(1000);
    expect(store.getState().runStatus).toBe("paused");
    expect(asked.slice(-1)).toEqual(["start paused"]);
    store.getState().resume();
    store.getState().advanceClock(100);
    say({ type: "resumed", run: 1 });
    expect(store.getState().runStatus).toBe("running");
    expect(asked.slice(-1)).toEqual(["advance 2"]);
  });

  it("can be lifted and set while it runs", () => {
    const { store, asked, say } = driven;
    store.getState().setSpeed(10);
    startPaced(driven);
    store.getState().setSpeed(Infinity);
    expect(asked.slice(-1)).toEqual(["resume"]);
    store.getState().setSpeed(4);
    expect(asked.slice(-1)).toEqual(["pause"]);
    say({ type: "paused", run: 1, stepCount: 3 });
    store.getState().advanceClock(10);
    expect(asked.slice(-1)).toEqual(["advance 1"]);
  });
});

function startPaced(page: DrivenPage): void {
  startLive(page);
  page.say({ type: "paused", run: 1, stepCount: 0 });
}
