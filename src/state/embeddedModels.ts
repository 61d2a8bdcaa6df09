// Where the models that ship with the page lie; addresses are relative to it, so that it works from any folder of any host.
import type { ModelReference } from "../engine/protocol";
import { shippedModels, type ShippedModel } from "../settings/shippedModels";

export type EmbeddedModel = ModelReference & ShippedModel;

export const embeddedModels: readonly EmbeddedModel[] = shippedModels.map((model) => ({
  ...model,
  address: new URL(`models/${model.id}/`, typeof document === "undefined" ? "http://localhost/" : document.baseURI)
    .href,
}));
