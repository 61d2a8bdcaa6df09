// The why card while no token is chosen: how to choose one, and the two that are worth it most.
import type { Trace } from "../../trace/trace";
import { writtenNumber } from "../../ui/numbers";
import type { Focus } from "../focus";
import { tokenLabel, tokenText } from "../tokenFacts";
import { closestCall } from "./closestCall";

interface InvitationProps {
  readonly trace: Trace;
  readonly step: number;
  readonly focus: Focus;
  readonly onPin: (position: number) => void;
}

export function Invitation({ trace, step, focus, onPin }: InvitationProps) {
  const call = closestCall(trace, step, focus);
  const pinButton = (position: number) => (
    <button type="button" className="why-pick" onClick={() => onPin(position)}>
      {tokenLabel(tokenText(trace, position))} <span className="muted">({position})</span>
    </button>
  );
  return (
    <div className="panel-empty">
      <p>Point at a token anywhere to see what decided about it in this head; click to hold it.</p>
      {call !== null && (
        <p>
          Closest call, at step {call.step}: {pinButton(call.keptPosition)} stayed, {pinButton(call.gonePosition)} went,{" "}
          {writtenNumber(call.margin)} apart.
        </p>
      )}
    </div>
  );
}
