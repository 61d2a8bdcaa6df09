// What commands that store results for the page share: the name and the date of a file, the command that makes it again, and its
// layout.

import { InputError } from "../src/lib/errors";

export function parseName(name: string): string {
  if (/^[\w-]+$/.test(name)) return name;
  throw new InputError(`--name is "${name}", expected letters, digits, - and _`);
}

/** The date is an argument, so that the same command writes the same file. */
export function parseDate(date: string | undefined): string {
  if (date !== undefined && /^\d{4}-\d\d-\d\d$/.test(date)) return date;
  throw new InputError(`--date is "${date ?? ""}", expected the day as YYYY-MM-DD`);
}

/** As typed, without flags that change no figure, and without their values. */
export function storedCommand(command: string, argv: readonly string[]): string {
  const flags = ["--jobs", "--resume", "--out"];
  const words = argv.filter((word, at) => {
    const isValue = at > 0 && flags.includes(argv[at - 1]);
    return !isValue && word !== "--finished" && !flags.includes(word.split("=")[0]);
  });
  return `${command} -- ${words.join(" ")}`;
}

/** One row of these lists a line: short enough to ship, and a diff shows which row changed. */
export function storedJson(rest: object, lists: Readonly<Record<string, readonly object[]>>): string {
  const head = JSON.stringify(rest, null, 2).replace(/\n\}$/, "");
  const rows = Object.entries(lists).map(([name, list]) => {
    const lines = list.map((row) => `\n    ${JSON.stringify(row)}`).join(",");
    return `,\n  "${name}": [${lines === "" ? "" : `${lines}\n  `}]`;
  });
  return `${head}${rows.join("")}\n}\n`;
}
