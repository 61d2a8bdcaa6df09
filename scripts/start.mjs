// Builds the page, serves it, prints its address and opens it where there is a browser to open.
import { spawn } from "node:child_process";
import process from "node:process";
import { build, preview } from "vite";

// In its own mode, without the offline copy: the next start then shows the next build.
await build({ logLevel: "warn", mode: "start" });
const server = await preview({
  logLevel: "warn",
  preview: { port: 4173, strictPort: false, open: false },
});
const address = server.resolvedUrls?.local[0] ?? "http://localhost:4173/";
console.log(`\n  Winnow is running at ${address}\n  Press Ctrl+C to stop.\n`);
openBrowser(address);

/** @param {string} url */
function openBrowser(url) {
  const command = browserCommand();
  if (command === undefined) return;
  const child = spawn(command, [url], { stdio: "ignore", detached: true });
  // A missing browser is not a failure: the address is printed above.
  child.on("error", () => undefined);
  child.unref();
}

function browserCommand() {
  const { env, platform } = process;
  if (env.CI) return undefined;
  if (platform === "darwin") return "open";
  if (platform === "win32") return "explorer";
  return env.DISPLAY || env.WAYLAND_DISPLAY ? "xdg-open" : undefined;
}
