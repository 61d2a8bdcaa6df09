// Legend items that step × position pictures share.

/** Ground without a colour: the token was evicted. */
export function BlankItem({ children }: { readonly children: string }) {
  return (
    <span className="legend-item">
      <svg width={14} height={12} aria-hidden="true">
        <rect className="legend-blank" x={0.5} y={0.5} width={13} height={11} />
      </svg>
      {children}
    </span>
  );
}

export function HatchItem({ children }: { readonly children: string }) {
  return (
    <span className="legend-item">
      <svg width={14} height={12} aria-hidden="true">
        <rect className="legend-ground" width={14} height={12} />
        <path className="legend-hatch" d="M0,6L6,0M0,12L12,0M6,12L14,4M12,12L14,10" />
      </svg>
      {children}
    </span>
  );
}

export function PromptEdgeItem() {
  return (
    <span className="legend-item">
      <svg width={6} height={14} aria-hidden="true">
        <line className="zoom-prompt" x1={3} x2={3} y2={14} />
      </svg>
      prompt | reasoning
    </span>
  );
}
