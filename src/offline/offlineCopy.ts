// The copy of the page that the browser keeps, served by the service worker of the build (vite.offline.ts). A new
// version waits until somebody asks for it; nothing here reloads a page by itself.

import type { StoreApi } from "zustand/vanilla";
import { createStore } from "zustand/vanilla";

export type OfflineStatus =
  /** There is no copy, and none is being made. */
  | "none"
  /** The first copy is being made. */
  | "copying"
  /** The page works without a connection. */
  | "ready"
  /** It works offline, and reloading gives a newer version. */
  | "updateReady";

export interface OfflineCopy {
  readonly status: StoreApi<{ readonly status: OfflineStatus }>;
  /** Switches to the new version and reloads the page. */
  readonly update: () => void;
}

/** The part of navigator.serviceWorker that is used here. */
export type WorkerContainer = Pick<ServiceWorkerContainer, "register" | "controller" | "addEventListener">;

/** Makes the copy once `shown` has resolved, so that it does not delay what the page shows first. */
export function keepOfflineCopy(container: WorkerContainer, shown: Promise<unknown>, reload: () => void): OfflineCopy {
  const status = createStore<{ readonly status: OfflineStatus }>(() => ({ status: "none" }));
  const become = (next: OfflineStatus): void => status.setState({ status: next });
  let registration: ServiceWorkerRegistration | null = null;
  let wasControlled = container.controller !== null;
  let isAsked = false;

  const follow = (kept: ServiceWorkerRegistration, worker: ServiceWorker): void => {
    const isFirst = kept.active === null;
    if (isFirst) become("copying");
    worker.addEventListener("statechange", () => {
      if (worker.state === "installed" && !isFirst) become("updateReady");
      else if (worker.state === "activated" && isFirst) become("ready");
      // An incomplete copy is discarded; the next visit tries again.
      else if (worker.state === "redundant" && isFirst && kept.active === null) become("none");
    });
  };

  const begin = (kept: ServiceWorkerRegistration): void => {
    registration = kept;
    if (kept.active !== null) become(kept.waiting === null ? "ready" : "updateReady");
    if (kept.installing !== null) follow(kept, kept.installing);
    kept.addEventListener("updatefound", () => {
      if (kept.installing !== null) follow(kept, kept.installing);
    });
  };

  container.addEventListener("controllerchange", () => {
    if (isAsked) reload();
    // Another tab asked for the new version: this one continues with what it has loaded.
    else if (wasControlled) become("updateReady");
    wasControlled = true;
  });
  // Refused by the browser, or storage full: the page still works while there is a connection.
  shown
    .then(() => container.register("./sw.js", { updateViaCache: "none" }))
    .then(begin)
    .catch(() => become("none"));

  return {
    status,
    update() {
      isAsked = true;
      const waiting = registration?.waiting ?? null;
      if (waiting === null) reload();
      else waiting.postMessage({ type: "SKIP_WAITING" });
    },
  };
}

/**
 * The copy for this visit. Null while developing, under `npm start`, in a frame of another page, in a browser without
 * service workers, and if the visitor asks to save data.
 */
export function pageCopy(shown: Promise<unknown>): OfflineCopy | null {
  if (import.meta.env.MODE !== "production" || window.parent !== window) return null;
  const { connection } = navigator as { readonly connection?: { readonly saveData?: boolean } };
  // Absent unless the page comes by https or from this machine.
  if (!("serviceWorker" in navigator) || connection?.saveData === true) return null;
  return keepOfflineCopy(navigator.serviceWorker, shown, () => window.location.reload());
}
