import { expect, it } from "vitest";
import type { Backend } from "./backend";
import { createBackendKeeper } from "./backendKeeper";
import { createCpuBackend } from "./cpu/cpuBackend";
import { giveWay } from "./giveWay";
import { seededModel } from "./seededModel.testing";

/** Which comes first: the failure of the work that is guarded on a GPU, or the next task. */
async function firstOf(work: Promise<never>, signal?: AbortSignal): Promise<"failure" | "task"> {
  const cpu = await createCpuBackend(seededModel(1));
  const backend: Backend = { ...cpu, summary: { ...cpu.summary, type: "gpu" } };
  const opened = { backend, lose: () => undefined, notice: null, check: null };
  const keeper = createBackendKeeper({ opened, reopen: () => Promise.resolve(opened), onChange: () => undefined });
  const failure = keeper.guard(backend, work, signal).catch(() => "failure" as const);
  return Promise.race([failure, giveWay().then(() => "task" as const)]);
}

it("passes on at once that work was interrupted: a pause in a prefill is felt", async () => {
  const interruption = new AbortController();
  interruption.abort(new Error("paused"));
  expect(await firstOf(Promise.reject(interruption.signal.reason as Error), interruption.signal)).toBe("failure");
});

it("waits for news of a loss after any other failure", async () => {
  expect(await firstOf(Promise.reject(new Error("the buffer cannot be mapped")))).toBe("task");
});

it("tries again to open a backend when one is asked for after a failure", async () => {
  const cpu = await createCpuBackend(seededModel(1));
  let lose: (reason: string) => void = () => undefined;
  const lost = new Promise<string>((resolve) => (lose = resolve));
  const opened = { backend: { ...cpu, lost }, lose: () => undefined, notice: null, check: null };
  const another = { ...opened, backend: await createCpuBackend(seededModel(1)) };
  let tries = 0;
  const keeper = createBackendKeeper({
    opened,
    reopen: () => (++tries === 1 ? Promise.reject(new Error("no memory")) : Promise.resolve(another)),
    onChange: () => undefined,
  });
  lose("driver crash");
  await giveWay();
  expect(await keeper.current()).toBe(another.backend);
  expect(await keeper.current()).toBe(another.backend);
  expect(tries).toBe(2);
});
