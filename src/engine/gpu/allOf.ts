// Promises of a record, awaited together.

/** Awaits every field of a record, side by side. */
export async function allOf<Fields extends Record<string, unknown>>(pending: {
  readonly [Name in keyof Fields]: Promise<Fields[Name]>;
}): Promise<Fields> {
  const entries = Object.entries(pending).map(async ([name, value]) => [name, await value] as const);
  return Object.fromEntries(await Promise.all(entries)) as Fields;
}
