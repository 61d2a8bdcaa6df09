// The colours of lanes as the style sheet has them: readable on every ground, and told apart by people who see colours
// differently (matrices of Machado, Oliveira and Fernandes 2009, full severity).
import { readFileSync } from "node:fs";
import { rgb } from "d3";
import { describe, expect, it } from "vitest";

type Colour = readonly [red: number, green: number, blue: number];

const sheet = readFileSync(new URL("../../styles/base.css", import.meta.url), "utf8");
const [light, dark] = [/:root \{([^}]*)\}/, /:root\[data-theme="dark"\] \{([^}]*)\}/].map((block) => {
  const declarations = block.exec(sheet)?.[1] ?? "";
  return Object.fromEntries(
    [...declarations.matchAll(/(--[\w-]+): (#\w{6});/g)].map(([, name, value]) => [name, value]),
  );
});

const sights = {
  trichromacy: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritanopia: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
} as const;

function linear(value: number): number {
  const share = value / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}

function encoded(share: number): number {
  const clamped = Math.min(1, Math.max(0, share));
  return 255 * (clamped <= 0.0031308 ? 12.92 * clamped : 1.055 * clamped ** (1 / 2.4) - 0.055);
}

function channels(name: string, theme: Readonly<Record<string, string>>): Colour {
  const { r, g, b } = rgb(theme[name]);
  return [r, g, b];
}

function seen(colour: Colour, matrix: readonly number[]): Colour {
  const parts = colour.map(linear);
  return [0, 3, 6].map((row) =>
    encoded(matrix[row] * parts[0] + matrix[row + 1] * parts[1] + matrix[row + 2] * parts[2]),
  ) as unknown as Colour;
}

/** WCAG 2. */
function contrast(left: Colour, right: Colour): number {
  const [high, low] = [left, right]
    .map((colour) => colour.map(linear))
    .map(([red, green, blue]) => 0.2126 * red + 0.7152 * green + 0.0722 * blue)
    .sort((one, other) => other - one);
  return (high + 0.05) / (low + 0.05);
}

const names = ["--lane-colour-1", "--lane-colour-2", "--lane-colour-3", "--lane-colour-4"];

describe.each([
  ["light", light],
  ["dark", dark],
] as const)("the lanes' colours in the %s theme", (_, theme) => {
  it("can be read on every ground", () => {
    for (const name of names) {
      for (const ground of ["--panel", "--page", "--track"]) {
        expect(contrast(channels(name, theme), channels(ground, theme))).toBeGreaterThanOrEqual(4.5);
      }
    }
  });

  it.each(Object.entries(sights))("are told apart under %s", (_sight, matrix) => {
    const colours = names.map((name) => seen(channels(name, theme), matrix));
    colours.forEach((left, lane) => {
      for (const right of colours.slice(lane + 1)) {
        expect(Math.hypot(...left.map((part, at) => part - right[at]))).toBeGreaterThan(60);
      }
    });
  });
});
