// A page of another origin that embeds the built page: its server, and the messages that its script posts and receives.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import path from "node:path";
import type { Page } from "@playwright/test";

export interface TestServer {
  /** With the port, without a slash at the end. */
  readonly origin: string;
  readonly close: () => Promise<void>;
}

/** Serves what `answer` gives for a path; everything else is missing. Open to every origin, as GitHub Pages is. */
export async function serve(
  answer: (path: string) => Promise<{ readonly body: Buffer | string; readonly type: string } | null>,
): Promise<TestServer> {
  const server = createServer((request, response) => {
    void answer(new URL(request.url ?? "/", "http://localhost").pathname).then((found) => {
      response.writeHead(found === null ? 404 : 200, {
        "content-type": found?.type ?? "text/plain",
        "access-control-allow-origin": "*",
      });
      response.end(found?.body ?? "not here");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".svg": "image/svg+xml",
};

/** A server of the build that can be given a new version of the copy that browsers keep. */
export interface BuildServer extends TestServer {
  /** Adds a line to the service worker. */
  readonly publish: (line: string) => void;
}

/** The built page. */
export async function serveBuild(): Promise<BuildServer> {
  let added = "";
  const server = await serve(async (name) => {
    const file = path.join("dist", path.posix.normalize(name === "/" ? "/index.html" : name));
    try {
      const bytes = await readFile(file);
      const body = name === "/sw.js" ? `${bytes.toString()}\n${added}` : bytes;
      return { body, type: types[path.extname(file)] ?? "application/octet-stream" };
    } catch {
      return null;
    }
  });
  return { ...server, publish: (line) => (added = line) };
}

export interface HostPage {
  /** Address of the page in the frame. */
  readonly embed: string;
  readonly sandbox?: string;
  /** Address of another page, framed next to it. */
  readonly stranger?: string;
}

/** The host's page, as a course would write it: it keeps every message of its frame. */
export function hostHtml({ embed, sandbox, stranger }: HostPage): string {
  return `<!doctype html><html lang="en"><title>Course</title><body>
    <script>
      window.heard = [];
      addEventListener("message", ({ source, origin, data }) => {
        if (source === document.querySelector("#embed").contentWindow) heard.push({ origin, data });
      });
    </script>
    <iframe id="embed" title="Winnow" width="800" height="450" src="${embed.replaceAll("&", "&amp;")}"
      ${sandbox === undefined ? "" : `sandbox="${sandbox}"`}></iframe>
    ${stranger === undefined ? "" : `<iframe id="stranger" title="Stranger" src="${stranger}"></iframe>`}
  </body></html>`;
}

export interface Heard {
  readonly origin: string;
  readonly data: { readonly type: string; readonly id?: number; readonly [key: string]: unknown };
}

/** Posts a message into the frame. */
export async function post(page: Page, message: object, origin: string): Promise<void> {
  await page.evaluate(
    ([sent, target]) => {
      const frame = document.querySelector<HTMLIFrameElement>("#embed");
      frame?.contentWindow?.postMessage({ winnow: 1, ...sent }, target);
    },
    [message, origin] as const,
  );
}

export function heard(page: Page): Promise<readonly Heard[]> {
  return page.evaluate(() => (window as unknown as { heard: Heard[] }).heard);
}

let lastId = 0;

/** Posts a command and returns its answer. */
export async function ask(page: Page, message: object, origin: string): Promise<Heard["data"]> {
  const id = ++lastId;
  await post(page, { ...message, id }, origin);
  const answer = await page.waitForFunction(
    (wanted) => (window as unknown as { heard: Heard[] }).heard.find(({ data }) => data.id === wanted)?.data,
    id,
  );
  return (await answer.jsonValue()) as Heard["data"];
}
