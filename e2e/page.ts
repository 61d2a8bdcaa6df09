// What journeys do on the page: wait for its marks, press its buttons, read its text.
import AxeBuilder from "@axe-core/playwright";
import { expect, type Locator, type Page } from "@playwright/test";

/** Opens the page at a link; without one, in the view that most journeys are about. */
export async function openPage(page: Page, fragment = "#v4&view=explore"): Promise<void> {
  // The same address again would load nothing.
  if (fragment !== "" && page.url().endsWith(fragment)) await page.goto("about:blank");
  await page.goto(`./${fragment}`);
  await expect(page.locator("main[data-step-count]:not([data-step-count='0'])")).toBeVisible();
  // The panels load with their view.
  if (/view=explore|^#v[123]\D/.test(fragment)) await expect(page.locator(".panel-timeline")).toBeVisible();
}

/** The recorded run is on screen and nothing moves. */
export async function openPageAtRest(page: Page, fragment?: string): Promise<void> {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await openPage(page, fragment);
  await waitForIdle(page);
}

/** Unfolds the controls of the next run. */
export async function openSetUp(page: Page): Promise<void> {
  await press(page, "Set-up");
}

export async function waitForIdle(page: Page): Promise<void> {
  await expect(page.locator("main")).toHaveAttribute("data-idle", "true", { timeout: 60_000 });
}

export async function waitForStatus(page: Page, status: string): Promise<void> {
  await expect(page.locator("main")).toHaveAttribute("data-run-status", status, { timeout: 60_000 });
}

export async function press(page: Page, button: string): Promise<void> {
  await page.getByRole("button", { name: button, exact: true }).click();
}

/** An entry of the menu of everything else. */
export async function chooseFromMenu(page: Page, entry: string): Promise<void> {
  await press(page, "More");
  await page.getByRole("menuitem", { name: entry }).click();
}

/** The lanes in the line about the run, in order; the one on the stage is pressed. */
export function laneChips(page: Page): Locator {
  return page.getByRole("group", { name: "Lane on the stage" }).getByRole("button");
}

export async function choosePace(page: Page, pace: string): Promise<void> {
  await page.getByRole("combobox", { name: "Pace" }).selectOption({ label: pace });
}

/** Runs to the end as fast as the engine goes. */
export async function runToEnd(page: Page): Promise<void> {
  await choosePace(page, "full speed");
  await press(page, "Run");
  await waitForStatus(page, "ended");
}

export async function mainNumber(page: Page, name: "step" | "step-count"): Promise<number> {
  return Number(await page.locator("main").getAttribute(`data-${name}`));
}

/**
 * axe finds nothing to complain about; `within` limits it to a part of the page. In dark colours the page differs in its
 * colours alone, so that contrast is what is looked at again.
 */
export async function expectAccessible(page: Page, { within, inDarkToo = false }: AxeScope = {}): Promise<void> {
  const axe = (): AxeBuilder => {
    const builder = new AxeBuilder({ page }).exclude("iframe");
    return within === undefined ? builder : builder.include(within);
  };
  await expectNoViolations(axe());
  if (!inDarkToo) return;
  await wear(page, "dark");
  await expectNoViolations(axe().withRules("color-contrast"));
  await wear(page, "light");
}

interface AxeScope {
  readonly within?: string;
  readonly inDarkToo?: boolean;
}

async function expectNoViolations(axe: AxeBuilder): Promise<void> {
  const { violations } = await axe.analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 160)}`)).toEqual([]);
}

async function wear(page: Page, colorScheme: "light" | "dark"): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await expect(page.locator("html")).toHaveAttribute("data-theme", colorScheme);
}

/** Nothing sticks out to the right, once the page has its width. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const overflow = (): Promise<number> =>
    page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return scrollWidth - clientWidth;
    });
  await expect.poll(overflow).toBeLessThanOrEqual(0);
}

/** The tokens on screen, in order. */
export async function tokens(page: Page): Promise<readonly string[]> {
  return page.locator("[data-position]").allInnerTexts();
}
