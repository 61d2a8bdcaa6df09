import { beforeEach, describe, expect, it } from "vitest";
import { drivePage, type DrivenPage } from "../../state/drivePage.testing";
import type { ModelSummary } from "../../trace/trace";
import { commandEntry, commandIds } from "./commandTable";
import { foundCommands, stepSearched } from "./foundCommands";
import { keyBindings, pageActs, type PageActs } from "./pageActs";
import type { PageCommand } from "./pageCommands";
import { pageCommands, stepCommand } from "./pageCommands";

let driven: DrivenPage;
let acts: PageActs;
let opened: string[];
beforeEach(async () => {
  driven = drivePage({ isMotionWelcome: false });
  await driven.store.getState().openRecordedRuns();
  opened = [];
  acts = pageActs(driven.store, {
    openHelp: () => opened.push("help"),
    openPalette: () => opened.push("palette"),
    goToResults: () => opened.push("results"),
    openExamples: () => opened.push("examples"),
    openPapers: () => opened.push("papers"),
    share: () => opened.push("share"),
    openFile: () => opened.push("openFile"),
    openModels: () => opened.push("models"),
    openLibrary: () => opened.push("library"),
    addMoment: () => 0,
    openRecent: () => opened.push("recent"),
    axisStepCount: () => 100,
  });
});

function all(): readonly PageCommand[] {
  const goToPanel = (name: string): void => void opened.push(`at ${name}`);
  return pageCommands(driven.store, acts, { theme: "dark", onTheme: (theme) => opened.push(theme), goToPanel });
}

function found(search: string): readonly string[] {
  return foundCommands(all(), search).listed.map(({ label }) => label);
}

/** Puts the run on screen as one of a model of another size. */
function showModelOf(size: Pick<ModelSummary, "layerCount" | "kvHeadCount">): void {
  const [lane] = driven.store.getState().lanes;
  const { header } = lane.trace;
  const trace = { ...lane.trace, header: { ...header, model: { ...header.model, ...size } } };
  driven.store.setState({ lanes: [{ ...lane, trace }] });
}

function run(search: string): void {
  foundCommands(all(), search).listed[0].run();
}

describe("the list of commands", () => {
  it("has a command for each key of the sheet, and each key does what its command does", () => {
    const bindings = keyBindings(acts);
    const commands = new Map(all().map((command) => [command.id, command]));
    for (const id of commandIds) {
      expect(commands.get(id)?.shown).toEqual(commandEntry(id).keys.map(({ shown }) => shown));
      for (const binding of commandEntry(id).keys.flatMap((key) => key.bindings)) {
        expect(bindings[binding]).toBe(commands.get(id)?.run);
      }
    }
  });

  it("calls no two commands the same", () => {
    const commands = all();
    expect(new Set(commands.map(({ id }) => id)).size).toBe(commands.length);
    expect(new Set(commands.map(({ label }) => label)).size).toBe(commands.length);
  });

  it("goes to a step, or to the last one if the run is shorter", () => {
    expect(stepCommand(driven.store, 2).label).toBe("Go to step 2");
    stepCommand(driven.store, 2).run();
    expect(driven.store.getState().shownStep).toBe(2);
    expect(stepCommand(driven.store, 43).label).toBe("Go to step 4, the last");
  });

  it("chooses heads, policies, paces, panels, colours and problems", () => {
    const { getState } = driven.store;
    run("kv head 1");
    expect(getState()).toMatchObject({ focusLayer: 0, focusKvHead: 1 });
    run("snapkv");
    run("12 steps");
    expect(getState()).toMatchObject({ choices: { policyId: "snapKv" }, stepsPerSecond: 12 });
    run("hide score");
    expect(getState().arrangement.hidden).toEqual(["score"]);
    run("show score");
    run("cache map full size");
    expect(getState().arrangement).toMatchObject({ hidden: [], maximised: "map" });
    run("colours light");
    run("new problem");
    expect(getState().choices.problem).toMatch(/^walk-.*-2$/);
    expect(opened).toEqual(["at score", "light"]);
  });

  it("offers what the live run allows", () => {
    expect(found("live run")).toEqual(["Run with these settings"]);
    driven.store.setState({ runStatus: "running" });
    expect(found("live run")).toEqual(["Pause the live run", "Stop the live run"]);
    driven.store.setState({ runStatus: "paused" });
    expect(found("live run")).toEqual(["Resume the live run", "Stop the live run"]);
  });
});

describe("the search", () => {
  it("finds by the beginnings of words, in any order", () => {
    expect(found("ev ne")).toEqual(["Next event"]);
    expect(found("rewind")).toEqual(["Play backwards or pause"]);
    expect(found("g-kv")[0]).toBe("Policy: G-KV");
    expect(found("gkv")[0]).toBe("Policy: G-KV");
    expect(found("xyzzy")).toEqual([]);
  });

  it("ranks words higher if they come in the order of the label", () => {
    showModelOf({ layerCount: 3, kvHeadCount: 3 });
    expect(found("layer 2 head 1")[0]).toBe("Focus layer 2, KV head 1");
    expect(found("layer 2 head 2")[0]).toBe("Focus layer 2, KV head 2");
    expect(found("head 2 layer 1")).toContain("Focus layer 1, KV head 2");
  });

  it("ranks an exact name first", () => {
    expect(found("loop")[0]).toMatch(/^Loop/);
    expect(found("step last").slice(0, 1)).toEqual(["Last step"]);
    expect(found("help")).toEqual(["How to read this page, and keys"]);
  });

  it("lists the heads of a large model only once they are searched, and never all at once", () => {
    showModelOf({ layerCount: 28, kvHeadCount: 8 });
    expect(found("").filter((label) => label.startsWith("Focus"))).toEqual([]);
    expect(found("layer 27")).toHaveLength(8);
    expect(foundCommands(all(), "focus")).toMatchObject({ unlistedCount: 28 * 8 - 60 });
  });

  it.each([
    ["43", 43],
    [" step 43", 43],
    ["go to step 7", 7],
    ["step43", 43],
    ["layer 2", null],
    ["4 3", null],
    ["", null],
  ])("reads “%s” as step %s", (search, step) => {
    expect(stepSearched(search)).toBe(step);
  });
});

describe("the keys of the clock", () => {
  it("zoom around the step on show, and back", () => {
    const { getState } = driven.store;
    acts.zoomIn();
    expect(getState().visibleSteps).toEqual({ from: 2, to: 52 });
    acts.zoomOut();
    expect(getState().visibleSteps).toBeNull();
  });

  it("clear the loop before they unpin a token", () => {
    const { getState } = driven.store;
    getState().pin(1);
    acts.loopFrom();
    getState().moveTo(1);
    acts.loopFrom();
    acts.unpin();
    expect(getState()).toMatchObject({ loopRange: null, pinnedPosition: 1 });
    acts.unpin();
    expect(getState().pinnedPosition).toBeNull();
  });

  it("open the sheet and the palette", () => {
    acts.help();
    acts.palette();
    expect(opened).toEqual(["help", "palette"]);
  });
});
