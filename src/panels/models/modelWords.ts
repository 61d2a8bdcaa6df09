// What the sheet Models says of each model, and what it asks fetch.html for.
import { bytesInWords } from "../../hub/bytesInWords";
import type { CatalogueModel } from "../../hub/catalogue";
import type { FetchWish } from "../../hub/fetchWish";
import { isWeightFile, modelDigest } from "../../hub/modelFiles";
import { bytesOfModel, bytesThere, isWhole, type KeptModel } from "../../hub/keptModels";
import { parseBroughtId } from "../../settings/broughtModels";
import type { Brought } from "../../state/brought";
import { expectationWords } from "./expectation";

export type HubWish = Omit<FetchWish, "isDark">;

export function wishOf({
  hub,
  repository,
  revision,
  path,
  sha256,
  label,
  weightType,
  licence,
}: CatalogueModel): HubWish {
  return { hub, repository, revision: revision ?? "main", path, sha256, label: `${label} ${weightType}`, licence };
}

export function wishOfKept({ origin, files, label, licence }: KeptModel): HubWish {
  if (origin.type === "disk") throw new Error("a copy from disk is not downloaded");
  const { hub, repository, commit: revision } = origin;
  const path = files.find((file) => isWeightFile(file.path))?.path ?? null;
  const promised = modelDigest(files.map((file) => ({ path: file.path, digest: file.sha256 })));
  return { hub, repository, revision, path, sha256: promised, label, licence };
}

export function broughtFacts({ id }: Brought): string {
  const model = parseBroughtId(id);
  if (model === null) return "";
  const { bytes, weightType, layerCount, kvHeadCount, parameterCount, sha256 } = model;
  const size = `${bytesInWords(bytes)}, ${weightType}, ${parametersInWords(parameterCount)}`;
  // In how many of them a policy decides is not known before the model is loaded: layers with a window decide nothing.
  return `${size} · ${layerCount} × ${kvHeadCount} KV heads · SHA-256 ${sha256.slice(0, 8)}`;
}

/** "55 thousand parameters", "1.0 million parameters", "596 million parameters" */
export function parametersInWords(count: number): string {
  if (count < 1e6) return `${Math.round(count / 1e3)} thousand parameters`;
  return `${(count / 1e6).toFixed(count < 1e7 ? 1 : 0)} million parameters`;
}

export function keptFacts(model: KeptModel): string {
  const { origin, files, licence } = model;
  const from = origin.type === "hub" ? `${origin.repository}, commit ${origin.commit.slice(0, 8)}` : "copied from disk";
  const size = bytesInWords(bytesOfModel(model));
  const isDamaged = files.some(({ state }) => state === "damaged");
  const come = isDamaged
    ? `${size}, with a wrong byte: it is never run`
    : `${bytesInWords(bytesThere(model))} of ${size} have come`;
  return [isWhole(model) ? size : come, from, ...(licence === null ? [] : [licence])].join(" · ");
}

export function keptNote(models: readonly KeptModel[] | null, free: number | null): string {
  if (models === null) return "Reading the list…";
  const used = models.reduce((sum, model) => sum + bytesThere(model), 0);
  const room = free === null ? "" : ` ${bytesInWords(free)} are free.`;
  return models.length === 0
    ? `None yet.${room}`
    : `${bytesInWords(used)} in ${models.length === 1 ? "one model" : `${models.length} models`}.${room}`;
}

/** The setting's name of a kept model that was brought in this visit. */
export function idOfKept(model: KeptModel, brought: readonly Brought[]): string | undefined {
  return brought.find((one) => isKept(one, [model]))?.id;
}

export function isKept({ id }: Brought, models: readonly KeptModel[] | null): boolean {
  const sha256 = parseBroughtId(id)?.sha256;
  return (models ?? []).some((model) => isWhole(model) && modelDigest(model.files) === sha256);
}

export function catalogueFacts({
  bytes,
  sha256,
  weightType,
  licence,
  layerCount,
  kvHeadCount,
}: CatalogueModel): string {
  const heads = `${layerCount} × ${kvHeadCount} = ${layerCount * kvHeadCount} KV heads to evict from`;
  return `${sha256 === null ? "about " : ""}${bytesInWords(bytes)}, ${weightType} · ${licence} · ${heads}${sha256 === null ? " · not pinned yet" : " · pinned by SHA-256"}`;
}

export function catalogueWords(model: CatalogueModel): string {
  return `${model.expect} ${expectationWords(model)}.`;
}
