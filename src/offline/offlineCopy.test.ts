import { expect, it } from "vitest";
import { keepOfflineCopy, type OfflineCopy, type WorkerContainer } from "./offlineCopy";

/** A worker whose state the test sets. */
class DrivenWorker extends EventTarget {
  state: ServiceWorkerState = "installing";
  readonly posted: unknown[] = [];
  postMessage(message: unknown): void {
    this.posted.push(message);
  }
  become(state: ServiceWorkerState): void {
    this.state = state;
    this.dispatchEvent(new Event("statechange"));
  }
}

class DrivenRegistration extends EventTarget {
  installing: DrivenWorker | null = null;
  waiting: DrivenWorker | null = null;
  active: DrivenWorker | null = null;
}

interface DrivenCopy {
  readonly copy: OfflineCopy;
  readonly registration: DrivenRegistration;
  readonly container: EventTarget;
  readonly reloads: () => number;
  /** The browser finds another version and copies it. */
  readonly find: () => DrivenWorker;
}

async function driveCopy(before: Partial<DrivenRegistration> = {}, isRefused = false): Promise<DrivenCopy> {
  const registration = Object.assign(new DrivenRegistration(), before);
  const container = Object.assign(new EventTarget(), {
    controller: registration.active,
    register: () => (isRefused ? Promise.reject(new Error("refused")) : Promise.resolve(registration)),
  });
  let reloadCount = 0;
  const copy = keepOfflineCopy(container as unknown as WorkerContainer, Promise.resolve(), () => reloadCount++);
  await new Promise((resolve) => setTimeout(resolve));
  return {
    copy,
    registration,
    container,
    reloads: () => reloadCount,
    find() {
      const worker = new DrivenWorker();
      registration.installing = worker;
      registration.dispatchEvent(new Event("updatefound"));
      return worker;
    },
  };
}

function statusOf({ copy }: DrivenCopy): string {
  return copy.status.getState().status;
}

it("says that the page works offline once the first copy is whole, and reloads nothing", async () => {
  const driven = await driveCopy();
  const worker = driven.find();
  expect(statusOf(driven)).toBe("copying");
  worker.become("installed");
  expect(statusOf(driven)).toBe("copying");
  worker.become("activated");
  driven.container.dispatchEvent(new Event("controllerchange"));
  expect(statusOf(driven)).toBe("ready");
  expect(driven.reloads()).toBe(0);
});

it("works without a copy if none can be made or the browser refuses one", async () => {
  const driven = await driveCopy();
  driven.find().become("redundant");
  expect(statusOf(driven)).toBe("none");
  expect(statusOf(await driveCopy({}, true))).toBe("none");
});

it("offers a new version and takes it when asked, not before", async () => {
  const driven = await driveCopy({ active: new DrivenWorker() });
  expect(statusOf(driven)).toBe("ready");
  const worker = driven.find();
  worker.become("installed");
  driven.registration.waiting = worker;
  expect(statusOf(driven)).toBe("updateReady");
  expect(worker.posted).toEqual([]);
  driven.copy.update();
  expect(worker.posted).toEqual([{ type: "SKIP_WAITING" }]);
  expect(driven.reloads()).toBe(0);
  driven.container.dispatchEvent(new Event("controllerchange"));
  expect(driven.reloads()).toBe(1);
});

it("offers a version that was waiting already", async () => {
  expect(statusOf(await driveCopy({ active: new DrivenWorker(), waiting: new DrivenWorker() }))).toBe("updateReady");
});

it("does not reload a page because another tab took the new version", async () => {
  const driven = await driveCopy({ active: new DrivenWorker() });
  driven.container.dispatchEvent(new Event("controllerchange"));
  expect([statusOf(driven), driven.reloads()]).toEqual(["updateReady", 0]);
  driven.copy.update();
  expect(driven.reloads()).toBe(1);
});
