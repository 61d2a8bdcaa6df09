// The browser's own dialog for choosing files, without a control on the page.

export function pickRunFiles(onFiles: (files: readonly File[]) => void): void {
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = true;
  // Some systems grey out what they have no name for: any file may be chosen, and is judged by its content.
  input.accept = ".winnow,application/octet-stream";
  input.hidden = true;
  input.addEventListener("change", () => {
    input.remove();
    onFiles([...(input.files ?? [])]);
  });
  input.addEventListener("cancel", () => input.remove());
  // Safari forgets an input that is not in the document.
  document.body.append(input);
  input.click();
}
