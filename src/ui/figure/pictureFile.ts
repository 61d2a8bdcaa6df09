// A figure as a file: SVG as it is, PNG through the browser's own renderer at twice the size of the screen's pixels.
import type { SvgPicture } from "./svgPicture";

const PNG_SCALE = 2;

export function svgBlob({ text }: SvgPicture): Blob {
  return new Blob([`<?xml version="1.0" encoding="UTF-8"?>\n${text}\n`], { type: "image/svg+xml" });
}

/** Throws Error where the browser cannot render the picture or has no memory for it. */
export async function pngBlob(picture: SvgPicture): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(picture.text)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = PNG_SCALE * picture.width;
  canvas.height = PNG_SCALE * picture.height;
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("there is no canvas to draw the picture on");
  context.scale(PNG_SCALE, PNG_SCALE);
  context.drawImage(image, 0, 0);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob === null) reject(new Error("the picture is too large for this browser"));
      else resolve(blob);
    }, "image/png");
  });
}

export function download(blob: Blob, fileName: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = fileName;
  link.click();
  // The download has its own hold on the bytes once the click is over.
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
