// The models that ship with the page, each in the folder public/models/<id>; the first one is what the page begins with.

export interface ShippedModel {
  readonly id: string;
  readonly label: string;
  /** One sentence for the choice between them: what sets it apart. */
  readonly description: string;
}

export const shippedModels: readonly ShippedModel[] = [
  {
    id: "pilot",
    label: "Pilot",
    description: "A first model that knows walks of 4 to 6 rooms and 10 to 24 steps, and nothing else.",
  },
];
