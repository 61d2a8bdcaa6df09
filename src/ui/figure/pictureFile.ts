// A panel's figure and legend as a picture file. The SVG opens in any drawing program: it is collected from the page
// element by element (SVG is copied with its computed colours, a canvas becomes an image, words become text). The browser
// renders it to PNG at two pixels per CSS pixel.

const PNG_SCALE = 2;

export function svgBlob({ text }: SvgPicture): Blob {
  return new Blob([`<?xml version="1.0" encoding="UTF-8"?>\n${text}\n`], { type: "image/svg+xml" });
}

/** Throws Error if the browser cannot render the picture or lacks the memory. */
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

/** Properties that marks get from the style sheet; a file has none. */
const markProperties = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-opacity",
  "stroke-dasharray",
  "stroke-linecap",
  "opacity",
  "font-family",
  "font-size",
  "font-weight",
  "text-anchor",
  "paint-order",
  "visibility",
  "display",
] as const;

const MARGIN = 12;
const SVG = "http://www.w3.org/2000/svg";

export interface SvgPicture {
  readonly text: string;
  readonly width: number;
  readonly height: number;
}

/** Room for the line below the panel. */
const LINE_HEIGHT = 18;

/** `panel`: its section element. Menus and buttons are left out. `about`: a line below it, "" for none. */
export function svgPicture(panel: HTMLElement, about: string): SvgPicture {
  const frame = panel.getBoundingClientRect();
  const width = Math.ceil(frame.width) + 2 * MARGIN;
  const height = Math.ceil(frame.height) + 2 * MARGIN + (about === "" ? 0 : LINE_HEIGHT);
  const root = document.createElementNS(SVG, "svg");
  root.setAttribute("xmlns", SVG);
  root.setAttribute("viewBox", `0 0 ${width} ${height}`);
  root.setAttribute("width", String(width));
  root.setAttribute("height", String(height));
  const ground = document.createElementNS(SVG, "rect");
  ground.setAttribute("width", "100%");
  ground.setAttribute("height", "100%");
  ground.setAttribute("fill", getComputedStyle(panel).backgroundColor);
  root.append(ground);
  const content = document.createElementNS(SVG, "g");
  content.setAttribute("transform", `translate(${MARGIN - frame.left},${MARGIN - frame.top})`);
  root.append(content);
  addElement(panel, content, frame);
  if (about !== "") addAbout(about, { panel, root, width, height });
  return { text: new XMLSerializer().serializeToString(root), width, height };
}

interface AboutPlace {
  readonly panel: HTMLElement;
  readonly root: SVGSVGElement;
  readonly width: number;
  readonly height: number;
}

/** The line below, narrowed to the picture if it is long; also as the picture's description. */
function addAbout(about: string, { panel, root, width, height }: AboutPlace): void {
  const { color, fontFamily } = getComputedStyle(panel.querySelector(".panel-subtitle, h2") ?? panel);
  const fontSize = 11;
  const isLong = about.length * fontSize * 0.56 > width - 2 * MARGIN;
  const line = svgElement("text", {
    ...{ x: MARGIN, y: height - MARGIN, fill: svgColour(color), "font-family": fontFamily, "font-size": fontSize },
    ...(isLong && { textLength: width - 2 * MARGIN, lengthAdjust: "spacingAndGlyphs" }),
  });
  line.textContent = about;
  const description = document.createElementNS(SVG, "desc");
  description.textContent = about;
  root.prepend(description);
  root.append(line);
}

/** Everything visible inside an element, in page order, in window coordinates. */
function addElement(element: Element, target: SVGGElement, clip: DOMRect): void {
  if (element.matches("button, select, input, label.tool, .chip, .visually-hidden, [data-not-exported]")) return;
  const style = getComputedStyle(element);
  if (style.display === "none" || style.visibility === "hidden") return;
  if (element instanceof SVGSVGElement) {
    target.append(placedSvg(element));
    return;
  }
  if (element instanceof HTMLCanvasElement) {
    target.append(canvasImage(element));
    return;
  }
  if (element instanceof HTMLElement) addBox(element, style, target);
  for (const node of element.childNodes) {
    if (node instanceof Element) addElement(node, target, clip);
    else if (node.nodeType === Node.TEXT_NODE) addText(node as Text, style, target, clip);
  }
}

