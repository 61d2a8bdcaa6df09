// The component of each view. Watch comes with the page; the others load when they are first shown.
import type { ComponentType } from "react";
import { useLatePart, LateNote } from "../ui/latePart";
import type { Way } from "../settings/linkContent";
import { WatchPage } from "./watch/WatchPage";
import type { WayProps } from "./wayProps";

export const wayPages: Readonly<Record<Way, ComponentType<WayProps>>> = {
  watch: WatchPage,
  explore: lateWay(async () => {
    const [{ ExplorePage }] = await Promise.all([import("./explore/ExplorePage"), preloadFirstPanels()]);
    return ExplorePage;
  }),
  learn: lateWay(() => import("./learn/LearnPage").then(({ LearnPage }) => LearnPage)),
  present: lateWay(() => import("./present/PresentPage").then(({ PresentPage }) => PresentPage)),
  streams: lateWay(() => import("./streams/StreamsPage").then(({ StreamsPage }) => StreamsPage)),
};

/** The panels above the fold come with the view. */
async function preloadFirstPanels(): Promise<void> {
  const { preloadPanels } = await import("../panels/registry");
  await preloadPanels();
}

function lateWay(load: () => Promise<ComponentType<WayProps>>): ComponentType<WayProps> {
  const loadPart = async (): Promise<{ readonly Page: ComponentType<WayProps> }> => ({ Page: await load() });
  return function LateWay(props: WayProps) {
    const { part, failure } = useLatePart(true, loadPart, { what: "This view" });
    if (part === null) return <LateNote failure={failure} />;
    return <part.Page {...props} />;
  };
}
