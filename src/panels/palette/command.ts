// One line of the command palette.

export interface PageCommand {
  readonly id: string;
  readonly label: string;
  readonly group: string;
  /** Its keys as they stand on the keyboard. */
  readonly shown: readonly string[];
  /** Other words by which it is found. */
  readonly words: string;
  /** What it is now, or when it takes effect. */
  readonly note: string;
  /** One of very many: offered once somebody searches. */
  readonly isOnlyFound: boolean;
  readonly run: () => void;
}

/** Of what is said of it; the rest is nothing. */
export function command(
  id: string,
  group: string,
  about: Partial<PageCommand> & Pick<PageCommand, "label" | "run">,
): PageCommand {
  return { id, group, shown: [], words: "", note: "", isOnlyFound: false, ...about };
}
