// A small line under the memory meter: bytes in use against those of the full cache, step by step.
import { memo, useMemo } from "react";
import { useElementSize } from "../../ui/useElementSize";
import type { Trace } from "../../trace/trace";
import { memoryLines } from "./memoryLines";

const HEIGHT = 46;

export const MemoryLine = memo(function MemoryLine({ trace, step }: { readonly trace: Trace; readonly step: number }) {
  const [frame, { width }] = useElementSize<HTMLDivElement>({ width: 240, height: HEIGHT });
  const lines = useMemo(() => memoryLines(trace, step, { width, height: HEIGHT }), [trace, step, width]);
  return (
    <div ref={frame} className="meter-line">
      <svg width={width} height={HEIGHT} role="img" aria-label="KV bytes in use over the steps, under the full cache">
        <path className="meter-line-full" d={lines.fullPath} />
        <path className="meter-line-used" d={lines.usedPath} />
        <circle className="meter-line-dot" cx={lines.dot.x} cy={lines.dot.y} r={2.5} />
      </svg>
      <p className="meter-note">Over the steps: in use (thick), full cache (dashed).</p>
    </div>
  );
});
