// The questions of a stream, each lane's answers, and for one of them why it is right or wrong: what the frames say, what the cache
// still held of that, and what the answer looked at.
import { memo } from "react";
import { counted } from "../../lib/counted";
import { readQuestion } from "../../problems/stream/questionForms";
import type { StreamTrace } from "../../trace/stream/streamTrace";
import { Panel, type PanelHeading } from "../../ui/Panel";
import { LaneMark } from "../lanes/LaneMark";
import { PatchIcon } from "../stream/PatchIcon";
import { patchWords } from "../stream/patchFacts";
import { askedAt, streamLaneNames, type AnswerAt, type StreamHandlers, type StreamShown } from "../stream/streamShown";
import { AskForm, type StreamAsk } from "./AskForm";
import {
  framesSay,
  framesSayText,
  heldSights,
  heldText,
  mostLookedAt,
  questionRows,
  questionsTable,
  rightCounts,
  rightText,
  spans,
  type LaneAnswer,
  type QuestionRow,
} from "./questionRows";
import "./streamQuestions.css";

type StreamQuestionsProps = Pick<
  StreamShown & StreamHandlers,
  "lanes" | "seen" | "look" | "version" | "provenance" | "onLook" | "onSeen" | "onStageLane" | "onFrame"
> & { readonly heading: PanelHeading; readonly ask: StreamAsk };

export const StreamQuestions = memo(function StreamQuestions(props: StreamQuestionsProps) {
  const { heading, lanes, seen, look, provenance, ask, onLook, onSeen, onStageLane, onFrame } = props;
  const rows = questionRows(lanes, seen);
  const names = streamLaneNames(lanes);
  const counts = rightCounts(rows, lanes.length);
  const asked = askedAt(lanes, look);
  const chosen = rows.find((row) => asked !== null && row.moment === asked.moment && row.question === asked.question);
  const show = (row: QuestionRow, lane: number, { answer }: LaneAnswer): void => {
    onLook({ lane, answer });
    onStageLane(lane);
    onSeen(row.moment);
    const sight = framesSay(lanes[lane], row.moment, row.question)?.seen.at(-1);
    if (sight !== undefined) onFrame(sight.frame);
  };
  const knowing = lanes.flatMap(({ header }, lane) => (header.recipe.knownQuestion === null ? [] : [lane]));
  return (
    <Panel {...heading} provenance={[provenance, "derived"]} table={() => questionsTable(lanes)}>
      <AskForm trace={lanes[0]} isEveryLane={lanes.length > 1} seen={seen} ask={ask} />
      {rows.length === 0 ? (
        <p className="panel-empty">No question was asked of this stream.</p>
      ) : (
        <div className="stream-questions-scroll" role="region" aria-label="Questions and answers" tabIndex={0}>
          <table className="stream-questions">
            <thead>
              <tr>
                <th scope="col">Question</th>
                <th scope="col">The frames say</th>
                {lanes.map((_, lane) => (
                  <th key={lane} scope="col">
                    <LaneMark lane={lane} /> {names[lane]}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.number} className={row === chosen ? "stream-question-chosen" : undefined}>
                  <th scope="row">
                    <span className="stream-question-number">{row.number}</span> {readQuestion(row.question)}
                    <button
                      type="button"
                      className="link-button stream-question-moment"
                      title="Go to this moment"
                      onClick={() => onSeen(row.moment)}
                    >
                      after {counted(row.moment, "frame")}
                    </button>
                  </th>
                  <td>
                    {row.moment > seen ? (
                      <span className="muted">to come</span>
                    ) : (
                      (row.expected ?? <span className="muted">they do not say</span>)
                    )}
                  </td>
                  {row.answers.map((answer, lane) => (
                    <td key={lane}>
                      {answer === null ? (
                        <span className="muted">{row.moment > seen ? "to come" : "not asked"}</span>
                      ) : (
                        <AnswerButton
                          answer={answer}
                          isPressed={look?.lane === lane && look.answer === answer.answer}
                          onPress={() => show(row, lane, answer)}
                        />
                      )}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
            {rows.length > 1 && (
              <tfoot>
                <tr>
                  <th scope="row" colSpan={2}>
                    Right
                  </th>
                  {counts.map((count, lane) => (
                    <td key={lane}>{rightText(count)}</td>
                  ))}
                </tr>
              </tfoot>
            )}
          </table>
        </div>
      )}
      {knowing.length > 0 && (
        <p className="stream-questions-note">
          {knowing.length === 1 ? "Lane" : "Lanes"} {spans(knowing.map((lane) => lane + 1))}{" "}
          {knowing.length === 1 ? "compresses" : "compress"} by what question 1, “
          {readQuestion(lanes[knowing[0]].header.recipe.knownQuestion ?? "")}
          ”, looks at, known from the first frame. No other lane knows a question. Every question is asked behind the
          cache of that moment and taken back, so none sees another.
        </p>
      )}
      {chosen === undefined || look === null ? (
        rows.length > 0 && (
          <p className="stream-questions-note">Choose an answer to see the patches that it looked at.</p>
        )
      ) : (
        <AnswerDetail row={chosen} look={look} lanes={lanes} names={names} onFrame={onFrame} />
      )}
    </Panel>
  );
});

interface AnswerButtonProps {
  readonly answer: LaneAnswer;
  readonly isPressed: boolean;
  readonly onPress: () => void;
}

function AnswerButton({ answer: { given, isRight }, isPressed, onPress }: AnswerButtonProps) {
  const verdict = isRight === null ? "not judged" : isRight ? "right" : "wrong";
  return (
    <button
      type="button"
      className={`stream-answer stream-answer-${verdict.replace(" ", "-")}`}
      aria-pressed={isPressed}
      title={`${verdict}: show the patches that this answer looked at`}
      onClick={onPress}
    >
      <span aria-hidden="true">{isRight === null ? "?" : isRight ? "✓" : "✗"}</span>
      <span className="visually-hidden">{verdict}: </span> {given}
    </button>
  );
}

interface AnswerDetailProps {
  readonly row: QuestionRow;
  readonly look: AnswerAt;
  readonly lanes: readonly StreamTrace[];
  readonly names: readonly string[];
  readonly onFrame: (frame: number) => void;
}

const SHOWN_LOOKS = 5;

function AnswerDetail({ row, look, lanes, names, onFrame }: AnswerDetailProps) {
  const trace = lanes[look.lane];
  const said = framesSay(trace, row.moment, row.question);
  const looks = mostLookedAt(trace, look.answer, SHOWN_LOOKS);
  return (
    <div className="stream-answer-detail">
      <p>{framesSayText(said)}</p>
      {said !== null && said.seen.length > 0 && (
        <ul>
          {lanes.map((lane, at) => (
            <li key={at}>
              <LaneMark lane={at} /> {names[at]}: {heldText(heldSights(lane, row.moment, said.seen))}
            </li>
          ))}
        </ul>
      )}
      <p>
        {looks.length === 0
          ? "The attention of this answer was not recorded."
          : `Lane ${look.lane + 1} looked most at (attention, mean over heads, summed over the answer’s tokens):`}
      </p>
      {looks.length > 0 && (
        <ul className="stream-answer-looks">
          {looks.map(({ frame, cell, name, attention }) => (
            <li key={`${frame}.${cell}`}>
              <button type="button" className="link-button" onClick={() => onFrame(frame)}>
                <PatchIcon name={name} size={16} /> {patchWords(name)}, frame {frame + 1}
              </button>{" "}
              <span className="number">{attention.toFixed(2)}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
