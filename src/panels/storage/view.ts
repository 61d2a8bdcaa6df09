// What a reader may choose in Storage.
export interface StorageView {
  readonly kind: "keys" | "values";
}
