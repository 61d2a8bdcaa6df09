import { describe, expect, it } from "vitest";
import { drawCheckpoint } from "../model/drawCheckpoint.testing";
import { MOST_SHOWN, promptTokensOf, readTokenizer } from "./promptTokens";

const blobOf = (bytes: Uint8Array): Blob => new Blob([bytes.slice()]);

describe("a prompt as tokens", async () => {
  const files = Object.entries(drawCheckpoint({})).map(([path, bytes]) => ({ path, blob: blobOf(bytes) }));
  const tokenizer = await readTokenizer(files);

  it("has their texts in order, and joined the text again", () => {
    const { count, tokens } = promptTokensOf(tokenizer, "a b c", new Set());
    expect(count).toBe(tokens.length);
    expect(tokens.map(({ text }) => text.trim()).join("")).toBe("abc");
  });

  it("marks those that steer the model", () => {
    const [{ text }] = promptTokensOf(tokenizer, "b", new Set()).tokens;
    const { tokens } = promptTokensOf(tokenizer, "a b c", new Set([text]));
    expect(tokens.map(({ isSpecial }) => isSpecial)).toContain(true);
  });

  it("counts all and shows a limited number", () => {
    const { count, tokens } = promptTokensOf(tokenizer, Array(4000).fill("a").join(" "), new Set());
    expect(count).toBeGreaterThanOrEqual(4000);
    expect(tokens).toHaveLength(MOST_SHOWN);
  });

  it("needs the model's tokenizer", async () => {
    await expect(readTokenizer(files.filter(({ path }) => path !== "tokenizer.json"))).rejects.toThrow(
      /no tokenizer.json/,
    );
  });
});
