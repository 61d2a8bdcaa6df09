// The models that ship with the page, each in the folder public/models/<id>; the first one is what the page begins with.

export interface ShippedModel {
  readonly id: string;
  readonly label: string;
  /** One sentence for the choice between them: what sets it apart. */
  readonly description: string;
}

export const shippedModels: readonly ShippedModel[] = [
  {
    id: "winnow-1m",
    label: "Winnow 1M",
    description: "Reads a fact in one place: the full stop that closes it. It was trained to.",
  },
  {
    id: "winnow-1m-spread",
    label: "Winnow 1M, spread",
    description: "The control: trained without a hint to one place, it reads each word of a fact where it stands.",
  },
];
