// Messages to the reader, each dismissed by hand; screen readers announce them politely.

interface NoticesProps {
  readonly notices: readonly {
    readonly id: number;
    readonly tone: "info" | "warning" | "error";
    readonly text: string;
  }[];
  readonly onDismiss: (id: number) => void;
}

const toneLabels = { info: "Note", warning: "Warning", error: "Failed" } as const;

export function Notices({ notices, onDismiss }: NoticesProps) {
  return (
    <div className="notices" role="status" aria-live="polite">
      {notices.map((notice) => (
        <p key={notice.id} className={`notice notice-${notice.tone}`}>
          <strong>{toneLabels[notice.tone]}:</strong> {notice.text}
          <button type="button" aria-label={`Dismiss: ${notice.text}`} onClick={() => onDismiss(notice.id)}>
            ✕
          </button>
        </p>
      ))}
    </div>
  );
}
