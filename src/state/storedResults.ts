// The stored tables of results, one per model, fetched when they are asked for. The address is relative, so that the
// page works from any folder of any host.
import { parseResultTable, type ResultTable } from "../experiment/resultTable";
import { errorMessage, InputError } from "../lib/errors";

export type { ResultTable, TableCell, TableFamily } from "../experiment/resultTable";

type Fetch = (file: string) => Promise<Response>;

/** Throws InputError in plain words where there is none, or where it is no table. */
export async function loadResultTable(modelId: string, fetchFile: Fetch = (file) => fetch(file)): Promise<ResultTable> {
  const file = `results/${modelId}.json`;
  let response: Response;
  let text: string;
  try {
    response = await fetchFile(file);
    text = await response.text();
  } catch (error) {
    throw new InputError(`${file} could not be loaded: ${errorMessage(error)}`);
  }
  // Some hosts answer with the page itself where a file is missing.
  const isPage = response.headers.get("content-type")?.includes("text/html") === true;
  if (response.status === 404 || (response.ok && isPage)) {
    throw new InputError(`No results are stored for this model (${file} is not there).`);
  }
  if (!response.ok) throw new InputError(`${file} could not be loaded (HTTP ${response.status}).`);
  return parseResultTable(text, file);
}
