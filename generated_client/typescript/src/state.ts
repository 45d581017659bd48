/** Where a job stands. */

/** At work, ended with music, ended without, or ended in a way this client does not know. */
export type JobState = "running" | "completed" | "failed" | "unknown";

/** Reads a job's state. `status_final` decides whether it has ended; without it the status does. */
export function stateOf(item: { status_final?: unknown; status?: unknown; status_name?: unknown }): JobState {
  const { status, status_name: name } = item;
  const completed = status === 30 || (status === undefined && name === "COMPLETED");
  const failed = status === 10 || (status === undefined && name === "FAILED");
  const final = typeof item.status_final === "boolean" ? item.status_final : completed || failed;
  if (!final) return "running";
  if (completed) return "completed";
  return failed ? "failed" : "unknown";
}
