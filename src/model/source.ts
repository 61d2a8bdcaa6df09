// Where a model's files come from: a folder on a server, on disk, or in memory. The rest reads through this.

export interface ModelSource {
  /** What the user knows it by: an address or a path, for messages. */
  readonly name: string;
  /** The bytes of a file of the model's folder, or null when there is no such file. */
  read(fileName: string, onProgress?: (loadedBytes: number, totalBytes: number | null) => void): Promise<Uint8Array | null>;
}
