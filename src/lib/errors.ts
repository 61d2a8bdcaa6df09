// The two kinds of failure: bad input from the user, and our own mistakes. Both end in one notice on the page.

/** Something the user supplied (file, link, browser) cannot be used. The message says what, expected, found, next step. */
export class InputError extends Error {
  override readonly name = "InputError";
}

/** Throws when one of our own assumptions does not hold. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${message}`);
}

/** Ends every `switch` over a closed set: a variant that is not handled does not compile. */
export function unreachable(value: never): never {
  throw new Error(`unreachable case: ${JSON.stringify(value)}`);
}

/** The text of anything that was thrown. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
