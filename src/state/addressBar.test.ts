import { beforeEach, describe, expect, it, vi } from "vitest";
import { followAddress, patientAddress, type AddressWindow } from "./addressBar";
import { packedLink } from "./sharedLink";
import { drivePage, sayReady, saySteps, startLive, type DrivenPage } from "./drivePage.testing";

interface Bar {
  /** Oldest first; the present one is at `place`. */
  entries: string[];
  place: number;
  visit: (place: number) => void;
}

let driven: DrivenPage;
let bar: Bar;
let leave: () => void;

beforeEach(() => {
  driven = drivePage();
  let listener: () => void = () => undefined;
  bar = {
    entries: ["/"],
    place: 0,
    visit(place) {
      bar.place = place;
      listener();
    },
  };
  leave = followAddress(driven.store, {
    page: () => "/",
    fragment: () => bar.entries[bar.place].slice(1),
    push(address) {
      bar.entries = [...bar.entries.slice(0, bar.place + 1), address];
      bar.place++;
    },
    replace(address) {
      bar.entries[bar.place] = address;
    },
    onVisit(called) {
      listener = called;
      return () => (listener = () => undefined);
    },
  });
});

function run(): void {
  driven.store.getState().run("run");
  sayReady(driven);
}

it("keeps one entry for whatever is tried out between two runs", () => {
  const { choose, compare } = driven.store.getState();
  for (const budget of [90, 80, 70]) choose("budgetSlots", budget);
  expect(bar.entries).toEqual(["/", "/#v4&view=watch&B=70"]);
  run();
  choose("budgetSlots", 60);
  compare({ others: [{ policyId: "random" }], isForced: false });
  expect(bar.entries).toEqual(["/", "/#v4&view=watch&B=70", "/#v4&view=watch&B=60&lane=policy:random"]);
});

it("opens the experiment that a person goes back to, and changes begin a new entry after it", async () => {
  const { choose } = driven.store.getState();
  choose("budgetSlots", 70);
  run();
  choose("budgetSlots", 60);
  bar.visit(1);
  await Promise.resolve();
  expect(driven.store.getState().choices).toEqual({ budgetSlots: 70 });
  bar.visit(0);
  await Promise.resolve();
  await Promise.resolve();
  expect(driven.store.getState().choices).toEqual({});
  expect(bar.entries).toHaveLength(3);
  choose("alpha", 0.5);
  expect(bar.entries).toEqual(["/", "/#v4&view=watch&alpha=0.5"]);
});

it("has one entry for a stream in Watch, and none for a run that ends it unseen", () => {
  const { watch, go } = driven.store.getState();
  go("explore");
  watch("stream");
  go("explore");
  expect(bar.entries.map((entry) => /view=\w+/.exec(entry)?.[0])).toEqual([
    undefined,
    "view=explore",
    "view=watch",
    "view=explore",
  ]);
  startLive(driven);
  saySteps(driven, 0, 1);
  driven.drawFrame();
  expect(driven.store.getState().isWatchingStream).toBe(false);
  expect(bar.entries).toHaveLength(4);
});

it("adds no entry of its own where a person goes back before the last link was unpacked", async () => {
  const links = await Promise.all(["#v4&B=70", "#v4&B=60"].map((link) => packedLink(link.slice(1))));
  bar.entries = links.map((link) => `/#${link}`);
  bar.visit(1);
  bar.visit(0);
  await vi.waitFor(() => expect(driven.store.getState().choices).toEqual({ budgetSlots: 70 }));
  expect(bar).toMatchObject({ place: 0, entries: links.map((link) => `/#${link}`) });
});

describe("a browser that refuses addresses for a while", () => {
  const drive = () => {
    const written: string[] = [];
    const waiting: (() => void)[] = [];
    let isRefusing = false;
    const take = (how: string) => (address: string) => {
      if (isRefusing) throw new DOMException("Too many calls to Location or History APIs", "SecurityError");
      written.push(`${how} ${address}`);
    };
    let listener = (): void => undefined;
    const window: AddressWindow = {
      ...{ page: () => "/", fragment: () => "", push: take("push"), replace: take("replace") },
      onVisit(called) {
        listener = called;
        return () => undefined;
      },
    };
    return {
      address: patientAddress(window, (act) => waiting.push(act)),
      written,
      refuse: (refuses: boolean) => (isRefusing = refuses),
      wait: () => waiting.splice(0).forEach((act) => act()),
      visit: () => listener(),
    };
  };

  it("gets the newest of them later, as an entry of its own where one was begun", () => {
    const { address, written, refuse, wait } = drive();
    address.replace("/#1");
    refuse(true);
    address.push("/#2");
    address.replace("/#3");
    wait();
    expect(written).toEqual(["replace /#1"]);
    refuse(false);
    wait();
    wait();
    address.replace("/#4");
    expect(written).toEqual(["replace /#1", "push /#3", "replace /#4"]);
  });

  it("gets none of them once a person has gone elsewhere", () => {
    const { address, written, refuse, wait, visit } = drive();
    address.onVisit(() => undefined);
    refuse(true);
    address.replace("/#1");
    visit();
    refuse(false);
    wait();
    expect(written).toEqual([]);
  });
});

it("is left alone once the page has gone", () => {
  leave();
  driven.store.getState().choose("budgetSlots", 70);
  bar.visit(0);
  expect(bar.entries).toEqual(["/"]);
});
