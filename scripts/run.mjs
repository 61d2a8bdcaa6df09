// Runs a TypeScript script in Node through Vite's module loading, so that `?raw` shaders and extensionless imports
// work as they do in the browser: node scripts/run.mjs scripts/x.ts ARGUMENTS…
// The script exports `main(argv: string[]): Promise<number>`; what it returns is the exit code.
import path from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { createServer, isRunnableDevEnvironment } from "vite";

const [script, ...argv] = process.argv.slice(2);
if (script === undefined) {
  console.error("Usage: node scripts/run.mjs SCRIPT.ts ARGUMENTS…");
  process.exit(2);
}

const server = await createServer({
  configFile: false,
  root: fileURLToPath(new URL("..", import.meta.url)),
  logLevel: "error",
  appType: "custom",
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true },
});

/** @type {number} */
let exitCode;
try {
  const environment = server.environments.ssr;
  if (!isRunnableDevEnvironment(environment)) throw new Error("Vite cannot run modules here");
  /** @type {{ main?: unknown }} */
  const module = await environment.runner.import(pathToFileURL(path.resolve(script)).href);
  if (typeof module.main !== "function") throw new Error(`${script} exports no function main`);
  exitCode = /** @type {number} */ (await module.main(argv));
} catch (error) {
  // For an InputError the message says it all. Anything else is our mistake and needs the stack.
  const isInputError = error instanceof Error && error.name === "InputError";
  console.error(isInputError ? error.message : error);
  exitCode = 1;
}
await server.close();
// A GPU device or a worker left open would keep the process alive; output through a pipe must still be written out.
process.stdout.write("", () => process.stderr.write("", () => process.exit(exitCode)));
