// What each panel of the stage was asked to show, beyond trace, step and focus.
import { defaultAttentionView, type AttentionView } from "../attention/layout";
import { defaultLanesView, type LanesView } from "../lanes/view";
import { defaultLifelinesView, type LifelinesView } from "../lifelines/view";
import { defaultMapView, type MapView } from "../map/layout";
import { defaultMaskView, type MaskView } from "../mask/layout";
import { defaultOverlapView, type OverlapView } from "../overlap/view";
import { defaultScoreView, type ScoreView } from "../score/view";
import { defaultTextView, type TextView } from "../text/layout";
import type { ZoomView } from "../../ui/zoom/zoomView";

export interface StageViews {
  readonly text: TextView;
  readonly map: MapView;
  readonly score: ScoreView;
  readonly attention: AttentionView;
  readonly mask: MaskView;
  readonly overlap: OverlapView;
  readonly lifelines: LifelinesView;
  readonly lanes: LanesView;
  /** Of both pictures of steps by positions. */
  readonly zoom: ZoomView;
}

export const defaultStageViews: StageViews = {
  text: defaultTextView,
  map: defaultMapView,
  score: defaultScoreView,
  attention: defaultAttentionView,
  mask: defaultMaskView,
  overlap: defaultOverlapView,
  lifelines: defaultLifelinesView,
  lanes: defaultLanesView,
  zoom: null,
};

/** A function for each view that stays the same from step to step. */
export type SetStageViews = { readonly [Name in keyof StageViews]: (view: StageViews[Name]) => void };
