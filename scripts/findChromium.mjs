// Finds the Chromium or Chrome that the browser tests run in, and says how to launch it. Run as a program it prints
// the path, or ends with code 1 if there is none. Uses nothing but Node, so that it works before `npm ci`.
import { accessSync, constants } from "node:fs";
import path from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";

const commandNames = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

const macPlaces = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** The browser to use, or undefined if only Playwright's own download is left. */
export function findChromium() {
  const { env } = process;
  const candidates = [
    env.CHROMIUM_PATH,
    env.CHROME_PATH,
    ...(env.PATH ?? "")
      .split(path.delimiter)
      .filter((folder) => folder !== "")
      .flatMap((folder) => commandNames.map((name) => path.join(folder, name))),
    ...(process.platform === "darwin" ? macPlaces : []),
    ...[env.PROGRAMFILES, env["PROGRAMFILES(X86)"], env.LOCALAPPDATA].map(
      (folder) => folder && path.join(folder, "Google/Chrome/Application/chrome.exe"),
    ),
  ];
  return candidates.find((candidate) => candidate !== undefined && isExecutable(candidate));
}

/**
 * Launch options for Playwright. Without `webgpu` the browser is that of a visitor without a GPU: `navigator.gpu` is
 * there, but it has no adapter.
 * @param {{ webgpu: boolean }} options
 */
export function chromiumLaunchOptions({ webgpu }) {
  const executablePath = findChromium();
  const isRoot = process.getuid?.() === 0;
  return {
    // Playwright's default for its own browser is the headless shell; the `chromium` channel is the full browser.
    ...(executablePath === undefined ? { channel: "chromium" } : { executablePath }),
    args: [webgpu ? "--enable-unsafe-webgpu" : "--disable-gpu", ...(isRoot ? ["--no-sandbox"] : [])],
  };
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const found = findChromium();
  if (found === undefined) process.exit(1);
  console.log(found);
}
