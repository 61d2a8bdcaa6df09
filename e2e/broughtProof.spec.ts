// A proof link of a brought model, from one visitor to another: the page asks for the model's file, feeds the run its tokens, and
// says whether the same survivors come out.
import { expect, test, type Browser, type Page } from "@playwright/test";
import { encodeLink } from "../src/settings/link";
import type { LinkContent } from "../src/settings/linkContent";
import { readLink } from "../src/state/sharedLink";
import type { FedProof } from "../src/trace/proof/fedProof";
import { encodeFedProof, parseFedProof } from "../src/trace/proof/fedProofText";
import { drawManyHeads, manyHeadsPrompt } from "./drawManyHeads";
import { sha256 } from "./hub";
import { expectAccessible, expectNoSidewaysScroll, mainNumber, openPageAtRest, runToEnd, waitForStatus } from "./page";
import { copiedLink, dropFiles, replayOf } from "./sharing";

const model = Buffer.from(drawManyHeads({ layerCount: 4, kvHeadCount: 2 }));
const otherModel = Buffer.from(drawManyHeads({ layerCount: 2, kvHeadCount: 2 }));
const TOKENS = 48;
const settings = `problem=text&text=${encodeURIComponent(manyHeadsPrompt)}&B=48&w=8&s=16&T=1&seed=4&max=${TOKENS}`;

/** Runs the model from its file, and copies the link. */
async function sharedRun(page: Page): Promise<string> {
  await openPageAtRest(page, `#v4&view=explore&${settings}`);
  await dropFiles(page, [{ name: "drawn.gguf", bytes: model }]);
  await expect(page.getByText(/is chosen\. Nothing was copied/)).toBeVisible();
  await runToEnd(page);
  return copiedLink(page, "Experiment");
}

/** The link with something else in it, and a proof to match. */
async function changedLink(
  link: string,
  change: { readonly storage?: "half"; readonly proof?: (proof: FedProof) => FedProof },
): Promise<string> {
  const [page, fragment] = link.split("#");
  const content: LinkContent = await readLink(fragment);
  const proof = parseFedProof(content.proofs[0]);
  if (proof === null) throw new Error("the link has no proof of a brought model");
  const choices = { ...content.choices, ...(change.storage !== undefined && { storage: change.storage }) };
  const proofs = [encodeFedProof(change.proof?.(proof) ?? proof)];
  return `${page}#${encodeLink({ ...content, choices, proofs })}`;
}

/** Opens the link as somebody who does not have the model. */
async function openElsewhere(browser: Browser, link: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.goto(link);
  await expect(page.getByText(`the file with the SHA-256 ${sha256(model)}`)).toBeVisible();
  return page;
}

/** Gives the file that the page asks for: the run starts by itself. */
async function giveModel(page: Page): Promise<void> {
  await dropFiles(page, [{ name: "mine.gguf", bytes: model }]);
  await expect(page.locator(".sheet-models")).toBeHidden();
  await waitForStatus(page, "ended");
  await expect(page.locator("main")).toHaveAttribute("data-origin", "live");
}

test("asks for the file, replays it fed the link's tokens, and finds the same survivors", async ({ page, browser }) => {
  const link = await sharedRun(page);
  expect(link).not.toContain("drawn.gguf");
  const other = await openElsewhere(browser, link);
  const sheet = other.locator(".sheet-models");
  await dropFiles(other, [{ name: "other.gguf", bytes: otherModel }]);
  await expect(sheet.getByRole("alert")).toContainText(
    `other.gguf: expected the model with the SHA-256 ${sha256(model).slice(0, 16)}…, found ${sha256(otherModel).slice(0, 16)}…`,
  );
  await expectAccessible(other, { within: ".sheet-models", inDarkToo: true });
  await giveModel(other);
  await expect(replayOf(other)).toHaveAttribute("data-replay", "reproduced");
  await expect(replayOf(other)).toContainText(`Reproduced: the same ${TOKENS} tokens and survivors.`);
  await expect(replayOf(other)).toContainText(
    /kept the same [\d,]+ survivors of 3 events\. By itself it chooses the same/,
  );
  await other.context().close();
});

test("says which step and layer differ, and leads there", async ({ page, browser }) => {
  const turned = (proof: FedProof): FedProof => ({
    ...proof,
    // The second event's sum of layer 1 no longer fits what was kept.
    sums: proof.sums.map((sums, event) =>
      sums.map((sum, layer) => (event === 1 && layer === 1 ? (sum + 12_345) % 2 ** 30 : sum)),
    ),
  });
  const other = await openElsewhere(browser, await changedLink(await sharedRun(page), { proof: turned }));
  await giveModel(other);
  const report = replayOf(other);
  await expect(report).toHaveAttribute("data-replay", "differs");
  await expect(report).toContainText(`Fed the same ${TOKENS} tokens, but other tokens were kept.`);
  await expect(report).toContainText(/other survivors from step 16 on: more in layer 1 than near ties explain/);
  await report.getByRole("button", { name: "Go to step 16" }).click();
  await expect.poll(() => mainNumber(other, "step")).toBe(16);
  await other.context().close();
});

test("names the near ties of coarser arithmetic one by one", async ({ page, browser }) => {
  // Entries of 16 bits stand for another adapter's arithmetic, which is not at hand; they differ by more.
  const other = await openElsewhere(browser, await changedLink(await sharedRun(page), { storage: "half" }));
  await giveModel(other);
  const report = replayOf(other);
  await expect(report).toHaveAttribute("data-replay", "near");
  await expect(report).toContainText(/The same survivors but for \d+ near ties?\./);
  const ties = report.getByText(
    /^Step \d+, layer \d, KV head \d: the run of the link kept “.+” \(position \d+\), this one “.+”/,
  );
  expect(await ties.count()).toBeGreaterThan(0);
  for (const words of await ties.allInnerTexts()) expect(Number(/margin ([\d.]+)/.exec(words)?.[1])).toBeLessThan(5);
  await expectAccessible(other, { within: ".explore-replay", inDarkToo: true });
  await ties
    .first()
    .getByRole("button", { name: /^Go to step/ })
    .click();
  const step = Number(/^Step (\d+)/.exec(await ties.first().innerText())?.[1]);
  await expect.poll(() => mainNumber(other, "step")).toBe(step);

  await other.setViewportSize({ width: 360, height: 740 });
  await expectNoSidewaysScroll(other);
  await expect(report.getByText(/The same survivors but for/)).toBeInViewport();
  await other.context().close();
});
