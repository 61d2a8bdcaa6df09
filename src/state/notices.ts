// Notices that the page shows until they are dismissed: any action may add one, each text once.

export interface Notice {
  readonly id: number;
  readonly tone: "info" | "warning" | "error";
  readonly text: string;
}

export interface NoticesState {
  readonly notices: readonly Notice[];
}

/** Shows a notice. */
export type Tell = (tone: Notice["tone"], text: string) => void;

export interface NoticesActions {
  readonly tell: Tell;
  readonly dismiss: (id: number) => void;
}

export const initialNotices: NoticesState = { notices: [] };

export function noticesActions(set: (change: NoticesState) => void, get: () => NoticesState): NoticesActions {
  let noticeCount = 0;
  return {
    tell(tone, text) {
      const { notices } = get();
      if (notices.some((notice) => notice.text === text)) return;
      set({ notices: [...notices, { id: noticeCount++, tone, text }] });
    },
    dismiss: (id) => set({ notices: get().notices.filter((notice) => notice.id !== id) }),
  };
}
