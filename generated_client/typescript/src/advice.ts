/** What to do about a failure: the second half of an error's message. */
import { ANSWERS, FAILURES } from "./generated/defaults.js";

/** What of an error answer decides what to do about it. */
export interface AdvisedAnswer {
  readonly status: number;
  readonly method: string;
  readonly operation: string;
  /** The service's own words. */
  readonly words: string;
  /** Whether the body is HTML. */
  readonly webPage: boolean;
}

/** Returns what to do about an error answer. */
export function adviceOnAnswer(answer: AdvisedAnswer, jobId: string | undefined): string {
  const row = ANSWERS.find(
    ({ lowest, highest, method, operation, words, webPage }) =>
      lowest <= answer.status &&
      answer.status <= highest &&
      (method ?? answer.method) === answer.method &&
      (operation?.test(answer.operation) ?? true) &&
      (words?.test(answer.words) ?? true) &&
      (answer.webPage || !webPage),
  );
  return spoken(row?.say ?? "", jobId);
}

/** Returns what to do about another failure. */
export function adviceOn(failure: keyof typeof FAILURES, jobId?: string): string {
  return spoken(FAILURES[failure], jobId);
}

function spoken(say: string, jobId: string | undefined): string {
  return say.replaceAll("<job>", jobId === undefined ? "jobId" : JSON.stringify(jobId));
}
