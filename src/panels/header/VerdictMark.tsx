// Right or wrong, in one line: the answer, the first mistake with a way to its token, the orders.
import { unreachable } from "../../lib/errors";
import type { Mistake, OrderMark, RunVerdict } from "./verdict";

interface VerdictMarkProps {
  readonly verdict: RunVerdict;
  readonly onPin: (position: number) => void;
}

export function VerdictMark({ verdict, onPin }: VerdictMarkProps) {
  if (verdict.type === "unknown") return null;
  return (
    <>
      <span className={`verdict verdict-${verdict.type}`}>{answerText(verdict)}</span>
      {verdict.mistake !== null && <MistakeMark mistake={verdict.mistake} onPin={onPin} />}
      {verdict.orders.length > 0 && <OrderMarks orders={verdict.orders} />}
    </>
  );
}

function answerText({ type, expected, given, isExact }: Exclude<RunVerdict, { type: "unknown" }>): string {
  switch (type) {
    case "right":
      return `✓ right answer: ${expected}${isExact ? ", without a mistake" : ""}`;
    case "wrong":
      return `${given === null ? "✗ no answer" : `✗ wrong answer: ${given}`}, expected ${expected}`;
    case "open":
      return `no answer yet, expected ${expected}`;
    default:
      return unreachable(type);
  }
}

function MistakeMark({ mistake, onPin }: { readonly mistake: Mistake; readonly onPin: VerdictMarkProps["onPin"] }) {
  const { text, position } = mistake;
  if (position === null) return <span className="mistake">{text}</span>;
  return (
    <button type="button" className="mistake link-button" title="Pin this token" onClick={() => onPin(position)}>
      {text}
    </button>
  );
}

const marks: Readonly<Record<OrderMark["verdict"], string>> = { kept: "✓", broken: "✗", open: "·" };
const words: Readonly<Record<OrderMark["verdict"], string>> = { kept: "kept", broken: "broken", open: "to come" };

function OrderMarks({ orders }: { readonly orders: readonly OrderMark[] }) {
  return (
    <ul className="order-marks" aria-label="Orders">
      {orders.map(({ text, verdict }) => (
        <li key={text} className={`order-${verdict}`}>
          <span aria-hidden="true">{marks[verdict]}</span> {text}
          <span className="visually-hidden">: {words[verdict]}</span>
        </li>
      ))}
    </ul>
  );
}
