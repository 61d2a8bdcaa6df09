// Files to and from the visitor's disk, without a control on the page.

export function download(blob: Blob, fileName: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = fileName;
  link.click();
  // The download keeps the bytes alive once the click is over.
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** `accept`: what the file chooser offers, as an input takes it. */
export interface FileKind {
  readonly accept: string;
  readonly isMultiple?: boolean;
  /** A whole folder, with all that is in it. */
  readonly isFolder?: boolean;
}

export const jsonFile: FileKind = { accept: ".json,application/json" };

/** Opens the browser's file chooser; nothing happens if no file is chosen. */
export function pickFiles(
  { accept, isMultiple = false, isFolder = false }: FileKind,
  onFiles: (files: readonly File[]) => void,
): void {
  const input = document.createElement("input");
  input.type = "file";
  input.accept = accept;
  input.multiple = isMultiple;
  input.webkitdirectory = isFolder;
  input.hidden = true;
  input.addEventListener("change", () => {
    input.remove();
    const files = [...(input.files ?? [])];
    if (files.length > 0) onFiles(files);
  });
  input.addEventListener("cancel", () => input.remove());
  // Safari drops an input that is not in the document.
  document.body.append(input);
  input.click();
}
