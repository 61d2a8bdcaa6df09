import { describe, expect, it } from "vitest";
import { encodeLink } from "../settings/link";
import { drivePage, recorded, sayReady, saySteps, sayStarted } from "../state/drivePage.testing";
import { encodeRunFile } from "../trace/file/runFile";
import { embedOf, greetedEmbed } from "./driveEmbed.testing";

async function runFile(): Promise<ArrayBuffer> {
  return (await encodeRunFile(recorded)).slice().buffer;
}

describe("moving", () => {
  it("seeks within the run and says where the run ends", async () => {
    const { send, page } = await greetedEmbed();
    expect(await send({ type: "seek", step: 2, id: "a" })).toEqual([
      { winnow: 1, type: "done", command: "seek", id: "a" },
    ]);
    expect(page.store.getState().shownStep).toBe(2);
    expect(await send({ type: "seek", step: 5 })).toMatchObject([
      { type: "failed", message: "seek, step: expected 0 to 4, found 5." },
    ]);
  });

  it("plays and pauses", async () => {
    const { send, page } = await greetedEmbed();
    await send({ type: "play" });
    expect(page.store.getState().isPlaying).toBe(true);
    await send({ type: "pause" });
    expect(page.store.getState().isPlaying).toBe(false);
  });
});

describe("before the first run is there", () => {
  it("carries out commands in their order once it is, and changes the colours at once", async () => {
    const page = drivePage();
    let isOpened: () => void = () => undefined;
    const firstRun = new Promise<void>((resolve) => (isOpened = resolve));
    const { send, posted, themes } = embedOf(page, firstRun);
    await send({ type: "hello", version: 1 });
    posted.length = 0;
    const answers = Promise.all([
      send({ type: "seek", step: 3 }),
      send({ type: "pin", position: 5 }),
      send({ type: "theme", theme: "dark" }),
    ]);
    await page.store.getState().openRecordedRuns();
    expect(themes).toEqual(["dark"]);
    expect(posted).toMatchObject([{ message: { command: "theme" } }]);
    // As a page does whose query wants it paused at its start.
    page.store.getState().moveTo(0);
    isOpened();
    await answers;
    expect(posted.slice(1)).toMatchObject([
      { message: { type: "done", command: "seek" } },
      { message: { type: "done", command: "pin" } },
    ]);
    expect(page.store.getState()).toMatchObject({ shownStep: 3, pinnedPosition: 5 });
  });

  it("waits for the first step of a live run", async () => {
    const page = drivePage();
    const { send } = embedOf(page, Promise.resolve());
    await send({ type: "hello", version: 1 });
    page.store.getState().run("run");
    const answer = send({ type: "seek", step: 1 });
    sayReady(page);
    sayStarted(page);
    saySteps(page, 0, 3);
    page.drawFrame();
    expect(await answer).toMatchObject([{ type: "done" }]);
    expect(page.store.getState().shownStep).toBe(1);
  });

  it("says that there is no run where none comes", async () => {
    const { send } = embedOf(drivePage(), Promise.resolve());
    await send({ type: "hello", version: 1 });
    const message = "There is no run on screen yet; wait for a status event with a run.";
    for (const command of [{ type: "seek", step: 3 }, { type: "play" }, { type: "focus", layer: 0, kvHead: 0 }]) {
      expect(await send(command)).toMatchObject([{ type: "failed", message }]);
    }
  });
});

