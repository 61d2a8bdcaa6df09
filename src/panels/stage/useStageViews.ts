// The views of the stage as the page's state has them, and a function for each to change it.
import { useMemo } from "react";
import { useStore } from "zustand";
import type { PageStore } from "../../state/pageStore";
import { choicesOfViews, stageViewsOf } from "./viewChoices";
import type { SetStageViews, StageViews } from "./views";

export function useStageViews(store: PageStore): [StageViews, SetStageViews] {
  const choices = useStore(store, (state) => state.views);
  const views = useMemo(() => stageViewsOf(choices), [choices]);
  const set = useMemo((): SetStageViews => {
    const setter =
      <Name extends keyof StageViews>(name: Name) =>
      (view: StageViews[Name]): void => {
        const { views: before, setViews } = store.getState();
        setViews(choicesOfViews({ ...stageViewsOf(before), [name]: view }));
      };
    return {
      text: setter("text"),
      map: setter("map"),
      score: setter("score"),
      attention: setter("attention"),
      mask: setter("mask"),
      overlap: setter("overlap"),
      lifelines: setter("lifelines"),
      lanes: setter("lanes"),
      zoom: setter("zoom"),
    };
  }, [store]);
  return [views, set];
}
