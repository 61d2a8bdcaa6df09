// The models that ship with the page, each in the folder public/models/<id>; the page begins with the first one.
import { broughtLabel, parseBroughtId } from "./broughtModels.ts";

/** What the choice of a model shows. */
export interface ModelWords {
  readonly id: string;
  readonly label: string;
  /** One sentence: what distinguishes it from the others. */
  readonly description: string;
  /** The model that it was trained on from, if it is a later checkpoint of one. */
  readonly trainedFrom?: { readonly id: string; readonly by: PostTraining };
}

/** What a model learned after its training to live with a small cache, in the order in which it is learned. */
export const postTrainings = ["distilled", "rl"] as const;
export type PostTraining = (typeof postTrainings)[number];

export interface ShippedModel extends ModelWords {
  /** SHA-256 of its weights, hexadecimal; links name the weights by it. */
  readonly digest: string;
  readonly parameterCount: number;
  readonly layerCount: number;
  /** Query heads of a layer. */
  readonly headCount: number;
  readonly kvHeadCount: number;
  readonly headDim: number;
  /** What its heads do was measured and ships with it. */
  readonly hasRoles: boolean;
  /** Filters made from its queries ship with it. */
  readonly hasFilters: boolean;
  /** The directions of its keys ship with it. */
  readonly hasBasis: boolean;
}

const shape = { parameterCount: 1_016_960, layerCount: 4, headCount: 8, kvHeadCount: 4, headDim: 32 };
const measured = { hasRoles: true, hasFilters: true, hasBasis: true };

export const shippedModels: readonly ShippedModel[] = [
  {
    id: "winnow-1m",
    label: "Winnow 1M",
    description: "This model was trained to look a fact up at the full stop that ends its sentence.",
    digest: "e96df0938c24fb548261b409f359eb20150995de2dbdba79b35833512e633b64",
    ...shape,
    ...measured,
  },
  {
    id: "winnow-1m-spread",
    label: "Winnow 1M, spread",
    description: "The control: trained without that hint, it looks up each word of a fact where the word stands.",
    digest: "89f5a5c828cccb2deca511ba2658bd487c09193d297730bd5a12089916e6510e",
    ...shape,
    ...measured,
  },
  {
    id: "winnow-1m-unshared",
    label: "Winnow 1M, unshared",
    description: "Winnow 1M with a KV head for each query head: twice the cache, and a merge can be exact.",
    digest: "5e785886e135161fc91fefdee37ff1a0174b97bbda1b6360afb63f1cbe3a00e1",
    ...shape,
    parameterCount: 1_148_032,
    kvHeadCount: 8,
    ...measured,
  },
  {
    id: "winnow-1m-distilled",
    label: "Winnow 1M, distilled",
    description: "Winnow 1M after it was taught, by the full cache, to answer from G-KV’s small one.",
    trainedFrom: { id: "winnow-1m", by: "distilled" },
    digest: "b0368842471aa4f2fb4a333a4fd37a045b1040ecda3f6bbdc536e08b21fba41b",
    ...shape,
    ...measured,
  },
  {
    id: "winnow-1m-rl",
    label: "Winnow 1M, RL",
    description: "The distilled model after 400 updates that rewarded right answers under G-KV’s small cache.",
    trainedFrom: { id: "winnow-1m", by: "rl" },
    digest: "2fbcdac90efc11eb695f4e43ccfef4c2381df3246d2f2a49c84e211b914e3336",
    ...shape,
    ...measured,
  },
];

/** The model that watches frame streams; it knows no text problems. */
export const shippedStreamModel: ShippedModel = {
  id: "winnow-stream-1m",
  label: "Winnow Stream 1M",
  description: "This model was trained to watch a room frame by frame and to answer questions about what it saw.",
  digest: "391a0e84eff82126a4a7cc49e31d2e56e03fc4b596645aed1a9e4a02f22410fe",
  ...{ parameterCount: 807_296, layerCount: 4, headCount: 8, kvHeadCount: 4, headDim: 32 },
  ...{ hasRoles: false, hasFilters: false, hasBasis: false },
};

/** What is known of the model of that id: one of the shipped ones, or one that was brought; for any other id, the first one. */
export function modelOf(modelId: string): ShippedModel {
  return shippedModels.find(({ id }) => id === modelId) ?? broughtModelOf(modelId) ?? shippedModels[0];
}

function broughtModelOf(modelId: string): ShippedModel | null {
  const brought = parseBroughtId(modelId);
  if (brought === null) return null;
  const { sha256: digest, parameterCount, layerCount, headCount, kvHeadCount, headDim } = brought;
  const description = "A model that you brought: nothing about its heads was measured beforehand.";
  return {
    ...{ id: modelId, label: broughtLabel(brought), description, digest },
    ...{ parameterCount, layerCount, headCount, kvHeadCount, headDim },
    ...{ hasRoles: false, hasFilters: false, hasBasis: false },
  };
}

/** How a link names the weights: enough digits to tell revisions of one model apart. */
export function revisionOf({ digest }: Pick<ShippedModel, "digest">): string {
  return digest.slice(0, 8);
}
