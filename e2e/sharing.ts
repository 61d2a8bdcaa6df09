// What journeys of sharing do: a small comparison, its links, files on their way to a page.
import { readFile } from "node:fs/promises";
import { expect, type Page } from "@playwright/test";
import { choosePace, openPageAtRest, press, runToEnd, waitForStatus } from "./page";

/** Two lanes of a short problem, small enough to evict often. */
export const comparison = "#v3&problem=walk-4x6-1&B=32&w=8&s=8&lane=policy:snapKv";

export async function runComparison(page: Page, fragment = comparison): Promise<void> {
  await openPageAtRest(page, fragment);
  await runToEnd(page);
}

export function shareDialog(page: Page) {
  return page.getByRole("dialog", { name: "Share" });
}

/** The link that the share dialog copies; the dialog is closed again. */
export async function copiedLink(page: Page, kind: "Experiment" | "This moment"): Promise<string> {
  await press(page, "Share");
  await shareDialog(page).getByText(kind, { exact: true }).click();
  await expect(shareDialog(page).locator("[data-link]")).toHaveAttribute(
    "data-link",
    kind === "Experiment" ? "experiment" : "moment",
  );
  const link = await page.getByRole("textbox", { name: "Link" }).inputValue();
  await page.keyboard.press("Escape");
  await expect(shareDialog(page)).toBeHidden();
  return link;
}

/** Opens a link as a first-time visitor, and waits for its replay. */
export async function replay(page: Page, link: string): Promise<void> {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.goto("about:blank");
  await page.goto(link);
  await choosePace(page, "full speed");
  await waitForStatus(page, "ended");
}

export function replayOf(page: Page) {
  return page.getByRole("region", { name: "Replay of the link" });
}

/** Saves by a button, and gives the bytes and the name of the file. */
export async function savedFile(page: Page, button: string): Promise<{ name: string; bytes: Buffer }> {
  const download = page.waitForEvent("download");
  await press(page, button);
  const file = await download;
  return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
}

export interface DroppedFile {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Drags files over the page and returns a function that drops them. */
export async function dragFiles(page: Page, files: readonly DroppedFile[]): Promise<() => Promise<void>> {
  const dataTransfer = await page.evaluateHandle(
    (encoded) => {
      const transfer = new DataTransfer();
      for (const { name, base64 } of encoded) {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        transfer.items.add(new File([bytes], name));
      }
      return transfer;
    },
    files.map(({ name, bytes }) => ({ name, base64: bytes.toString("base64") })),
  );
  await page.dispatchEvent("body", "dragenter", { dataTransfer });
  return () => page.dispatchEvent("body", "drop", { dataTransfer });
}

export async function dropFiles(page: Page, files: readonly DroppedFile[]): Promise<void> {
  await (
    await dragFiles(page, files)
  )();
}
