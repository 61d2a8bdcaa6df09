// The analysis of one short problem, as it is printed.

import { afterEach, expect, it, vi } from "vitest";
import { main } from "./main";

const printed: string[] = [];
afterEach(() => {
  vi.restoreAllMocks();
  printed.length = 0;
});

async function run(command: string): Promise<number> {
  vi.spyOn(process.stderr, "write").mockImplementation(() => true); // progress
  for (const name of ["log", "error"] as const) {
    vi.spyOn(console, name).mockImplementation((text: string) => void printed.push(text));
  }
  return main(command.split(" "));
}

it(
  "names the head that reads the rules, and follows every policy to its first mistake",
  { timeout: 30_000 },
  async () => {
    expect(await run("--family walk --difficulty 3 --count 1 --budget 60 --policy gkv,streamingLlm")).toBe(0);
    const text = printed.join("\n");
    expect(text).toMatch(/fact of the prompt .*: layer 2 KV head 0 at its full stop (9\d|100) %/);
    expect(text).toMatch(/\| +\| G-KV \| StreamingLLM \|/);
    // The newest slots alone evict the rules at once.
    expect(text).toMatch(/runs with a mistake \| \d of 1 \| 1 of 1 \|/);
    expect(text).toMatch(/whose fact the reading head had evicted \| \d \| 1 \|/);
  },
);

it("names an unknown flag or family, and prints its usage", async () => {
  expect(await run("--family maze")).toBe(2);
  expect(printed.join("\n")).toContain('--family is "maze", expected walk, diary, story, orders');
  expect(await run("--famly walk")).toBe(2);
  expect(printed.join("\n")).toContain("Usage: npm run analyse");
});
