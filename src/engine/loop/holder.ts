// Holds a session with room for a number of new tokens. Sessions do not grow: one that has become too small, or was
// interrupted in its prefill, is replaced.

interface Disposable {
  dispose(): void;
}

export interface Holder<Kind> {
  readonly present: Kind;
  /** New tokens that it has room for. */
  readonly roomTokens: number;
  /** Another with the same room. */
  renew(): Promise<void>;
  /** Replaces it by one with more room; if that fails, reopens one of the old size and rethrows. */
  growTo(newTokens: number): Promise<void>;
  dispose(): void;
}

/** `mostTokens`: a run cannot generate more. */
export async function createHolder<Kind extends Disposable>(
  open: (newTokens: number) => Promise<Kind>,
  firstTokens: number,
  mostTokens: number,
): Promise<Holder<Kind>> {
  let present = await open(firstTokens);
  let roomTokens = firstTokens;

  const reopen = async (newTokens: number): Promise<void> => {
    present = await open(newTokens);
    roomTokens = newTokens;
  };

  return {
    get present() {
      return present;
    },
    get roomTokens() {
      return roomTokens;
    },
    async renew() {
      present.dispose();
      await reopen(roomTokens);
    },
    async growTo(newTokens) {
      // Twice the room, so that a run continued in small steps is not repeated at each of them.
      const roomy = Math.min(2 * newTokens, mostTokens);
      present.dispose(); // first: two might not fit side by side
      try {
        await reopen(roomy).catch(() => reopen(newTokens));
      } catch (error) {
        await reopen(roomTokens);
        throw error;
      }
    },
    dispose: () => present.dispose(),
  };
}
