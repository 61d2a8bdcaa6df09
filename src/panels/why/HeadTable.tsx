// A token's fate in every layer and KV head: held, or the step at which it was evicted. A click moves the focus.
import { memo } from "react";
import type { Focus } from "../focus";
import type { HeadFate } from "./heads";

interface HeadTableProps {
  readonly fates: readonly (readonly HeadFate[])[]; // [layer][kvHead]
  readonly focus: Focus;
  readonly onFocus?: (focus: Focus) => void;
}

export const HeadTable = memo(function HeadTable({ fates, focus, onFocus }: HeadTableProps) {
  return (
    <div
      className="why-heads"
      role="region"
      aria-label="Fate in every head"
      tabIndex={fates.length > 8 ? 0 : undefined}
    >
      <table>
        <thead>
          <tr>
            <th scope="col">layer</th>
            {fates[0].map(({ kvHead }) => (
              <th key={kvHead} scope="col" aria-label={`KV head ${kvHead}`}>
                {kvHead}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {fates.map((row, layer) => (
            <tr key={layer}>
              <th scope="row">{layer}</th>
              {row.map((fate) => (
                <td key={fate.kvHead}>
                  <HeadCell
                    fate={fate}
                    isFocus={layer === focus.layer && fate.kvHead === focus.kvHead}
                    onFocus={onFocus}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
});

interface HeadCellProps {
  readonly fate: HeadFate;
  readonly isFocus: boolean;
  readonly onFocus: HeadTableProps["onFocus"];
}

function HeadCell({ fate: { layer, kvHead, goneStep }, isFocus, onFocus }: HeadCellProps) {
  const said = goneStep === null ? "held" : `evicted at step ${goneStep}`;
  const label = `layer ${layer}, KV head ${kvHead}: ${said}`;
  const className = `why-head ${goneStep === null ? "why-head-held" : "why-head-gone"}`;
  const shown = goneStep === null ? "●" : `✕${goneStep}`;
  if (onFocus === undefined) {
    return (
      <span className={className} role="img" title={label} aria-label={label} data-focus={isFocus || undefined}>
        {shown}
      </span>
    );
  }
  return (
    <button
      type="button"
      className={className}
      title={label}
      aria-label={label}
      aria-pressed={isFocus}
      onClick={() => onFocus({ layer, kvHead })}
    >
      {shown}
    </button>
  );
}
