// The page's Content-Security-Policy binds the page and the engine's worker: neither reaches another origin.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "@playwright/test";
import { openPageAtRest, runToEnd } from "./page";

let stranger: Server;
let strangerAddress: string;
let visits = 0;

test.beforeAll(async () => {
  stranger = createServer((_, response) => {
    visits++;
    response.writeHead(200, { "access-control-allow-origin": "*" }).end("reached");
  });
  await new Promise<void>((listening) => stranger.listen(0, "127.0.0.1", listening));
  strangerAddress = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}/`;
});
test.afterAll(() => stranger.close());

/** Runs in the page and in the worker. */
const reach = (address: string): Promise<string> =>
  fetch(address).then(
    (response) => response.text(),
    () => "blocked",
  );

test("neither the page nor the engine's worker reaches another origin", async ({ page, request }) => {
  expect(await (await request.get(strangerAddress)).text()).toBe("reached");
  visits = 0;
  /** Of the page and of its workers. */
  const asked = new Set<string>();
  page.on("request", (sent) => {
    if (/^https?:/.test(sent.url())) asked.add(new URL(sent.url()).origin);
  });
  const started = page.waitForEvent("worker");
  await openPageAtRest(page);
  await runToEnd(page);
  const worker = await started;
  expect([...asked]).toEqual([new URL(page.url()).origin]);

  expect(await page.evaluate(reach, strangerAddress)).toBe("blocked");
  expect(await worker.evaluate(reach, strangerAddress)).toBe("blocked");
  expect(await worker.evaluate(reach, new URL("favicon.svg", page.url()).href)).toContain("<svg");
  expect(visits).toBe(0);
  // The policy that it inherits still lets the matrix products in.
  const compiles = (): boolean => new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)) instanceof Object;
  expect(await worker.evaluate(compiles)).toBe(true);
});
