// Which weights a link was made with: "e96df093", the first digits of the digest of the model's weights, and behind commas
// those of lanes with a model of their own, "e96df093,,b0368842".
import { shortened } from "../lib/shortened";
import { modelOf, revisionOf, type ShippedModel } from "./shippedModels";

/** Of the models that the lanes run. [lane] */
export function revisionText(models: readonly Pick<ShippedModel, "digest">[]): string {
  const [first, ...others] = models.map(revisionOf);
  return [first, ...others.map((revision) => (revision === first ? "" : revision))].join(",").replace(/,+$/, "");
}

/** What a link says, and in plain words where this page has other weights. `modelIds`: those of its lanes. [lane] */
export function parseRevision(
  text: string | undefined,
  modelIds: readonly string[],
): { readonly revision: string | null; readonly complaints: readonly string[] } {
  if (text === undefined) return { revision: null, complaints: [] };
  if (!/^[0-9a-f]{8}(?:,(?:[0-9a-f]{8})?){0,3}$/.test(text)) {
    const complaint = `The model’s revision in the link, “${shortened(text)}”, is not 8 hexadecimal digits; it is ignored.`;
    return { revision: null, complaints: [complaint] };
  }
  const revisions = text.split(",");
  const complaints = modelIds.flatMap((modelId, lane) => {
    const [model, said] = [modelOf(modelId), revisions.at(lane) ?? ""];
    if (said === "" || said === revisionOf(model)) return [];
    return [
      `${lane === 0 ? "" : `Lane ${lane + 1}: `}The link was made with other weights of ${model.label} (revision ${said}; ` +
        `this page has ${revisionOf(model)}): its run may come out differently here.`,
    ];
  });
  return { revision: text, complaints };
}
