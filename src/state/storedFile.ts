// A file that is stored with the page, fetched from an address relative to it, so that the page works from any folder of
// any host.
import { errorMessage, InputError } from "../lib/errors";

export type FetchFile = (file: string) => Promise<Response>;

/** Throws InputError in plain words where the host refuses it. */
export async function fetchStored(file: string): Promise<Response> {
  const response = await fetch(file);
  if (!response.ok) throw new InputError(`${file} could not be loaded (HTTP ${response.status})`);
  return response;
}

/** Null if there is no such file; throws InputError in plain words if it cannot be loaded. */
export async function storedText(
  file: string,
  fetchFile: FetchFile = (address) => fetch(address),
): Promise<string | null> {
  let response: Response;
  let text: string;
  try {
    response = await fetchFile(file);
    text = await response.text();
  } catch (error) {
    throw new InputError(`${file} could not be loaded: ${errorMessage(error)}`);
  }
  // Some hosts answer with the page itself if a file is missing.
  const isPage = response.headers.get("content-type")?.includes("text/html") === true;
  if (response.status === 404 || (response.ok && isPage)) return null;
  if (!response.ok) throw new InputError(`${file} could not be loaded (HTTP ${response.status}).`);
  return text;
}
