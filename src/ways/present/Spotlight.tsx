// A spotlight that everyone sees: the rest of the screen darkens. It follows the pointer and rests on whole tokens; a pinned
// token holds it, so that it can be moved by keys too.
import { useEffect, useState } from "react";

interface Light {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** CSS pixels. */
const RADIUS = 110;
const MARGIN = 10;

/** `pinned`: the position that is pinned; null for none. */
export function Spotlight({ pinned }: { readonly pinned: number | null }) {
  const [pointed, setPointed] = useState<Light | null>(null);
  const [held, setHeld] = useState<Light | null>(null);
  useEffect(() => {
    const follow = (event: PointerEvent): void => {
      const token = event.target instanceof Element ? event.target.closest("[data-position]") : null;
      setPointed(
        token === null
          ? { left: event.clientX - RADIUS, top: event.clientY - RADIUS, width: 2 * RADIUS, height: 2 * RADIUS }
          : lightOn(token),
      );
    };
    window.addEventListener("pointermove", follow);
    return () => window.removeEventListener("pointermove", follow);
  }, []);
  useEffect(() => {
    // Once the token is where it belongs.
    const frame = requestAnimationFrame(() => {
      const token = pinned === null ? null : document.querySelector(`.show [data-position="${pinned}"]`);
      setHeld(token === null ? null : lightOn(token));
      if (token !== null) setPointed(null);
    });
    return () => cancelAnimationFrame(frame);
  }, [pinned]);
  const light = pointed ?? held ?? { left: -RADIUS, top: -RADIUS, width: 0, height: 0 };
  return <div className="show-spotlight" aria-hidden="true" style={{ ...light }} />;
}

function lightOn(token: Element): Light {
  const { left, top, width, height } = token.getBoundingClientRect();
  return { left: left - MARGIN, top: top - MARGIN, width: width + 2 * MARGIN, height: height + 2 * MARGIN };
}
