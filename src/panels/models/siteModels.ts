// Models that whoever hosts the page has put beside it: models/list.json names them, and their files lie in the same folder.
// It is read when the sheet opens, never before.
import { InputError } from "../../lib/errors";
import { shortened } from "../../lib/shortened";

export interface SiteModel {
  readonly label: string;
  /** Relative to the page's folder models/, in order. */
  readonly files: readonly string[];
  readonly licence: string | null;
  readonly note: string | null;
}

const MOST_MODELS = 100;
const fileName = /^[\w][\w.+-]*(?:\/[\w][\w.+-]*)*$/;

/** Empty where there is no list. Throws InputError for one that cannot be read. */
export async function siteModels(): Promise<readonly SiteModel[]> {
  const response = await fetch(new URL("models/list.json", document.baseURI)).catch(() => null);
  const isPage = response?.headers.get("content-type")?.startsWith("text/html") ?? false;
  if (response === null || !response.ok || isPage) return [];
  return parseSiteModels(await response.text());
}

export function parseSiteModels(text: string): readonly SiteModel[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    list = null;
  }
  if (!Array.isArray(list)) throw new InputError("models/list.json: expected a list of models; see docs/hosting.md");
  return list.slice(0, MOST_MODELS).map((entry: unknown) => {
    const { label, files, licence, note } = (entry ?? {}) as Record<string, unknown>;
    const names = Array.isArray(files) ? files : [];
    if (typeof label !== "string" || names.length === 0 || !names.every(isFileName)) {
      throw new InputError(
        `models/list.json: expected label and files of each model, found ${shortened(JSON.stringify(entry))}; see docs/hosting.md`,
      );
    }
    const textOr = (value: unknown): string | null => (typeof value === "string" ? value.slice(0, 300) : null);
    return { label: label.slice(0, 80), files: names, licence: textOr(licence), note: textOr(note) };
  });
}

function isFileName(name: unknown): name is string {
  return typeof name === "string" && fileName.test(name) && !name.includes("..");
}

/** Its files, from the page's own server; the browser may hold them on disk. */
export async function siteFiles(
  { files }: SiteModel,
  signal: AbortSignal,
): Promise<readonly { readonly path: string; readonly blob: Blob }[]> {
  return Promise.all(
    files.map(async (name) => {
      const response = await fetch(new URL(`models/${name}`, document.baseURI), { signal });
      if (!response.ok)
        throw new InputError(`models/${name}: the server answered ${response.status}; tell whoever hosts this page`);
      return { path: name, blob: await response.blob() };
    }),
  );
}
