// Puts painted pixels on a canvas: one image pixel per CSS pixel, never smoothed.

/** `pixels` are width × height RGBA words; they are drawn from the canvas's left edge, `top` CSS pixels down. */
export function drawPixels(context: CanvasRenderingContext2D, pixels: Uint32Array, width: number, top = 0): void {
  const height = pixels.length / width;
  const image = new ImageData(new Uint8ClampedArray(pixels.buffer as ArrayBuffer), width, height);
  // putImageData knows nothing of the screen's scale, drawImage does, at the price of a second copy.
  if (context.getTransform().a === 1) {
    context.putImageData(image, 0, top);
    return;
  }
  const bitmap = document.createElement("canvas");
  bitmap.width = width;
  bitmap.height = height;
  bitmap.getContext("2d")?.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(bitmap, 0, top, width, height);
}
