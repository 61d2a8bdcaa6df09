// What an evicted token is drawn as, in all pictures of Foretold.

export function crosses(places: readonly { readonly x: number; readonly y: number }[]): string {
  return places
    .map(({ x, y }) => [x - 2.8, x + 2.8, y - 2.8, y + 2.8].map((at) => at.toFixed(1)))
    .map(([left, right, top, bottom]) => `M${left},${top}L${right},${bottom}M${left},${bottom}L${right},${top}`)
    .join("");
}