/** Fill, underline and dashed top line of an HTML element, if it has any. */
function addBox(element: HTMLElement, style: CSSStyleDeclaration, target: SVGGElement): void {
  const isPanel = element.matches(".panel");
  const fill = style.backgroundColor;
  const underline = parseFloat(style.borderBottomWidth);
  const box = element.getBoundingClientRect();
  if (isPanel || box.width === 0) return;
  if (fill !== "rgba(0, 0, 0, 0)" && fill !== "transparent") {
    target.append(svgElement("rect", { ...rectOf(box), fill: svgColour(fill) }));
  }
  const overline = parseFloat(style.borderTopWidth);
  if (overline > 0 && style.borderTopStyle === "dashed") {
    const y = box.top + overline / 2;
    const dash = `${2 * overline} ${1.5 * overline}`;
    const stroke = svgColour(style.borderTopColor);
    target.append(
      svgElement("line", {
        ...{ x1: box.left, x2: box.right, y1: y, y2: y },
        ...{ stroke, "stroke-width": overline, "stroke-dasharray": dash },
      }),
    );
  }
  if (underline > 0 && style.borderBottomStyle !== "none") {
    const y = box.bottom - underline / 2;
    const stroke = svgColour(style.borderBottomColor);
    target.append(svgElement("line", { x1: box.left, x2: box.right, y1: y, y2: y, stroke, "stroke-width": underline }));
  }
}

/** One text element for each line that a text node covers. */
function addText(node: Text, style: CSSStyleDeclaration, target: SVGGElement, clip: DOMRect): void {
  const range = document.createRange();
  let line: { readonly top: number; readonly left: number; readonly bottom: number; text: string } | null = null;
  const write = (): void => {
    if (line === null || line.text.trim() === "") return;
    const y = (line.top + line.bottom) / 2 + 0.35 * parseFloat(style.fontSize);
    const text = svgElement("text", {
      ...{ x: line.left, y, fill: svgColour(style.color), "font-family": style.fontFamily },
      ...{ "font-size": style.fontSize, "font-weight": style.fontWeight, "xml:space": "preserve" },
      ...(style.textDecorationLine === "none" ? {} : { "text-decoration": style.textDecorationLine }),
    });
    text.textContent = line.text;
    target.append(text);
  };
  let end = 0;
  // By code points: half of an emoji is no text, and no address of a picture can hold it.
  for (const letter of node.data) {
    range.setStart(node, end);
    end += letter.length;
    range.setEnd(node, end);
    const box = range.getBoundingClientRect();
    // The picture leaves out what is scrolled out of the panel.
    if (box.width === 0 || box.top < clip.top || box.bottom > clip.bottom) continue;
    if (line === null || Math.abs(line.top - box.top) > 2) {
      write();
      line = { top: box.top, left: box.left, bottom: box.bottom, text: "" };
    }
    line.text += letter === "\n" ? " " : letter;
  }
  write();
}

function placedSvg(svg: SVGSVGElement): SVGElement {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const box = svg.getBoundingClientRect();
  const originals = svg.querySelectorAll("*");
  copy.querySelectorAll("*").forEach((element, at) => styleMark(element, originals[at]));
  styleMark(copy, svg);
  for (const [name, value] of Object.entries(rectOf(box))) copy.setAttribute(name, String(value));
  copy.setAttribute("overflow", "hidden");
  return copy;
}

function styleMark(element: Element, original: Element): void {
  const style = getComputedStyle(original);
  for (const name of markProperties) {
    const value = style.getPropertyValue(name);
    if (value !== "") element.setAttribute(name, svgValue(name, value));
  }
  for (const name of ["class", "style", "tabindex", "role"]) element.removeAttribute(name);
}

/** Lengths without "px" and colours as rgb(): drawing programs read no more than that. */
function svgValue(name: string, value: string): string {
  if (name === "stroke-dasharray") return value.replaceAll("px", "");
  return name === "fill" || name === "stroke" ? svgColour(value) : value;
}

/** color(srgb …), as browsers write what color-mix() gives, becomes rgba(). */
export function svgColour(value: string): string {
  return value.replaceAll(
    /color\(srgb ([\d.e-]+) ([\d.e-]+) ([\d.e-]+)(?: \/ ([\d.e-]+))?\)/g,
    (...found: readonly string[]) => {
      const parts = found.slice(1, 4).map((part) => Math.round(255 * Number(part)));
      return `rgba(${parts.join(", ")}, ${found.at(4) ?? "1"})`;
    },
  );
}

function canvasImage(canvas: HTMLCanvasElement): SVGElement {
  return svgElement("image", { ...rectOf(canvas.getBoundingClientRect()), href: canvas.toDataURL() });
}

function rectOf({ left, top, width, height }: DOMRect): Record<"x" | "y" | "width" | "height", number> {
  return { x: left, y: top, width, height };
}

function svgElement(name: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}
