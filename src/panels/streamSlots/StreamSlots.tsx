// Memory against the length of the stream: the lanes' lines stay under |M|, the full cache's does not.
import { memo } from "react";
import { bytesInWords } from "../../hub/bytesInWords";
import { counted } from "../../lib/counted";
import { fullSlotsAfter } from "../../trace/stream/streamReplay";
import { ChartAxes } from "../../ui/ChartAxes";
import { Panel, type PanelHeading } from "../../ui/Panel";
import { useElementSize } from "../../ui/useElementSize";
import { LaneMark, laneClass } from "../lanes/LaneMark";
import type { StreamShown } from "../stream/streamShown";
import { slotsLayout, slotsNow, slotsTable, slotsText } from "./layout";
import "./streamSlots.css";

interface StreamSlotsProps extends Pick<StreamShown, "lanes" | "seen" | "version" | "provenance"> {
  readonly heading: PanelHeading;
}

const HEIGHT = 236;
/** Lanes often have the same line: the first is the widest, so that each shows beneath the next. */
const LINE = 1.6;
const LINE_STEP = 2.6;

export const StreamSlots = memo(function StreamSlots({ heading, lanes, seen, provenance }: StreamSlotsProps) {
  const [frame, { width }] = useElementSize<HTMLDivElement>({ width: 420, height: HEIGHT });
  const layout = slotsLayout(lanes, seen, { width, height: HEIGHT });
  const { plot, lines, byteTicks, nowX, fullPath } = layout;
  const caps = [...new Map(lines.flatMap(({ cap }) => (cap === null ? [] : [[cap.slots, cap] as const]))).values()];
  const full = fullSlotsAfter(lanes[0], seen);
  return (
    <Panel {...heading} provenance={[provenance, "derived"]} table={() => slotsTable(lanes)}>
      <div ref={frame}>
        <svg width={width} height={HEIGHT} role="img" aria-label={slotsText(lanes, seen)}>
          <ChartAxes {...layout} xTitle="frames seen" yTitle="slots in use, every head" />
          <g className="axis" aria-hidden="true">
            {byteTicks.map(({ at, label }) => (
              <text key={label} x={plot.right + 4} y={at + 4}>
                {label}
              </text>
            ))}
          </g>
          {fullPath !== null && <path className="stream-slots-full" d={fullPath} />}
          {caps.map(({ y, slots }) => (
            <g key={slots} aria-hidden="true">
              <line className="stream-slots-cap" x1={plot.left} x2={plot.right} y1={y} y2={y} />
              <text className="stream-slots-cap-name" x={plot.right - 4} y={y - 5} textAnchor="end">
                |M| {slots.toLocaleString("en")}
              </text>
            </g>
          ))}
          {lines.map(({ lane, path, laterPath }) => (
            <g
              key={lane}
              className={`stream-slots-line ${laneClass(lane)}`}
              strokeWidth={LINE + LINE_STEP * (lines.length - 1 - lane)}
            >
              <path d={path} />
              {laterPath !== "" && <path className="stream-slots-later" d={laterPath} />}
            </g>
          ))}
          <line className="stream-slots-now" x1={nowX} x2={nowX} y1={plot.top} y2={plot.bottom} />
        </svg>
      </div>
      <table className="stream-slots-table">
        <thead>
          <tr>
            <th scope="col">After {counted(seen, "frame")}</th>
            <th scope="col">slots</th>
            <th scope="col">most so far</th>
            <th scope="col">K and V</th>
          </tr>
        </thead>
        <tbody>
          {slotsNow(lanes, seen).map(({ name, lengthSlots, peakSlots, capSlots, bytes }, lane) => (
            <tr key={lane}>
              <th scope="row">
                <LaneMark lane={lane} /> {name}
              </th>
              <td className="number">{lengthSlots.toLocaleString("en")}</td>
              <td className="number">
                {peakSlots.toLocaleString("en")}
                {capSlots === null ? "" : ` of ${capSlots.toLocaleString("en")}`}
              </td>
              <td className="number">{bytesInWords(bytes)}</td>
            </tr>
          ))}
          {fullPath !== null && (
            <tr>
              <th scope="row">
                <svg width={14} height={10} aria-hidden="true">
                  <path className="stream-slots-full" d="M0,5h14" />
                </svg>{" "}
                Full cache, computed
              </th>
              <td className="number">{full.toLocaleString("en")}</td>
              <td className="number">–</td>
              <td className="number">{bytesInWords(full * lanes[0].header.memory.bytesPerSlot)}</td>
            </tr>
          )}
        </tbody>
      </table>
    </Panel>
  );
});
