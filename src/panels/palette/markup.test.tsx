// Golden markup of the palette for the commands of the table. A change shows up as a difference to look at.
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { command } from "./pageCommands";
import { PaletteBody } from "./PaletteBody";

const nothing = (): void => undefined;
const commands = [
  command("playPause", "Playback", { label: "Play or pause", shown: ["Space"], run: nothing }),
  command("policy snapKv", "Policy", { label: "Policy: SnapKV", note: "for the next run", run: nothing }),
  command("focus 7", "Layer and KV head", { label: "Focus layer 1, KV head 3", isOnlyFound: true, run: nothing }),
];
const markup = renderToStaticMarkup(
  <PaletteBody commands={() => commands} stepCommand={() => commands[0]} typed="" onChoose={nothing} />,
);

it("draws groups, notes and keys as in the golden", async () => {
  await expect(`${markup.replaceAll("><", ">\n<")}\n`).toMatchFileSnapshot("../golden/palette.golden.html");
});

it("writes no inline style sheet, which the page's security policy would drop", () => {
  expect(markup).not.toMatch(/<style|<script/);
});
