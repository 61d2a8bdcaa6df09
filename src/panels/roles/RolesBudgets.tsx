// A pair of dots per policy and budget: problems right under a uniform share, and under a share by role.
import { scaleLinear } from "d3";
import type { HeadRoles } from "../../state/storedMeasures";
import { signedNumber, writtenShare } from "../../ui/numbers";
import { useElementSize } from "../../ui/useElementSize";
import { budgetRows, budgetVerdict, type BudgetOutcome, type BudgetRow } from "./budgetRows";

const ROW_HEIGHT = 30;
const TOP = 6;
const LABEL_WIDTH = 84;
const DIFFERENCE_WIDTH = 66;

export function RolesBudgets({ roles }: { readonly roles: HeadRoles }) {
  const [frame, { width }] = useElementSize<HTMLDivElement>({ width: 320, height: 0 });
  const rows = budgetRows(roles);
  const { budgets } = roles;
  if (budgets === null) return null;
  const x = scaleLinear([0, 1], [LABEL_WIDTH, Math.max(LABEL_WIDTH + 60, width - DIFFERENCE_WIDTH)]);
  const bottom = TOP + rows.length * ROW_HEIGHT;
  return (
    <>
      <div ref={frame}>
        <svg width={width} height={bottom + 34} role="img" aria-label={rows.map(rowText).join("; ")}>
          <g className="axis" aria-hidden="true">
            {[0, 0.25, 0.5, 0.75, 1].map((share) => (
              <g key={share}>
                <line className="grid-line" x1={x(share)} x2={x(share)} y1={TOP} y2={bottom} />
                <text x={x(share)} y={bottom + 14} textAnchor="middle">
                  {100 * share}
                </text>
              </g>
            ))}
            <text className="axis-title" x={(x(0) + x(1)) / 2} y={bottom + 29} textAnchor="middle">
              answers right, %
            </text>
          </g>
          {rows.map((row, at) => {
            const y = TOP + (at + 0.5) * ROW_HEIGHT;
            return (
              <g key={at} className="axis">
                <title>{rowText(row)}</title>
                <text x={0} y={y + 4}>
                  {row.label} {writtenShare(row.budgetShare)}
                </text>
                <Dot className="roles-uniform" outcome={row.uniform} x={x} y={y - 4} />
                <Dot className="roles-by-role" outcome={row.roles} x={x} y={y + 4} />
                <text x={width} y={y + 4} textAnchor="end">
                  {signedNumber(Math.round(100 * row.difference))} ± {Math.round(100 * row.differenceError)}
                </text>
              </g>
            );
          })}
        </svg>
      </div>
      <div className="legend">
        <Mark className="roles-uniform" label="uniform" />
        <Mark className="roles-by-role" label="by role (surface InfScore)" />
        <span className="legend-item">bars: ± 1 standard error; at the right: the difference in points</span>
      </div>
      <p className="roles-verdict">
        {budgetVerdict(rows)} {rows[0]?.problemCount ?? 0} problems each, the same for both; w = {budgets.windowSlots},
        s = {budgets.intervalSteps}.
      </p>
    </>
  );
}

function rowText({ label, budgetShare, problemCount, uniform, roles, difference, differenceError }: BudgetRow): string {
  return (
    `${label} at ${writtenShare(budgetShare)} of the mean full length, ${problemCount} problems: uniform ${writtenShare(uniform.right)} right, ` +
    `by role ${writtenShare(roles.right)}, difference ${signedNumber(Math.round(100 * difference))} ± ${Math.round(100 * differenceError)} points`
  );
}

interface DotProps {
  readonly className: string;
  readonly outcome: BudgetOutcome;
  readonly x: (share: number) => number;
  readonly y: number;
}

function Dot({ className, outcome: { right, error }, x, y }: DotProps) {
  const within = (share: number): number => x(Math.min(1, Math.max(0, share)));
  return (
    <g className={className}>
      <line x1={within(right - error)} x2={within(right + error)} y1={y} y2={y} />
      <circle cx={x(right)} cy={y} r={4} />
    </g>
  );
}

function Mark({ className, label }: { readonly className: string; readonly label: string }) {
  return (
    <span className="legend-item">
      <svg width={22} height={10} aria-hidden="true" className={className}>
        <line x1={1} x2={21} y1={5} y2={5} />
        <circle cx={11} cy={5} r={4} />
      </svg>
      {label}
    </span>
  );
}
