import type { Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { InputError } from "../lib/errors";
import { httpSource } from "./httpSource";

let server: Server;
let address: string;

// A host that answers as real ones do, and as broken ones do.
beforeAll(async () => {
  server = createServer((request, response) => {
    switch (request.url) {
      case "/m/config.json":
        response.end("{}");
        break;
      case "/m/tokenizer.json":
        response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
        response.end("<!doctype html>");
        break;
      case "/m/model.safetensors":
        response.writeHead(200, { "content-length": 10 });
        response.write("12345");
        setTimeout(() => response.destroy(), 20);
        break;
      case "/m/locked.json":
        response.writeHead(403);
        response.end();
        break;
      default:
        response.writeHead(404);
        response.end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/m/`;
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

it("reads a file and reports its bytes", async () => {
  const progress: [number, number | null][] = [];
  const bytes = await httpSource(address).read("config.json", (...at) => progress.push(at));
  expect(new TextDecoder().decode(bytes ?? undefined)).toBe("{}");
  expect(progress.at(-1)).toEqual([2, 2]);
});

it("reads null for a missing file, also where the host answers with its page", async () => {
  expect(await httpSource(address).read("nothing.json")).toBeNull();
  expect(await httpSource(address).read("tokenizer.json")).toBeNull();
});

it.each([
  ["locked.json", "the server answered 403"],
  ["model.safetensors", "could not be fetched"],
])("refuses %s by its address", async (fileName, message) => {
  const attempt = httpSource(address).read(fileName);
  await expect(attempt).rejects.toThrow(InputError);
  await expect(attempt).rejects.toThrow(message);
  await expect(attempt).rejects.toThrow(`/m/${fileName}`);
});
