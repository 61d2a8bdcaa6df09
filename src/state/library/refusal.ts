// What a browser says when it will not store, in plain words: every failure of storage reaches the page as an InputError.

import { InputError } from "../../lib/errors";

/** Runs a deed on the browser's storage; `what` begins the message where it fails. Our own mistakes pass as they are. */
export async function withStorage<Result>(what: string, deed: () => Promise<Result>): Promise<Result> {
  try {
    return await deed();
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    throw new InputError(`${what}: ${reason(error)}`);
  }
}

function reason({ name, message }: DOMException): string {
  switch (name) {
    case "QuotaExceededError":
      return "the storage that the browser gives this page is full; delete runs from the library, or save this one as a file.";
    case "SecurityError":
    case "InvalidStateError":
    case "NotAllowedError":
      return "the browser refuses this page its storage (a private window, or blocked site data); save runs as files instead.";
    case "NotFoundError":
      return "the browser has cleared it; delete the entry.";
    default:
      return `the browser's storage failed (${name}: ${message.replace(/\.$/, "")}); save the run as a file.`;
  }
}
