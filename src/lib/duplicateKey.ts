// JSON.parse silently keeps the last of two equal keys; a file with two is broken, or built to be read in two ways.

/** The first key that occurs twice in an object of this JSON text, or null. The text must be valid JSON. */
export function findDuplicateKey(text: string): string | null {
  // One entry per open bracket: the keys so far of an object, null for a list.
  const open: (Set<string> | null)[] = [];
  let isKeyNext = false;
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case "{":
        open.push(new Set());
        isKeyNext = true;
        break;
      case "[":
        open.push(null);
        isKeyNext = false;
        break;
      case "}":
      case "]":
        open.pop();
        isKeyNext = false;
        break;
      case ",":
        isKeyNext = open.at(-1) instanceof Set;
        break;
      case '"': {
        const end = stringEnd(text, at);
        const keys = open.at(-1);
        if (isKeyNext && keys) {
          const key = JSON.parse(text.slice(at, end)) as string;
          if (keys.has(key)) return key;
          keys.add(key);
        }
        isKeyNext = false;
        at = end - 1;
        break;
      }
    }
  }
  return null;
}

/** Index behind the closing quote of the string that opens at `start`. */
function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}
