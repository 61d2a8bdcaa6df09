// What a reader may choose in a panel, as plain choices and back. A page keeps, and a link carries, only what differs from
// the first view, under names that a person can read. What a link brings is checked value by value; a value that the rules
// do not accept becomes that of the first view.
import type { ZoomView } from "../ui/zoom/zoomView";

type Choice = string | number | boolean;
/** As the page's state and a link hold them. [choice] */
export type ViewChoices = Readonly<Record<string, Choice>>;
type Accepts<Value> = (value: Choice) => value is Extract<Value, Choice>;

export interface ViewRules<View> {
  /** What a page begins with. */
  readonly first: View;
  read(choices: ViewChoices): View;
  write(view: View): ViewChoices;
}

/** For every choice of a view, which values it may have. */
export function viewRules<View extends object>(
  first: View,
  rules: { readonly [Key in keyof View]-?: Accepts<View[Key]> },
): ViewRules<View> {
  const firstValues = new Map<string, unknown>(Object.entries(first));
  return {
    first,
    read(choices) {
      const accepted = Object.entries<(value: Choice) => boolean>(rules).filter(
        ([key, accepts]) => Object.hasOwn(choices, key) && accepts(choices[key]),
      );
      return { ...first, ...Object.fromEntries(accepted.map(([key]) => [key, choices[key]])) };
    },
    write: (view) =>
      Object.fromEntries(
        Object.entries(view).filter(([key, value]) => value !== null && value !== firstValues.get(key)),
      ),
  };
}

export const flag = (value: Choice): value is boolean => typeof value === "boolean";

export const oneOf =
  <Value extends Choice>(...known: readonly Value[]) =>
  (value: Choice): value is Value =>
    known.some((one) => one === value);

export const numberUpTo =
  (most: number) =>
  (value: Choice): value is number =>
    typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= most;

/** The visible part of step × position pictures, which all of them share; a link carries it as "zoom". */
export const zoomRules: ViewRules<ZoomView> = {
  first: null,
  read(choices) {
    const [x0, x1, y0, y1] = ["x0", "x1", "y0", "y1"].map((key) => Number(choices[key] ?? NaN));
    return x0 >= 0 && x1 > x0 && y0 >= 0 && y1 > y0 ? { x0, x1, y0, y1 } : null;
  },
  write: (view) => ({ ...view }),
};
