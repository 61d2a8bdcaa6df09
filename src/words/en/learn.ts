// What Learn says around its lessons. The lessons' own texts: public/lessons/en.

export const learnWords = {
  loading: "Loading the lessons…",
  retry: "Try again",
  noLesson: (asked: string, count: number) =>
    `There is no lesson “${asked}” here: there are 1 to ${count}. Choose one below.`,

  contents: {
    title: "Learn",
    intro:
      "Short lessons on what a language model remembers while it writes, and what happens when it has to forget. " +
      "Each lesson is a real run that you can look into. The page checks what you do, and nothing you do can break it.",
    minutes: (minutes: number) => `${minutes} min`,
    begin: "Begin",
    goOn: "Continue",
    again: "Open again",
    tasksDone: (done: number, count: number) => `${done} of ${count} tasks done`,
    progress: "Your progress is kept in this browser.",
    save: "Save progress",
    add: "Add progress from a file…",
    added: (count: number) => (count === 1 ? "Progress in one lesson added." : `Progress in ${count} lessons added.`),
    openFile: "Open a lesson file…",
    ownLesson: "From a file",
    teachers: "For teachers",
  },

  lesson: {
    all: "All lessons",
    place: (number: number | null, count: number, minutes: number) =>
      number === null ? `Lesson from a file · ${minutes} min` : `Lesson ${number} of ${count} · ${minutes} min`,
    parts: "Parts of this lesson",
    part: (place: number, title: string, isDone: boolean) => `Part ${place}: ${title}${isDone ? " (done)" : ""}`,
    back: "Back",
    next: "Next",
    skip: "Skip",
    nextLesson: (title: string) => `Next lesson: ${title}`,
    textTab: "Lesson",
    stageTab: "Run",
    resetStage: "Reset",
    resetTip: "Put the run of this part back as it was",
    stage: "The run of this lesson",
  },

  run: {
    controls: "Settings of the run",
    loading: "Starting the model in your browser…",
    running: (step: number) => `Running: step ${step}`,
    failed: "The run could not be computed here. You can read on; nothing else depends on it.",
    waiting: "The run of this part appears here.",
    verdict: (verdict: "right" | "wrong", given: string | null, expected: string) =>
      verdict === "right"
        ? `answers ${given ?? ""} ✓`
        : `${given === null ? "gives no answer" : `answers ${given}`} ✗; ${expected} is right`,
  },

  task: {
    kinds: { predict: "Predict", find: "Find", change: "Change" },
    done: "Done",
    hint: "Give me a hint",
    nextHint: "Another hint",
    solution: "Show me",
    right: "The run agrees",
    wrong: "The run disagrees",
    options: "Your prediction",
  },

  handIn: {
    title: "Hand in",
    explain:
      "The link holds this run, the moment on screen, and a proof: whoever opens it sees whether the run is genuine.",
    open: (count: number) =>
      count === 1 ? "One task of this lesson is still open." : `${count} tasks of this lesson are still open.`,
    link: "Hand-in link",
    long: "This link is long: some mail and chat programs cut it. Paste it where long links survive.",
  },

  teachers: {
    title: "For teachers",
    back: "All lessons",
    intro:
      "Each lesson opens by its own link and in a frame of your course page. A student ends with a link that proves what they found: " +
      "open it, and the page runs the experiment again and says whether it came out the same.",
    goals: "What students can do afterwards",
    mistakes: "What students get wrong",
    handIn: "What they hand in",
    link: "Link to this lesson",
    frame: "Frame for a course page",
    write: "A lesson is one JSON file. The schema, with an example: docs/lessons.md in the repository.",
  },
} as const;
