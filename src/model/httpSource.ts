// Reads a model's files from a folder on a web server.

import { errorMessage, InputError } from "../lib/errors";
import type { ModelSource, ReadProgress } from "./source";

/** Where reading stops, whatever the server goes on to send. */
const maxTextBytes = 128 * 2 ** 20;
const maxWeightBytes = 4 * 2 ** 30;

/** The folder at `address`, relative to the page or absolute. */
export function httpSource(address: string): ModelSource {
  const name = address.replace(/\/+$/, "");
  return {
    name,
    read: (fileName, onProgress) => fetchFile(`${name}/${fileName}`, onProgress),
  };
}

async function fetchFile(file: string, onProgress?: ReadProgress): Promise<Uint8Array | null> {
  const isText = file.endsWith(".json");
  try {
    const response = await fetch(file);
    // Hosts of single-page sites answer a missing file with their page.
    const isPage = response.headers.get("content-type")?.startsWith("text/html") ?? false;
    if (response.status === 404 || (response.ok && isPage)) {
      await response.body?.cancel();
      return null;
    }
    if (!response.ok) {
      throw new InputError(
        `${file}: expected the file, the server answered ${response.status} ${response.statusText}; check the address`,
      );
    }
    return await readBody(response, file, { maxBytes: isText ? maxTextBytes : maxWeightBytes, onProgress });
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${file}: could not be fetched (${errorMessage(error)}); check the connection`);
  }
}

/** All bytes of a response. They are kept as they come: content-length is shown, but nothing is allocated from it. */
async function readBody(
  response: Response,
  file: string,
  { maxBytes, onProgress }: { maxBytes: number; onProgress: ReadProgress | undefined },
): Promise<Uint8Array> {
  const totalBytes = expectedBytes(response);
  const chunks: Uint8Array[] = [];
  let loadedBytes = 0;
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    chunks.push(part.value);
    loadedBytes += part.value.length;
    if (loadedBytes > maxBytes) {
      await reader?.cancel();
      throw new InputError(`${file}: expected at most ${maxBytes} bytes, found more; choose a smaller model`);
    }
    onProgress?.(loadedBytes, totalBytes);
  }
  const bytes = new Uint8Array(loadedBytes);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** Null if unknown: a compressed response states its compressed length. */
function expectedBytes(response: Response): number | null {
  const length = Number(response.headers.get("content-length") ?? NaN);
  const isCompressed = (response.headers.get("content-encoding") ?? "identity") !== "identity";
  return isCompressed || !Number.isSafeInteger(length) || length <= 0 ? null : length;
}