describe("selecting", () => {
  it("focuses a layer and KV head that the model has", async () => {
    const { send, page } = await greetedEmbed();
    await send({ type: "focus", layer: 0, kvHead: 0 });
    expect(page.store.getState()).toMatchObject({ focusLayer: 0, focusKvHead: 0 });
    const [answer] = await send({ type: "focus", layer: 99, kvHead: 0 });
    expect(answer).toMatchObject({
      type: "failed",
      message: expect.stringMatching(/^focus, layer: expected 0 to \d+/) as string,
    });
  });

  it("pins a position, keeps it pinned when asked again, and unpins it", async () => {
    const { send, page } = await greetedEmbed();
    await send({ type: "pin", position: 1 });
    await send({ type: "pin", position: 1 });
    expect(page.store.getState().pinnedPosition).toBe(1);
    await send({ type: "pin", position: null });
    expect(page.store.getState().pinnedPosition).toBeNull();
  });

  it("refuses to pin a position that does not exist yet", async () => {
    const { send } = await greetedEmbed();
    await send({ type: "seek", step: 0 });
    expect(await send({ type: "pin", position: 4 })).toMatchObject([
      { type: "failed", message: "pin, position: expected 0 to 3, found 4." },
    ]);
  });
});

describe("opening", () => {
  it("takes the recipe of a link, and says what it could not use", async () => {
    const { send, page } = await greetedEmbed();
    expect(await send({ type: "open", link: encodeLink({ choices: { budgetSlots: 64 } }) })).toMatchObject([
      { type: "done" },
    ]);
    expect(page.store.getState().choices).toEqual({ budgetSlots: 64 });
    const [answer] = await send({ type: "open", link: "#v2&B=lots" });
    expect(answer).toMatchObject({ type: "done", problems: [expect.stringMatching(/“lots” is not a number/)] });
    expect(await send({ type: "open", link: "#v2&B=lots" })).toMatchObject([{ problems: [expect.anything()] }]);
  });

  it("shows a run file and refuses anything else", async () => {
    const { send, page } = await greetedEmbed();
    await send({ type: "openRun", file: await runFile(), name: "mine.winnow" });
    expect(page.store.getState()).toMatchObject({ recordedId: null, origin: "recorded", stepCount: 5 });
    const [answer] = await send({ type: "openRun", file: new ArrayBuffer(64), name: "mine.winnow" });
    expect(answer).toMatchObject({ type: "failed", message: expect.stringMatching(/mine\.winnow/) as string });
  });

  it("shows the run file that was sent last", async () => {
    const { send, posted } = await greetedEmbed();
    const file = await runFile();
    await Promise.all([send({ type: "openRun", file, id: 1 }), send({ type: "openRun", file, id: 2 })]);
    const answers = posted.map(({ message }) => message).sort((a, b) => Number(a.id) - Number(b.id));
    expect(answers).toMatchObject([{ type: "failed" }, { type: "done" }]);
  });
});

describe("a live run", () => {
  it("is never started by a message to a page in mode read", async () => {
    const { send, page } = await greetedEmbed();
    expect(await send({ type: "run" })).toMatchObject([
      { type: "failed", message: "run: expected a page with mode=interactive that does not hide run." },
    ]);
    expect(page.asked).toEqual([]);
  });

  it("is never started where run is hidden", async () => {
    const { send, page } = await greetedEmbed({ mode: "interactive", hidden: ["run"] });
    expect(await send({ type: "run" })).toMatchObject([{ type: "failed" }]);
    expect(page.asked).toEqual([]);
  });

  it("starts in an interactive page where it is cheap", async () => {
    const { send, page } = await greetedEmbed({ mode: "interactive" });
    expect(await send({ type: "run" })).toMatchObject([{ type: "done" }]);
    expect(page.asked).toEqual(["load First auto"]);
    expect(await send({ type: "run" })).toMatchObject([
      { type: "failed", message: expect.stringMatching(/under way/) as string },
    ]);
  });

  it("is left to a person where it is costly", async () => {
    const { send, page } = await greetedEmbed({ mode: "interactive" });
    await send({ type: "open", link: encodeLink({ choices: { maxNewTokens: 4096 } }) });
    expect(await send({ type: "run" })).toMatchObject([
      { type: "failed", message: expect.stringMatching(/^run: this recipe is costly \(up to 4,096 tokens/) as string },
    ]);
    expect(page.asked).toEqual([]);
  });
});

it("changes the colours", async () => {
  const { send, themes } = await greetedEmbed();
  await send({ type: "theme", theme: "dark" });
  expect(themes).toEqual(["dark"]);
});
