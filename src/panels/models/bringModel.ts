// From files to a model that can be chosen: looks at their first bytes and headers, digests them, gives the model its name in
// settings and links, and keeps it in this browser where somebody asks for that.
import { errorMessage, InputError } from "../../lib/errors";
import { createModuleWorker } from "../../lib/moduleWorker";
import { catalogue } from "../../hub/catalogue";
import type { KeepCommand, KeepEvent } from "../../hub/keepMessages";
import keepWorkerAddress from "../../hub/keepWorker.ts?worker&url";
import { askToPersist, keptModels, openModel, isWhole, type KeptModel } from "../../hub/keptModels";
import { isLocalHub, findHub } from "../../hub/hubs";
import { isWeightFile, modelDigest } from "../../hub/modelFiles";
import { modelOfFiles } from "../../hub/pickedFiles";
import { chatPrompt } from "../../hub/speech";
import { renderTemplate } from "../../hub/renderTemplate";
import { OWN_TEXT } from "../../settings/settings";
import { builtInPrompts } from "./builtInPrompts";
import { siteFiles, type SiteModel } from "./siteModels";
import {
  broughtId,
  broughtLabel,
  parseBroughtId,
  type BroughtModel,
  type BroughtSource,
} from "../../settings/broughtModels";
import { settingsInForce } from "../../settings/inForce";
import { broughtReference, namedModels, type Brought } from "../../state/brought";
import type { PageStore } from "../../state/pageStore";

export type NamedBlobs = NonNullable<Brought["reference"]["files"]>;

/** How far reading or keeping is. */
export interface KeepProgress {
  readonly bytes: number;
  readonly totalBytes: number;
}

interface JobOptions {
  readonly onProgress: (progress: KeepProgress) => void;
  readonly signal: AbortSignal;
}

/** Files that were picked or dropped. Resolves with the model that they make, chosen; rejects with InputError. */
export async function bringFiles(store: PageStore, picked: NamedBlobs, options: JobOptions): Promise<Brought> {
  return bring(store, { files: picked, source: { type: "file" } }, options);
}

/** A model that lies beside the page. */
export async function bringSite(store: PageStore, model: SiteModel, options: JobOptions): Promise<Brought> {
  const files = await siteFiles(model, options.signal);
  const path = `models/${model.files.find(isWeightFile) ?? model.files[0]}`;
  return bring(store, { files, source: { type: "site", path }, label: model.label }, options);
}

/** A model that this browser keeps: its digest is known, so only its headers are read. */
export async function bringKept(store: PageStore, key: string, options: JobOptions): Promise<Brought> {
  const { model, files } = await openModel(key);
  const named = model.files.map(({ path }, place) => ({ path, blob: files[place] }));
  const source = sourceOf(model);
  // The names on a local hub are the visitor's own.
  const label = source.type === "file" ? undefined : model.label;
  return bring(store, { files: named, source, label, sha256: modelDigest(model.files) }, options);
}

/** The model that a link names, if this browser keeps it; null otherwise. */
export async function bringNamed(store: PageStore, id: string): Promise<Brought | null> {
  const named = parseBroughtId(id);
  if (named === null) return null;
  const all = await keptModels().catch(() => []);
  const kept = all.find((model) => isWhole(model) && modelDigest(model.files) === named.sha256);
  if (kept === undefined) return null;
  return bringKept(store, kept.key, { onProgress: () => undefined, signal: new AbortController().signal });
}

/** The name of a hub on the visitor's own machine never leaves it. */
function sourceOf({ origin, files }: KeptModel): BroughtSource {
  const hub = origin.type === "hub" ? findHub(origin.hub) : null;
  if (origin.type === "disk" || hub === null || isLocalHub(hub)) return { type: "file" };
  const weights = files.find(({ path }) => isWeightFile(path)) ?? files[0];
  return { type: "hub", hub: hub.id, repository: origin.repository, commit: origin.commit, path: weights.path };
}

interface FoundFiles {
  /** The model's own may be among others. */
  readonly files: NamedBlobs;
  readonly source: BroughtSource;
  readonly label?: string;
  /** Of the model, where it is known. */
  readonly sha256?: string | null;
}

