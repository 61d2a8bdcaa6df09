// How the page looks, independent of a machine's fonts: where it is light, dark and coloured, and whether people who see
// colours differently can tell its three meanings apart.
import { readFile, writeFile } from "node:fs/promises";
import { expect, test, type Page } from "@playwright/test";
import { openPageAtRest } from "./page";

/** Blocks across and down in which a picture is averaged. */
const BLOCKS = { across: 24, down: 16 };

type Colour = readonly [red: number, green: number, blue: number];

/** A screenshot averaged to blocks of colour, row by row. */
async function averaged(page: Page, picture: Buffer, blocks: typeof BLOCKS): Promise<readonly Colour[]> {
  const values = await page.evaluate(
    async ({ png, across, down }) => {
      const bytes = Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0));
      const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
      const canvas = new OffscreenCanvas(image.width, image.height);
      const context = canvas.getContext("2d");
      if (context === null) throw new Error("no canvas");
      context.drawImage(image, 0, 0);
      const { data } = context.getImageData(0, 0, image.width, image.height);
      const sums = new Float64Array(across * down * 4);
      for (let y = 0; y < image.height; y++) {
        for (let x = 0; x < image.width; x++) {
          const block = Math.floor((y * down) / image.height) * across + Math.floor((x * across) / image.width);
          for (let part = 0; part < 3; part++) sums[block * 4 + part] += data[(y * image.width + x) * 4 + part];
          sums[block * 4 + 3]++;
        }
      }
      return Array.from({ length: across * down }, (_, block) =>
        [0, 1, 2].map((part) => Math.round(sums[block * 4 + part] / sums[block * 4 + 3])),
      );
    },
    { png: picture.toString("base64"), ...blocks },
  );
  return values as unknown as readonly Colour[];
}

function distance(left: Colour, right: Colour): number {
  return Math.hypot(...left.map((part, at) => part - right[at]));
}

for (const colorScheme of ["light", "dark"] as const) {
  test(`looks as it did in ${colorScheme} colours, and tells kept, evicted and window apart`, async ({ page }) => {
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await openPageAtRest(page);
    const found = await averaged(page, await page.screenshot(), BLOCKS);
    const file = `e2e/looks/${colorScheme}.golden.json`;
    if (process.env.UPDATE_LOOKS !== undefined) {
      const rows = Array.from({ length: BLOCKS.down }, (_, row) =>
        JSON.stringify(found.slice(row * BLOCKS.across, (row + 1) * BLOCKS.across)),
      );
      await writeFile(file, `[\n  ${rows.join(",\n  ")}\n]\n`);
    }
    const expected = (JSON.parse(await readFile(file, "utf8")) as Colour[][]).flat();
    const distances = found.map((colour, block) => distance(colour, expected[block]));
    // Another font moves words by a few pixels; a panel that is blank or another theme moves whole blocks.
    const mean = distances.reduce((sum, value) => sum + value, 0) / distances.length;
    expect(mean).toBeLessThan(12);
    expect(distances.filter((value) => value > 90)).toHaveLength(0);

    const session = await page.context().newCDPSession(page);
    await showSwatches(page, ["--kept", "--evicted", "--window", "--panel"]);
    for (const deficiency of ["protanopia", "deuteranopia", "tritanopia", "achromatopsia"] as const) {
      await session.send("Emulation.setEmulatedVisionDeficiency", { type: deficiency });
      const picture = await page.locator("#swatches").screenshot();
      const [kept, evicted, window, panel] = await averaged(page, picture, { across: 4, down: 1 });
      // Without colour only lightness is left: the marks' shapes must tell them apart, but each must stand out from the panel.
      const least = deficiency === "achromatopsia" ? 0 : 35;
      for (const [left, right] of [
        [kept, evicted],
        [kept, window],
        [evicted, window],
      ]) {
        expect(distance(left, right), deficiency).toBeGreaterThanOrEqual(least);
      }
      for (const colour of [kept, evicted, window]) expect(distance(colour, panel), deficiency).toBeGreaterThan(60);
    }
  });
}

/** A strip of squares in these colours of the theme. */
function showSwatches(page: Page, names: readonly string[]): Promise<void> {
  return page.evaluate((colours) => {
    const strip = document.createElement("div");
    strip.id = "swatches";
    strip.style.cssText = "position:fixed;inset:0 auto auto 0;display:flex;z-index:99";
    for (const name of colours) {
      const swatch = document.createElement("span");
      swatch.style.cssText = `width:40px;height:40px;background:var(${name})`;
      strip.append(swatch);
    }
    document.body.append(strip);
  }, names);
}
