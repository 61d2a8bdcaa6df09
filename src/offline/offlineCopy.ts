// The copy of the page that the browser keeps, served by the service worker of the build (vite.offline.ts). A new
// version waits beside the one in use until somebody asks for it; nothing here reloads a page by itself.

import type { StoreApi } from "zustand/vanilla";
import { createStore } from "zustand/vanilla";

export type OfflineStatus =
  /** There is no copy, and none is being made. */
  | "none"
  /** The first copy is on its way. */
  | "copying"
  /** The page works without a connection. */
  | "ready"
  /** So it does, and a newer version can be had by reloading. */
  | "updateReady";

export interface OfflineCopy {
  readonly status: StoreApi<{ readonly status: OfflineStatus }>;
  /** Puts the new version in place of this one; the page is loaded anew. */
  readonly update: () => void;
}

/** The part of navigator.serviceWorker that is used here. */
export type WorkerContainer = Pick<ServiceWorkerContainer, "register" | "controller" | "addEventListener">;

/** The copy is made once `shown` has happened: what the page shows first comes first. */
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
      // A copy that could not be made whole is thrown away; the next visit tries again.
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
    // Another tab asked for the new version: this one goes on with what it has loaded.
    else if (wasControlled) become("updateReady");
    wasControlled = true;
  });
  // Refused by the browser, or full: the page works as long as there is a connection.
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
 * Null where there is none: while developing, under `npm start`, in a frame of another page, in a browser without service
 * workers, and where the visitor asks for little data.
 */
export function pageCopy(shown: Promise<unknown>): OfflineCopy | null {
  if (import.meta.env.MODE !== "production" || window.parent !== window) return null;
  const { connection } = navigator as { readonly connection?: { readonly saveData?: boolean } };
  // Absent where the page does not come by https or from this machine.
  if (!("serviceWorker" in navigator) || connection?.saveData === true) return null;
  return keepOfflineCopy(navigator.serviceWorker, shown, () => window.location.reload());
}
