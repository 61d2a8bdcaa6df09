// What journeys about brought models share: a file to download, the sheet Models, and the frame that downloads.
import { expect, type FrameLocator, type Page } from "@playwright/test";
import type { TestHub } from "./hub";
import { chooseFromMenu, openPageAtRest, press } from "./page";

/** As far as a download is concerned, a model: its first bytes are right, and its hash is known. */
export function drawLarge(bytes: number): Buffer {
  const file = Buffer.alloc(bytes);
  for (let at = 0; at < bytes; at += 4096) file.writeUInt32LE(at, at);
  file.write("GGUF");
  return file;
}

export async function openModels(page: Page): Promise<void> {
  await openPageAtRest(page);
  await chooseFromMenu(page, "Models: choose or bring one");
  await expect(page.locator(".models[data-models='ready']")).toBeVisible();
}

/** Asks the test hub for its one repository; the frame then offers its only model. */
export async function lookUp(page: Page, hub: TestHub): Promise<FrameLocator> {
  await page.getByLabel("Any repository, by name").fill("test/model");
  await page.getByLabel("Hub", { exact: true }).selectOption({ label: "on this machine" });
  await page.getByLabel("Address of the local hub").fill(hub.origin);
  await press(page, "Look it up");
  return page.frameLocator("iframe[title='Download of a model']");
}

/** Presses the button that begins, or goes on. */
export const start = (frame: FrameLocator): Promise<void> =>
  frame.getByRole("button", { name: /^(Download|Go on with)/ }).click();
