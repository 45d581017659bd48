/** What to do about an answer: the second half of an error's message. */
import type { KeptAnswer } from "./errors.js";
import { OPERATIONS } from "./generated/operations.js";

const REFUSALS: readonly (readonly [RegExp, string])[] = [
  [/cannot be used (together|with)/i, "Name at most one of artistVoiceItemId, clonedVoiceItemId and midiItemId."],
  [/prompt is too long/i, "Shorten prompt to at most 2000 characters."],
  [/lyrics is too long/i, "Shorten lyrics to at most 3000 characters."],
  [/chords? is too long/i, "Shorten chords to at most 200 characters."],
  [/is too long/i, "Shorten it to at most 1024 characters."],
  [/user_id is required/i, "Several accounts are configured: say which one with user_id."],
  [/is required/i, "Add it to the call."],
  [/incorrect format/i, "Pass the id exactly as an earlier answer gave it; the lists show it too."],
  [/not completed yet \(10\)/i, "The job has failed, so there is no file; order again."],
  [/not completed yet/i, "Wait for the job first: client.music.wait(jobId)."],
  [/empty file/i, "The file has no bytes; check that it was written, and that its stream was not read before."],
  [/content-type must be/i, "Pass one of these as contentType."],
  [/^invalid/i, "Use a value that the message or the documentation lists."],
];

const CHECK_FIRST =
  "It may have been carried out all the same: look at client.scheduler.running() and client.music.list() before sending it again.";

/** Returns what to do about an error answer. */
export function advice({ status, request }: KeptAnswer, message: string | undefined): string {
  const paid = OPERATIONS[request.operation].method === "POST";
  if (status === 400) return refusal(message);
  if (status === 404) return missing(request.operation, request.attempts, message);
  if (status === 596) {
    return "The session of the TemPolor account is broken: log in with a browser again and store the new parameters with client.accounts.create().";
  }
  if (status >= 500) return paid ? CHECK_FIRST : "Try again in a minute.";
  if (status === 0 || (status >= 300 && status < 400)) return "The service never redirects: check baseUrl.";
  if (status < 300) {
    return paid ? CHECK_FIRST : "Check baseUrl, and what stands between this program and the service.";
  }
  return BY_STATUS[status] ?? "Sent again as it is, it will be refused again.";
}

const BY_STATUS: Readonly<Record<number, string>> = {
  401: "Check the API token (option token, or USEAPI_TOKEN); it looks like user:<number>-<text>.",
  402: "Renew the subscription at useapi.net.",
  405: "Check baseUrl; it ends in /v1/tempolor.",
  408: "Try again.",
  410: "It is gone for good; order again.",
  412: "The TemPolor account has no credits left: top it up, or name another account with user_id.",
  413: "Send a smaller file.",
  422: "Its content was refused: change prompt or lyrics.",
  429: "Every slot is taken: let one of the running jobs end or cancel it, name another account with user_id, or allow a longer busyTimeout.",
};

function refusal(message: string | undefined): string {
  const known = REFUSALS.find(([pattern]) => message !== undefined && pattern.test(message));
  return known?.[1] ?? "Sent again as it is, it will be refused again: change the call.";
}

function missing(operation: string, attempts: number, message: string | undefined): string {
  if (/source material/i.test(message ?? "")) {
    return "The voice or MIDI file is gone, not ready yet, or belongs to another account: pick one from the lists.";
  }
  if (/no accounts/i.test(message ?? "") || operation === "list_accounts") {
    return "Configure an account first: client.accounts.create().";
  }
  if (operation.startsWith("delete_") || operation === "cancel_job") {
    const again = attempts > 1 ? " An earlier try, whose answer was lost, may have done it." : "";
    return operation === "cancel_job"
      ? `The job is not running: it may have ended, or been cancelled before.${again}`
      : `Nothing with this id is left to delete.${again}`;
  }
  if (operation === "get_music" || operation === "download_music") {
    return "Check the id: the job may have been deleted, or belong to another token.";
  }
  return "Check user_id: client.accounts.list() shows the configured accounts.";
}
