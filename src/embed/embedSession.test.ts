import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { driveEmbed, greetedEmbed, HOST } from "./driveEmbed.testing";
import { commandTypes } from "./embedMessages";

describe("the handshake", () => {
  it("answers hello with version, capabilities and state, to the origin that said it", async () => {
    const { send, posted } = await driveEmbed();
    const [ready] = await send({ type: "hello", version: 1, id: 7 });
    expect(ready).toMatchObject({
      winnow: 1,
      type: "ready",
      id: 7,
      version: 1,
      capabilities: { mode: "read", topics: ["step", "selection", "status"] },
      state: { step: { step: 4, stepCount: 5 }, status: { runStatus: "none", run: { isRecorded: true } } },
    });
    expect(posted[0].origin).toBe(HOST);
  });

  it("names the versions it speaks to a host that speaks another", async () => {
    const { send } = await driveEmbed();
    expect(await send({ type: "hello", version: 2 })).toEqual([{ winnow: 1, type: "unsupported", versions: [1] }]);
    expect(await send({ type: "hello", winnow: 2, version: 1 })).toMatchObject([{ type: "ready" }]);
  });

  it("asks for hello before anything else", async () => {
    const { send, page } = await driveEmbed();
    expect(await send({ type: "seek", step: 1 })).toMatchObject([
      { type: "failed", command: "seek", message: "expected hello with version 1 first, found seek." },
    ]);
    expect(page.store.getState().shownStep).toBe(4);
  });

  it("listens to the first origin that said hello, and is silent to all others", async () => {
    const { send, page } = await greetedEmbed();
    expect(await send({ type: "hello", version: 1 }, "https://other.example")).toEqual([]);
    expect(await send({ type: "seek", step: 0 }, "https://other.example")).toEqual([]);
    expect(page.store.getState().shownStep).toBe(4);
    expect(await send({ type: "seek", step: 0 })).toMatchObject([{ type: "done", command: "seek" }]);
  });

  it("is silent to origins that the query does not allow, and to pages without an origin", async () => {
    const { send } = await driveEmbed({ allowedOrigins: ["https://other.example"] });
    expect(await send({ type: "hello", version: 1 })).toEqual([]);
    expect(await send({ type: "hello", version: 1 }, "null")).toEqual([]);
    expect(await send({ type: "hello", version: 1 }, "https://other.example")).toMatchObject([{ type: "ready" }]);
  });

  it("reports a height that was known before the host spoke", async () => {
    const { send, session } = await driveEmbed();
    session.noteHeight(420);
    expect(await send({ type: "hello", version: 1 })).toMatchObject([
      { type: "ready" },
      { type: "height", height: 420 },
    ]);
  });
});

describe("events", () => {
  it("come once per frame, with the newest state, and only to subscribers", async () => {
    const { send, drawFrame, page, posted } = await greetedEmbed();
    page.store.getState().moveTo(1);
    drawFrame();
    expect(posted).toEqual([]);
    await send({ type: "subscribe", topics: ["step"] });
    drawFrame();
    posted.length = 0;
    for (const step of [0, 2, 3]) page.store.getState().moveTo(step);
    page.store.getState().focusOn(0, 0);
    expect(posted).toEqual([]);
    drawFrame();
    expect(posted.map(({ message }) => message)).toMatchObject([{ type: "step", step: 3, token: { position: 6 } }]);
  });

  it("begin with the current state, and end when the host unsubscribes", async () => {
    const { send, drawFrame, page, posted } = await greetedEmbed();
    await send({ type: "subscribe", topics: ["selection", "status"] });
    drawFrame();
    expect(posted.map(({ message }) => message.type)).toEqual(["done", "selection", "status"]);
    await send({ type: "unsubscribe", topics: ["selection"] });
    posted.length = 0;
    page.store.getState().focusOn(0, 0);
    drawFrame();
    expect(posted).toEqual([]);
  });

  it("are not repeated if nothing about them has changed", async () => {
    const { send, drawFrame, page, posted } = await greetedEmbed();
    await send({ type: "subscribe", topics: ["step"] });
    drawFrame();
    posted.length = 0;
    page.store.getState().moveTo(page.store.getState().shownStep);
    drawFrame();
    expect(posted).toEqual([]);
  });
});

it.each([
  [{ type: "seek" }, "seek, step: expected a whole number from 0, found nothing."],
  [{ type: "seek", step: "3" }, "seek, step: expected a whole number from 0, found “3”."],
  [{ type: "seek", step: -1 }, "seek, step: expected a whole number from 0, found -1."],
  [{ type: "theme", theme: "pink" }, "theme, theme: expected system, light or dark, found “pink”."],
  [
    { type: "subscribe", topics: ["step", "noise"] },
    "subscribe, topics: expected a list of step, selection, status, found a list.",
  ],
  [{ type: "openRun", file: "x" }, "openRun, file: expected an ArrayBuffer, found “x”."],
  [{ type: "jump" }, /^type: expected hello, open, openRun, seek, .*, found “jump”\.$/],
  [{ type: "play", id: {} }, "id: expected a number or up to 100 characters, found object."],
  [{ type: "play", winnow: 3 }, "winnow: expected 1, found 3."],
])("answers %j with what was expected and found", async (message, expected) => {
  const { send } = await greetedEmbed();
  const [answer] = await send(message);
  expect(answer).toMatchObject({ type: "failed", message: expect.stringMatching(expected) as string });
});

describe("whatever is sent", () => {
  const messages = fc.oneof(
    fc.anything(),
    fc.record(
      {
        winnow: fc.oneof(fc.constant(1), fc.anything()),
        type: fc.oneof(fc.constantFrom("hello", ...commandTypes), fc.anything()),
        id: fc.anything(),
        step: fc.anything(),
        layer: fc.anything(),
        kvHead: fc.anything(),
        position: fc.anything(),
        link: fc.anything(),
        file: fc.oneof(
          fc.uint8Array().map((bytes) => bytes.slice().buffer),
          fc.anything(),
        ),
        topics: fc.anything(),
        theme: fc.anything(),
        version: fc.anything(),
      },
      { requiredKeys: [] },
    ),
  );

  it("never throws, and posts nothing but to the host", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(messages, { maxLength: 8 }), async (sent) => {
        const { session, posted, drawFrame } = await driveEmbed({ mode: "interactive" });
        for (const data of sent) await session.receive(data, HOST);
        drawFrame();
        expect(posted.every(({ origin }) => origin === HOST)).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  it("changes the page only where it answers that it was done", async () => {
    await fc.assert(
      fc.asyncProperty(messages, async (data) => {
        const { session, page, posted, themes } = await greetedEmbed();
        const before = page.store.getState();
        await session.receive(data, HOST);
        const isDone = posted.some(({ message }) => message.type === "done");
        if (!isDone) expect([page.store.getState() === before, themes]).toEqual([true, []]);
        expect(page.asked).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });
});
