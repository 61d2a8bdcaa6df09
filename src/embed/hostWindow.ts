// The host window: the only one that this page listens to and answers.
import type { PostedMessage } from "./embedMessages";

export interface HostWindow {
  readonly post: (message: PostedMessage, origin: string) => void;
  /** Calls back with every message of that window and its origin. */
  readonly listen: (receive: (data: unknown, origin: string) => void) => void;
  /** Announces to any host that the page is there, and nothing else. */
  readonly announce: () => void;
}

/** Null if the page is not embedded. */
export function hostWindow(): HostWindow | null {
  const { parent } = window;
  if (parent === window) return null;
  return {
    post: (message, origin) => parent.postMessage(message, origin),
    listen(receive) {
      window.addEventListener("message", (event) => {
        if (event.source === parent) receive(event.data, event.origin);
      });
    },
    announce: () => parent.postMessage({ winnow: 1, type: "loaded" }, "*"),
  };
}

/** Before the next frame, or soon if frames are suspended because the embedded page is out of sight. */
export function beforeNextFrame(act: () => void): void {
  let isDone = false;
  const once = (): void => {
    if (isDone) return;
    isDone = true;
    act();
  };
  requestAnimationFrame(once);
  setTimeout(once, 200);
}
