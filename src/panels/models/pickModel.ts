// The visitor's files: by the browser's choosers, and out of what was dropped.
import { pickFiles } from "../../ui/files";
import type { NamedBlobs } from "./bringModel";

/** Some systems grey out unknown types, so any file may be chosen; its content decides. */
export function pickModelFiles(onFiles: (files: NamedBlobs) => void): void {
  pickFiles({ accept: "", isMultiple: true }, (files) => onFiles(files.map((blob) => ({ path: blob.name, blob }))));
}

export function pickFolder(onFiles: (files: NamedBlobs) => void): void {
  pickFiles({ accept: "", isFolder: true }, (files) =>
    onFiles(files.map((blob) => ({ path: blob.webkitRelativePath || blob.name, blob }))),
  );
}
