import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { FocusChoice } from "./FocusChoice";

const markupOf = (model: { layerCount: number; kvHeadCount: number }): string =>
  renderToStaticMarkup(<FocusChoice model={model} focus={{ layer: 2, kvHead: 1 }} onFocus={() => undefined} />);

it("names the focused head, and offers a layer and a head apart only where there are many", () => {
  expect(markupOf({ layerCount: 4, kvHeadCount: 4 })).toBe("L2 · KV head 1");
  const many = markupOf({ layerCount: 28, kvHeadCount: 8 });
  expect(many.match(/<option/g)).toHaveLength(28 + 8);
  // What a picture of the panel keeps: the words without the menus.
  expect(many.replaceAll(/<select.*?<\/select>/g, "").replaceAll(/<[^>]*>/g, "")).toBe("L2 · KV head 1");
});
