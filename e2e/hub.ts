// A hub on this machine with the layout of the Hugging Face Hub: tree API, revisions, files behind redirects, ranges, ETags.
// Tests make it slow, gated, or a liar. Small files it serves itself; large ones lie on a second origin, as on a real hub.
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";

export const COMMIT = "0123456789abcdef0123456789abcdef01234567";

/** What the hub does to files; each test sets what it is about. */
export interface HubWays {
  /** Bytes a second of the file host; Infinity for as fast as it goes. */
  bytesPerSecond: number;
  /** Only with this token. */
  token: string | null;
  /** Says nothing any more after so many bytes of an answer. */
  stallsAfter: number;
  /** One byte of a file is another one, from here on. */
  wrongByteAt: number | null;
  /** The redirect leads to a host that no list has. */
  redirectsTo: string | null;
  /** Answers a file with a page. */
  sendsPage: boolean;
  ignoresRange: boolean;
  /** Says that each large file has so many bytes. */
  claimsBytes: number | null;
  /** The redirect leads back to where it came from. */
  loops: boolean;
  /** Packs the answer, so that its length is not the file's. */
  packs: boolean;
  /** Says of a part that its file has so many bytes. */
  claimsTotal: number | null;
  /** The next requests get these answers instead of the file, one each. */
  refusals: number[];
}

export interface AskedFile {
  readonly path: string;
  readonly from: number;
  readonly authorization: string | null;
  /** Bytes that went out. */
  sentBytes: number;
  /** Null while it is open. */
  endedAtMs: number | null;
}

export interface TestHub {
  readonly origin: string;
  readonly fileOrigin: string;
  readonly ways: HubWays;
  /** Requests for contents, in order. */
  readonly asked: AskedFile[];
  readonly close: () => Promise<void>;
}

const plainWays: HubWays = {
  bytesPerSecond: Infinity,
  token: null,
  stallsAfter: Infinity,
  wrongByteAt: null,
  redirectsTo: null,
  sendsPage: false,
  ignoresRange: false,
  claimsBytes: null,
  loops: false,
  packs: false,
  claimsTotal: null,
  refusals: [],
};

