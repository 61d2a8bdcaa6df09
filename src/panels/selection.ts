// The token that a person points at or has pinned. Every panel highlights it and reports a new one under the pointer.

export interface Selection {
  /** Under the pointer; null for none. */
  readonly hovered: number | null;
  /** Clicked; stays until clicked again. */
  readonly pinned: number | null;
}

export interface SelectionHandlers {
  /** `anchor`: the pointer's place in CSS pixels of the view. */
  readonly onHover: (position: number | null, anchor?: { readonly x: number; readonly y: number }) => void;
  readonly onPin: (position: number) => void;
}

/** The token that details are about: the hovered one, else the pinned one. */
export function selectedPosition({ hovered, pinned }: Selection): number | null {
  return hovered ?? pinned;
}
