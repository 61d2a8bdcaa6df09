// Labels in one row that never overlap: the most important are placed first, on whichever side of their mark has room,
// and one that has room on neither is left out (legend and table still have it). Pure.

export interface WantedLabel {
  readonly text: string;
  /** Of the mark, in CSS pixels. */
  readonly x: number;
  readonly className: string;
}

export interface PlacedLabel extends WantedLabel {
  /** Where the text begins. */
  readonly left: number;
}

/** Of 11 px sans serif letters, on the wide side. */
const LETTER_WIDTH = 6.1;
const GAP = 5;

export function textWidth(text: string): number {
  return text.length * LETTER_WIDTH;
}

/** `taken`: stretches of the row that something else stands on. */
export function placedLabels(
  wanted: readonly WantedLabel[],
  bounds: { readonly left: number; readonly right: number },
  taken: readonly { readonly left: number; readonly right: number }[] = [],
): readonly PlacedLabel[] {
  const occupied = [...taken];
  return wanted.flatMap((label) => {
    const width = textWidth(label.text);
    const left = [label.x + GAP, label.x - GAP - width].find(
      (start) =>
        start >= bounds.left &&
        start + width <= bounds.right &&
        occupied.every((other) => start > other.right + GAP || start + width < other.left - GAP),
    );
    if (left === undefined) return [];
    occupied.push({ left, right: left + width });
    return [{ ...label, left }];
  });
}
