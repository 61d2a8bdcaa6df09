// The head of the lifelines: what stands in each column, and the steps.
import type { LifeGeometry } from "./layout";

export function LifeAxis({ geometry }: { readonly geometry: LifeGeometry }) {
  const { width, countRight, xTicks, x } = geometry;
  return (
    <svg className="axis" width={width} height={30} aria-hidden="true">
      <text x={36} y={24} textAnchor="end">
        pos.
      </text>
      <text x={42} y={24}>
        token
      </text>
      {/* x(0) is where the rows begin. */}
      <text x={x(0)} y={11}>
        step →
      </text>
      {countRight > 0 && (
        <text x={countRight} y={11} textAnchor="end">
          heads
        </text>
      )}
      {countRight > 0 && (
        <text x={countRight} y={24} textAnchor="end">
          now
        </text>
      )}
      {xTicks.map(({ at, label }) => (
        <g key={label}>
          <text x={at} y={24} textAnchor="middle">
            {label}
          </text>
          <line x1={at} x2={at} y1={26} y2={30} />
        </g>
      ))}
    </svg>
  );
}
