// Shows a panel and brings it into view: most stand below the first screen.
import { withPanelShown, type Arrangement, type PanelName } from "../../state/arrangement";
import { bringIntoView } from "../../ui/bringIntoView";

interface PanelWish {
  readonly arrangement: Arrangement;
  /** Panels that have nothing to show. */
  readonly away: readonly PanelName[];
  readonly onArrange: (arrangement: Arrangement) => void;
}

export function showPanel(name: PanelName, { arrangement, away, onArrange }: PanelWish): void {
  onArrange(withPanelShown(arrangement, name, true, away));
  goToPanel(name);
}

/** To a panel that is shown. */
export function goToPanel(name: PanelName): void {
  bringIntoView(`.stage-cell-${name}`);
}
