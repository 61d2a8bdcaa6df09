/** A text of so many characters at most; a longer one ends in an ellipsis. By default short enough to quote in a sentence. */
export function shortened(text: string, mostCharacters = 32): string {
  return text.length <= mostCharacters ? text : `${text.slice(0, mostCharacters - 1)}…`;
}
