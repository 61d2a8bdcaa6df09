// The visible part of step × position pictures, which all of them share; a link carries it as "zoom".
import type { ZoomView } from "../../ui/zoom/zoomView";
import type { ViewRules } from "../viewRules";

export const zoomRules: ViewRules<ZoomView> = {
  first: null,
  read(choices) {
    const [x0, x1, y0, y1] = ["x0", "x1", "y0", "y1"].map((key) => Number(choices[key] ?? NaN));
    return x0 >= 0 && x1 > x0 && y0 >= 0 && y1 > y0 ? { x0, x1, y0, y1 } : null;
  },
  write: (view) => ({ ...view }),
};
