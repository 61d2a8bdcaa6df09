// Models that a visitor brings: how a setting and a link name one. The name says all that settings need to know of it before
// a byte is there, and what proves that a file is the one meant; never an address on this machine, nor a file's local name.
//
//   file:9465…b031:639446688:Q8_0:28x16x8x128:596049920                                   a file, known by its SHA-256
//   hf:9465…b031:639446688:Q8_0:28x16x8x128:596049920:Qwen/Qwen3-0.6B-GGUF@3ac1…/Qwen3-0.6B-Q8_0.gguf   from a hub
//   site:…:models/class.gguf                                                              beside the page itself

export interface BroughtModel {
  readonly source: BroughtSource;
  /** Identifies its weights: of their file, or of several together (hub/modelFiles.ts). */
  readonly sha256: string;
  /** Of all its files. */
  readonly bytes: number;
  readonly weightType: string;
  readonly layerCount: number;
  /** Query heads of a layer. */
  readonly headCount: number;
  readonly kvHeadCount: number;
  readonly headDim: number;
  readonly parameterCount: number;
}

export type BroughtSource =
  /** `hub`: the id of a hub of the page's list. */
  | {
      readonly type: "hub";
      readonly hub: string;
      readonly repository: string;
      readonly commit: string;
      readonly path: string;
    }
  /** A file that the page's own server has, relative to the page. */
  | { readonly type: "site"; readonly path: string }
  | { readonly type: "file" };

const part = String.raw`[\w][\w.+ -]*`;
const weightTypeName = /^[A-Z0-9_]{1,16}$/;

const broughtModelId = new RegExp(
  String.raw`^([a-z][a-z0-9-]{0,23}):([0-9a-f]{64}):(\d{1,14}):([A-Z0-9_]{1,16}):(\d{1,3})x(\d{1,3})x(\d{1,3})x(\d{1,4}):(\d{1,13})` +
    String.raw`(?::(?:(${part}/${part})@([0-9a-f]{40})/)?(${part}(?:/${part})*))?$`,
);

const LONGEST_BROUGHT_ID = 600;

export function broughtId(model: BroughtModel): string {
  const { source, sha256, bytes, weightType, layerCount, headCount, kvHeadCount, headDim, parameterCount } = model;
  const from = source.type === "hub" ? source.hub : source.type;
  const shape = `${layerCount}x${headCount}x${kvHeadCount}x${headDim}`;
  const known = `${from}:${sha256}:${bytes}:${writtenType(weightType)}:${shape}:${parameterCount}`;
  switch (source.type) {
    case "hub":
      return `${known}:${source.repository}@${source.commit}/${source.path}`;
    case "site":
      return `${known}:${source.path}`;
    case "file":
      return known;
  }
}

function writtenType(weightType: string): string {
  return weightTypeName.test(weightType) ? weightType : "MIXED";
}

/** Null for any other text. */
export function parseBroughtId(id: string): BroughtModel | null {
  if (id.length > LONGEST_BROUGHT_ID) return null;
  const match = broughtModelId.exec(id);
  if (match === null) return null;
  const [, from, sha256, bytes, weightType, ...rest] = match;
  const [layerCount, headCount, kvHeadCount, headDim, parameterCount] = rest.slice(0, 5).map(Number);
  const [repository, commit, path] = rest.slice(5) as (string | undefined)[];
  const source = sourceOf(from, { repository, commit, path });
  const isShape =
    [layerCount, headCount, kvHeadCount, headDim].every((count) => count > 0) && headCount % kvHeadCount === 0;
  if (source === null || !isShape) return null;
  return {
    source,
    sha256,
    bytes: Number(bytes),
    weightType,
    layerCount,
    headCount,
    kvHeadCount,
    headDim,
    parameterCount,
  };
}

interface SaidPlace {
  readonly repository?: string;
  readonly commit?: string;
  readonly path?: string;
}

function sourceOf(from: string, { repository, commit, path }: SaidPlace): BroughtSource | null {
  if (path?.includes("..") === true) return null;
  if (from === "file") return path === undefined ? { type: "file" } : null;
  if (from === "site") return path !== undefined && repository === undefined ? { type: "site", path } : null;
  if (path === undefined || repository === undefined || commit === undefined) return null;
  return { type: "hub", hub: from, repository, commit, path };
}

/** As a list names it: "Qwen3-0.6B-Q8_0", or "A file (9465e63a, Q8_0)". */
export function broughtLabel({ source, sha256, weightType }: BroughtModel): string {
  if (source.type === "file") return `A file (${sha256.slice(0, 8)}, ${weightType})`;
  return (source.path.split("/").at(-1) ?? source.path).replace(/\.gguf$/i, "");
}
