// Holds what was opened with room for so many new tokens. Sessions do not grow: what has become too small, or was left in
// the middle of its work, is replaced by another.

interface Disposable {
  dispose(): void;
}

export interface Holder<Kind> {
  readonly present: Kind;
  /** New tokens that it has room for. */
  readonly roomTokens: number;
  /** Another with the same room. */
  renew(): Promise<void>;
  /** Another with more room; where there is none, one as before and the error that says so. */
  growTo(newTokens: number): Promise<void>;
  dispose(): void;
}

/** `mostTokens`: more than this a run cannot generate. */
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
      // Room for as much again, so that a run continued in small steps is not done again at each of them.
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
