// Remembers figures that are worth computing once. They live as long as what they describe: a trace, two traces, a grid.

/** The figure's own name, which no other call uses, and what its value depends on: options, a step, a count of events. */
export type FigureKey = readonly [name: string, ...dependsOn: readonly unknown[]];

interface Remembered {
  readonly key: FigureKey;
  readonly value: unknown;
}

const figures = new WeakMap<object, Map<string, Remembered>>();

/**
 * The value last made under this name, as long as its key is the same; otherwise a new one. `make` receives the value
 * before, of an older key, so that a figure of a trace that grew can continue from it.
 */
export function latestOf<Value>(owner: object, key: FigureKey, make: (before?: Value) => Value): Value {
  let ofOwner = figures.get(owner);
  if (ofOwner === undefined) figures.set(owner, (ofOwner = new Map<string, Remembered>()));
  const known = ofOwner.get(key[0]);
  // A name belongs to one call and so to one type.
  const before = known?.value as Value | undefined;
  if (known !== undefined && isSame(known.key, key)) return before as Value;
  const value = make(before);
  ofOwner.set(key[0], { key, value });
  return value;
}

/** Owner of the figures of two objects; the order matters. Keeps neither of them alive. */
export function pairOf(left: object, right: object): object {
  const ofLeft = latestOf(left, ["pairs"], () => new WeakMap<object, object>());
  let pair = ofLeft.get(right);
  if (pair === undefined) ofLeft.set(right, (pair = {}));
  return pair;
}

function isSame(one: FigureKey, other: FigureKey): boolean {
  return one.length === other.length && one.every((part, place) => Object.is(part, other[place]));
}