/** `files`: of the one repository, test/model, by path. */
export async function startHub(files: Readonly<Record<string, Buffer>>): Promise<TestHub> {
  const ways: HubWays = { ...plainWays, refusals: [] };
  const asked: AskedFile[] = [];
  const fileHost = await listen(
    createServer((request, response) => void sendFile(request, response)),
    "localhost",
  );
  const hub = await listen(
    createServer((request, response) => answer(request, response)),
    "127.0.0.1",
  );

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, search } = new URL(request.url ?? "/", hub.origin);
    allowOrigins(response);
    if (request.method === "OPTIONS") {
      response.writeHead(204).end();
      return;
    }
    if (ways.token !== null && request.headers.authorization !== `Bearer ${ways.token}`) {
      response.writeHead(401, { "x-error-code": "GatedRepo" }).end("gated");
      return;
    }
    const revision = /^\/api\/models\/test\/model\/revision\/(.*)$/.exec(pathname)?.[1];
    if (revision === "main" || revision === COMMIT) json(response, { sha: COMMIT });
    else if (pathname === `/api/models/test/model/tree/${COMMIT}`) sendTree(response, search);
    else if (pathname.startsWith(`/test/model/resolve/${COMMIT}/`)) {
      if (ways.loops) {
        response.writeHead(302, { location: `${hub.origin}${pathname}?again=1` }).end();
        return;
      }
      const target = ways.redirectsTo ?? fileHost.origin;
      response.writeHead(302, { location: `${target}/${pathname.split("/").slice(5).join("/")}?signed=1` }).end();
    } else response.writeHead(404).end("not here");
  }

  /** Two pages, so that somebody must follow the link. */
  function sendTree(response: ServerResponse, search: string): void {
    const entries = Object.entries(files).map(([path, bytes]) => ({
      ...{ type: "file", path, size: bytes.length, oid: "0".repeat(40) },
      ...(/\.(gguf|safetensors)$/.test(path) && {
        lfs: { oid: sha256(bytes), size: ways.claimsBytes ?? bytes.length, pointerSize: 134 },
      }),
    }));
    const isSecond = search.includes("cursor=2");
    const next = `<${hub.origin}/api/models/test/model/tree/${COMMIT}?recursive=true&cursor=2>; rel="next"`;
    json(
      response,
      isSecond ? entries.slice(1) : [{ type: "directory", path: "folder", size: 0 }, ...entries.slice(0, 1)],
      isSecond ? {} : { link: next },
    );
  }

  async function sendFile(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent(new URL(request.url ?? "/", fileHost.origin).pathname.slice(1));
    const file = files[path];
    allowOrigins(response);
    const from = ways.ignoresRange ? 0 : Number(/^bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
    const record: AskedFile = {
      path,
      from,
      authorization: request.headers.authorization ?? null,
      sentBytes: 0,
      endedAtMs: null,
    };
    asked.push(record);
    response.setMaxListeners(0);
    response.on("close", () => (record.endedAtMs = Date.now()));
    if (ways.sendsPage) {
      response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><p>Please log in");
      return;
    }
    if (file === undefined) {
      response.writeHead(404).end("not here");
      return;
    }
    const refusal = ways.refusals.shift();
    if (refusal !== undefined) {
      response.writeHead(refusal, { "retry-after": "1" }).end();
      return;
    }
    if (ways.packs) {
      const packed = gzipSync(file.subarray(from), { level: 1 });
      response.writeHead(200, { "content-length": packed.length, "content-encoding": "gzip" }).end(packed);
      return;
    }
    if (from >= file.length) {
      response.writeHead(416).end();
      return;
    }
    response.writeHead(from > 0 ? 206 : 200, {
      "content-length": file.length - from,
      "content-type": "application/octet-stream",
      "accept-ranges": "bytes",
      etag: `"${sha256(file)}"`,
      ...(from > 0 && { "content-range": `bytes ${from}-${file.length - 1}/${ways.claimsTotal ?? file.length}` }),
    });
    const pieceBytes = Math.min(1 << 18, Number.isFinite(ways.bytesPerSecond) ? ways.bytesPerSecond / 10 : 1 << 18);
    for (let at = from; at < file.length && !response.destroyed; at += pieceBytes) {
      if (record.sentBytes >= ways.stallsAfter) return;
      const piece = Buffer.from(file.subarray(at, at + pieceBytes));
      if (ways.wrongByteAt !== null && ways.wrongByteAt >= at && ways.wrongByteAt < at + piece.length)
        piece[ways.wrongByteAt - at] ^= 1;
      const isTaken = response.write(piece);
      record.sentBytes += piece.length;
      if (!isTaken) await Promise.race([once(response, "drain"), once(response, "close")]);
      if (Number.isFinite(ways.bytesPerSecond)) await new Promise((resolve) => setTimeout(resolve, 100));
    }
    response.end();
  }

  return {
    origin: hub.origin,
    fileOrigin: fileHost.origin,
    ways,
    asked,
    close: async () => {
      for (const { server } of [hub, fileHost]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

function once(response: ServerResponse, event: "drain" | "close"): Promise<void> {
  return new Promise((resolve) => response.once(event, () => resolve()));
}

export function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

async function listen(server: Server, host: string): Promise<{ readonly server: Server; readonly origin: string }> {
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return { server, origin: `http://${host}:${(server.address() as AddressInfo).port}` };
}

/** As hubs do: a few headers are readable, and Authorization asks first. */
function allowOrigins(response: ServerResponse): void {
  response.setHeader("access-control-allow-origin", "*");
  response.setHeader("access-control-allow-headers", "authorization, range");
  response.setHeader("access-control-expose-headers", "link, etag, content-range, accept-ranges");
}

function json(response: ServerResponse, value: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(200, { "content-type": "application/json", ...headers }).end(JSON.stringify(value));
}
