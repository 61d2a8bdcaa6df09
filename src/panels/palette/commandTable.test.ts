import { matchKeyBindingPress, parseKeybinding } from "tinykeys";
import { expect, it } from "vitest";
import { commandEntry, commandIds } from "./commandTable";

const bindings = commandIds.flatMap((id) => commandEntry(id).keys.flatMap((key) => key.bindings));

interface Press {
  readonly key: string;
  readonly code: string;
  readonly held?: readonly string[];
}

/** The commands that a press on a keyboard asks for. */
function asked({ key, code, held = [] }: Press): readonly string[] {
  const event = { key, code, getModifierState: (name: string) => held.includes(name) } as unknown as KeyboardEvent;
  return commandIds.filter((id) =>
    commandEntry(id).keys.some((one) =>
      one.bindings.some((binding) => matchKeyBindingPress(event, parseKeybinding(binding)[0])),
    ),
  );
}

it("binds no key twice", () => {
  expect(new Set(bindings).size).toBe(bindings.length);
});

it("calls no two commands the same", () => {
  expect(new Set(commandIds.map((id) => commandEntry(id).label)).size).toBe(commandIds.length);
});

it.each([
  ["the space bar", { key: " ", code: "Space" }, "playPause"],
  ["the space bar with Shift", { key: " ", code: "Space", held: ["Shift"] }, "reversePause"],
  ["an arrow", { key: "ArrowLeft", code: "ArrowLeft" }, "back"],
  ["an arrow with Shift", { key: "ArrowRight", code: "ArrowRight", held: ["Shift"] }, "nextEvent"],
  ["+ of an American keyboard", { key: "+", code: "Equal", held: ["Shift"] }, "zoomIn"],
  ["its key without Shift", { key: "=", code: "Equal" }, "zoomIn"],
  ["+ of a German keyboard", { key: "+", code: "BracketRight" }, "zoomIn"],
  ["− of a number pad", { key: "-", code: "NumpadSubtract" }, "zoomOut"],
  ["0", { key: "0", code: "Digit0" }, "wholeRun"],
  ["? with Shift", { key: "?", code: "Slash", held: ["Shift"] }, "help"],
  ["Ctrl K", { key: "k", code: "KeyK", held: ["Control"] }, "palette"],
  ["L with caps lock", { key: "L", code: "KeyL" }, "loopInterval"],
])("takes %s for one command", (_, press, id) => {
  expect(asked(press)).toEqual([id]);
});

it("leaves the browser its own keys", () => {
  expect(asked({ key: "-", code: "Minus", held: ["Control"] })).toEqual([]);
  expect(asked({ key: "+", code: "Equal", held: ["Control", "Shift"] })).toEqual([]);
  expect(asked({ key: "k", code: "KeyK" })).toEqual([]);
});
