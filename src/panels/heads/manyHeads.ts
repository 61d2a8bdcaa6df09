// From how many heads on panels offer what helps among many: a search, a zoom to one layer, a choice in two parts.
import { headCountOf, type HeadGrid } from "../../cache/headRows";

const FEW_HEADS = 32;

export function isManyHeads(model: HeadGrid): boolean {
  return headCountOf(model) > FEW_HEADS;
}
