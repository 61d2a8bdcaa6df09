// The token a person points at. Every panel lights it and reports when the pointer finds another.

export interface Selection {
  /** Under the pointer, null for none. */
  readonly hovered: number | null;
  /** Clicked; stays until clicked again. */
  readonly pinned: number | null;
}

export interface SelectionHandlers {
  /** The anchor is where the pointer is, in CSS pixels of the view. */
  readonly onHover: (position: number | null, anchor?: { readonly x: number; readonly y: number }) => void;
  readonly onPin: (position: number) => void;
}

/** The token that details are about: the hovered one, else the pinned one. */
export function selectedPosition({ hovered, pinned }: Selection): number | null {
  return hovered ?? pinned;
}
