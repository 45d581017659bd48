/** Client for useapi.net's TemPolor API v1, for Node and browsers. */
export { type Callback, parseCallback } from "./callbacks.js";
export { TemPolor, type TemPolorOptions } from "./client.js";
export { Download, type DownloadOptions, type DownloadPiece, type DownloadProgress } from "./downloads.js";
export {
  AccountBusyError,
  AccountSessionError,
  ApiError,
  BadRequestError,
  BodyTooLargeError,
  CancelledError,
  ConfigurationError,
  ConnectionError,
  ContentRefusedError,
  DownloadError,
  FileError,
  GoneError,
  InvalidArgumentError,
  JobFailedError,
  MethodNotAllowedError,
  NoCreditsError,
  NotCompletedError,
  NotFoundError,
  NotReadyError,
  PaginationError,
  type SentRequest,
  ServerError,
  SourceMissingError,
  SubscriptionRequiredError,
  TemPolorError,
  TimeoutError,
  UnauthorizedError,
  UnexpectedAnswerError,
  WaitTimeoutError,
} from "./errors.js";
export type { components, operations, paths } from "./generated/schema.js";
export { Job, type MusicFile, Order, Track, type WaitOptions, type WaitProgress } from "./jobs.js";
export { Paged } from "./pages.js";
export {
  type AccountChoice,
  type Accounts,
  type CreateAndWaitOptions,
  type Instrumentals,
  type Midi,
  type Music,
  type Scheduler,
  type Songs,
  SplitStems,
  type Stems,
  type Voices,
} from "./resources/index.js";
export { type JobState, stateOf } from "./state.js";
export type { Answer, BusyEvent, Call, CallOptions, LogEvent, OnBusy, RawAnswer } from "./transport.js";
export type * from "./types.js";
export type { UploadOptions, UploadSource } from "./uploads.js";
