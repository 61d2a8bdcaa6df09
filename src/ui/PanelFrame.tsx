// What the page can do with a panel, offered by the panel's menu. Without a provider a panel stands alone and offers none.
import { createContext } from "react";

export interface PanelFrame {
  readonly maximised: string | null;
  /** Makes a panel fill the stage, or lets it go back where it was one. */
  readonly onMaximise: (name: string) => void;
  /** Absent where nothing would bring the panel back. */
  readonly onHide?: (name: string) => void;
  /** Says how a copy or a download went. */
  readonly onTell: (tone: "info" | "error", text: string) => void;
}

export const PanelFrameContext = createContext<PanelFrame | null>(null);
