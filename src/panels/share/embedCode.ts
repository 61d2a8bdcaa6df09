// The code that puts a run into another page: an address for the frame, exactly what embedQuery.ts reads back, and the
// HTML around it.
import { defaultEmbedOptions, type EmbedOptions } from "../../state/embedQuery";

/** What a person ticks; the rest stays as an embedded page begins. */
export type EmbedWishes = Pick<EmbedOptions, "theme" | "panels" | "mode" | "hidden" | "start" | "recordedId"> & {
  /** CSS pixels. */
  readonly height: number;
};

export const HEIGHT_LIMITS = { least: 200, most: 2000 } as const;

/** `page`: the page's own address without query and fragment; `fragment`: the experiment, without its "#". */
export function embedAddress(page: string, wishes: EmbedWishes, fragment: string): string {
  const { theme, panels, mode, hidden, start, recordedId } = wishes;
  const defaults = defaultEmbedOptions;
  const query = [
    "embed",
    ...(theme === defaults.theme ? [] : [`theme=${theme}`]),
    ...(isSameList(panels, defaults.panels) ? [] : [`panels=${panels.join(",")}`]),
    ...(mode === defaults.mode ? [] : [`mode=${mode}`]),
    ...(hidden.length === 0 ? [] : [`hide=${hidden.join(",")}`]),
    ...(start === defaults.start ? [] : [`start=${start}`]),
    ...(recordedId === null ? [] : [`run=${encodeURIComponent(recordedId)}`]),
  ].join("&");
  return `${page}?${query}${fragment === "" ? "" : `#${fragment}`}`;
}

export function embedCode(address: string, height: number): string {
  return [
    "<iframe",
    `  src="${escaped(address)}"`,
    `  title="Winnow: a language model’s KV cache, step by step"`,
    `  width="100%" height="${height}" style="border:0" loading="lazy"`,
    `  allow="clipboard-write; fullscreen"`,
    "></iframe>",
  ].join("\n");
}

/** An order of panels says nothing: the page has its own. */
function isSameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((item) => other.includes(item));
}

/** As the value of an attribute in quotes. */
export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}
