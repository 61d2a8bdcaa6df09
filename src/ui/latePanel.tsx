// A panel whose code is loaded when the panel first comes into view, so that the page starts sooner.

import type { ComponentType, ReactNode, RefObject } from "react";
import { useContext, useEffect, useRef, useState } from "react";
import { errorMessage } from "../lib/errors";
import type { PanelHeading } from "./Panel";
import { Panel, PanelFrameContext } from "./Panel";

export type LatePanel<Props> = ((props: Props) => ReactNode) & {
  /** Resolves once the panel can be drawn at once; what cannot be loaded says so in the panel. */
  readonly preload: () => Promise<void>;
};

/** A placeholder for the panel until its code is loaded; reports a failure and offers to try again. */
export function latePanel<Props extends { readonly heading: PanelHeading }>(
  load: () => Promise<ComponentType<Props>>,
): LatePanel<Props> {
  let Loaded: ComponentType<Props> | null = null;

  function Late(props: Props) {
    const [frame, isInView] = useSeen<HTMLDivElement>();
    // At full size it covers the stage, wherever its place is.
    const isSeen = useContext(PanelFrameContext)?.maximised === props.heading.name || isInView;
    const [failure, setFailure] = useState<string | null>(null);
    const [, setLoaded] = useState(Loaded !== null);
    useEffect(() => {
      if (!isSeen || Loaded !== null || failure !== null) return;
      load().then(
        (component) => {
          Loaded = component;
          setLoaded(true);
        },
        (error: unknown) => setFailure(errorMessage(error)),
      );
    }, [isSeen, failure]);
    if (Loaded !== null) return <Loaded {...props} />;
    return (
      <div ref={frame} className="panel-late">
        <Panel name={props.heading.name} title={props.heading.title} provenance={[]}>
          {failure === null ? (
            <p className="panel-empty" role="status">
              Loading…
            </p>
          ) : (
            <p className="panel-empty" role="alert">
              This panel could not be loaded: {failure}. If the site was updated since this page was opened, only a
              reload helps.{" "}
              <button type="button" onClick={() => setFailure(null)}>
                Try again
              </button>{" "}
              <button type="button" onClick={() => window.location.reload()}>
                Reload the page
              </button>
            </p>
          )}
        </Panel>
      </div>
    );
  }

  const preload = async (): Promise<void> => {
    Loaded ??= await load().catch(() => null);
  };
  return Object.assign(Late, { preload });
}

/** An edge at the bottom of the view does not count. */
const VIEW_MARGIN = "0px 0px -20% 0px";

/** True once the element has come into view. */
export function useSeen<Kind extends HTMLElement>(): [RefObject<Kind | null>, boolean] {
  const element = useRef<Kind>(null);
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    const target = element.current;
    if (target === null || isSeen) return;
    const look = (entries: readonly IntersectionObserverEntry[]): void => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) setSeen(true);
    };
    const observer = new IntersectionObserver(look, { rootMargin: VIEW_MARGIN });
    observer.observe(target);
    return () => observer.disconnect();
  }, [isSeen]);
  return [element, isSeen];
}
