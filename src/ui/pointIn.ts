// Where a pointer is within an element, in the element's own CSS pixels, which Present and a panel at full size
// make larger than those of the view.

export function pointIn(
  element: Element,
  { clientX, clientY }: { readonly clientX: number; readonly clientY: number },
): { readonly x: number; readonly y: number } {
  const { left, top } = element.getBoundingClientRect();
  const zoom = zoomOf(element);
  return { x: (clientX - left) / zoom, y: (clientY - top) / zoom };
}

/** Pixels of the view per CSS pixel of the element; 1 where the browser does not say. */
export function zoomOf(element: Element): number {
  return (element as Partial<Pick<Element, "currentCSSZoom">>).currentCSSZoom ?? 1;
}
