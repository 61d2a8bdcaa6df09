// Where the set-up stands: a rail beside the panels that folds to a strip, and on a phone a sheet over them.
import { useState, type ReactNode } from "react";
import { Sheet } from "../../ui/Sheet";
import { useKept } from "../../ui/useKept";

/** Below this width, in CSS pixels, the first visit gives all the room to the panels. */
const ROOMY = 1600;

export function SetupRail({ children }: { readonly children: ReactNode }) {
  const [isOpen, setOpen] = useKept("winnow.setup", (kept) =>
    typeof kept === "boolean" ? kept : window.innerWidth >= ROOMY,
  );
  return (
    <aside className={`setup-rail${isOpen ? "" : " setup-rail-folded"}`} aria-label="Set-up">
      <button
        type="button"
        className="setup-fold"
        aria-expanded={isOpen}
        title={isOpen ? "Fold the set-up away" : "Problem, policy, numbers, lanes"}
        onClick={() => setOpen(!isOpen)}
      >
        <span aria-hidden="true">{isOpen ? "«" : "»"}</span> Set-up
      </button>
      {isOpen && children}
    </aside>
  );
}

/** On a phone. */
export function SetupSheet({ children }: { readonly children: ReactNode }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button type="button" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        Set-up
      </button>
      <Sheet name="setup" title="Set-up" isOpen={isOpen} onClose={() => setOpen(false)}>
        {children}
      </Sheet>
    </>
  );
}
