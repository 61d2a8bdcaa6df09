// Draws the icons of the installed page from public/favicon.svg, in the Chromium of the browser tests:
//   node scripts/icons.mjs
import { mkdirSync, readFileSync } from "node:fs";
import { chromium } from "playwright";
import { chromiumLaunchOptions } from "./findChromium.mjs";

const svg = readFileSync("public/favicon.svg", "utf8");
/** `share` of the side that the drawing fills: a maskable icon may be cut to a circle, a tenth smaller all round. */
const icons = [
  { name: "icon-192", size: 192, share: 0.84 },
  { name: "icon-512", size: 512, share: 0.84 },
  { name: "maskable-512", size: 512, share: 0.6 },
];

mkdirSync("public/icons", { recursive: true });
const browser = await chromium.launch(chromiumLaunchOptions({ webgpu: false }));
for (const { name, size, share } of icons) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  const drawing = Math.round(size * share);
  await page.setContent(
    `<style>body { margin: 0; height: 100vh; display: grid; place-items: center; background: #f4f5f8 }
     svg { width: ${drawing}px; height: ${drawing}px }</style>${svg}`,
  );
  await page.screenshot({ path: `public/icons/${name}.png` });
  await page.close();
}
await browser.close();