async function bring(
  store: PageStore,
  { files: found, source, label, sha256: known = null }: FoundFiles,
  options: JobOptions,
): Promise<Brought> {
  const files = await modelOfFiles(found);
  const inspected = await keepJob({ type: "inspect", files, sha256: known }, options);
  if (inspected.type !== "inspected") throw new Error(`unexpected answer ${inspected.type}`);
  const { facts, sha256 } = inspected;
  const { speech, ...shape } = facts;
  const said: BroughtModel = {
    source: source.type === "file" ? pinnedSource(sha256) : source,
    sha256,
    bytes: files.reduce((sum, { blob }) => sum + blob.size, 0),
    ...shape,
  };
  const { missingModel } = store.getState();
  if (source.type === "file" && missingModel !== null) expectWanted(missingModel, { path: files[0].path, sha256 });
  const id = wantedId(store, sha256) ?? broughtId(said);
  const named = parseBroughtId(id);
  if (named === null) {
    const { layerCount, headCount, kvHeadCount, headDim } = shape;
    throw new InputError(
      `${files[0].path}: its header says ${layerCount} layers with ${headCount} heads, ${kvHeadCount} KV heads and head size ${headDim}, which Winnow does not run; choose another model`,
    );
  }
  const shown = label ?? labelOf(named);
  const model: Brought = { id, label: shown, reference: { ...broughtReference(id, shown), files }, speech };
  const isNamed = namedModels(store.getState()).includes(id);
  const { bring: chooseIt, choose } = store.getState();
  chooseIt(model);
  if (isNamed) return model;
  const { choices } = store.getState();
  if (settingsInForce(choices).settings.problem !== OWN_TEXT) {
    // The puzzles are for the embedded models.
    const [{ system, user }] = builtInPrompts;
    const prompt = await chatPrompt(speech, { system, user, isThinking: null }, renderTemplate);
    // What was chosen meanwhile stands.
    if (store.getState().choices !== choices) return model;
    choose("problem", OWN_TEXT);
    choose("promptText", prompt.text);
  }
  return model;
}

/** Nothing of the visitor's disk: it comes to stand in run files. */
function labelOf(model: BroughtModel): string {
  const pinned = catalogue.find(({ sha256 }) => sha256 === model.sha256);
  return pinned === undefined ? broughtLabel(model) : `${pinned.label} ${pinned.weightType}`;
}

/** While the page asks for a certain file, another one would replace what the run was to be, unnoticed. */
function expectWanted(
  missingModel: string,
  { path, sha256 }: { readonly path: string; readonly sha256: string },
): void {
  const wanted = parseBroughtId(missingModel)?.sha256;
  if (wanted === undefined || wanted === sha256) return;
  throw new InputError(
    `${path}: expected the model with the SHA-256 ${wanted.slice(0, 16)}…, found ${sha256.slice(0, 16)}…; give the file that the run needs, or close Models to choose another one for the next run`,
  );
}

/** A link may name the same file by another source: the run that it asks for is this model's. */
function wantedId(store: PageStore, sha256: string): string | null {
  return namedModels(store.getState()).find((id) => parseBroughtId(id)?.sha256 === sha256) ?? null;
}

/** A file that the catalogue knows has a place where others can get it. */
function pinnedSource(sha256: string): BroughtSource {
  const pinned = catalogue.find((model) => model.sha256 === sha256);
  if (pinned === undefined || pinned.revision === null) return { type: "file" };
  const { hub, repository, revision: commit, path } = pinned;
  return { type: "hub", hub, repository, commit, path };
}

/** Copies the files of a model into this browser. Resolves with its key. */
export async function keepBrought({ id, label, reference }: Brought, options: JobOptions): Promise<string> {
  const files = reference.files ?? [];
  const wanted = {
    label,
    origin: { type: "disk", sha256: parseBroughtId(id)?.sha256 ?? "" },
    files: files.map(({ path, blob }) => ({ path, bytes: blob.size, sha256: null })),
    licence: null,
  } as const;
  const kept = await keepJob({ type: "copy", wanted, files: files.map(({ blob }) => blob) }, options);
  if (kept.type !== "kept") throw new Error(`unexpected answer ${kept.type}`);
  askToPersist();
  return kept.key;
}

/** One job of the worker, to its end. */
function keepJob(command: KeepCommand, { onProgress, signal }: JobOptions): Promise<KeepEvent> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const worker = createModuleWorker(new URL(keepWorkerAddress, import.meta.url).href, "models");
    const end = (act: () => void): void => {
      worker.terminate();
      act();
    };
    signal.addEventListener("abort", () => worker.postMessage({ type: "cancel" } satisfies KeepCommand));
    worker.onmessage = ({ data }: MessageEvent<KeepEvent>) => {
      switch (data.type) {
        case "progress":
          onProgress(data);
          return;
        case "notice":
          return;
        case "failed":
          end(() => reject(new InputError(data.message)));
          return;
        case "cancelled":
          end(() => reject(new DOMException("cancelled", "AbortError")));
          return;
        default:
          end(() => resolve(data));
      }
    };
    worker.onerror = ({ message }) => end(() => reject(new Error(errorMessage(message || "the worker did not start"))));
    worker.postMessage(command);
  });
}
