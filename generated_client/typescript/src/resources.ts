/** The resources of a client, each a handful of calls. */
import { withoutQuery } from "./address.js";
import { Download } from "./downloads.js";
import {
  InvalidArgumentError,
  NotReadyError,
  PaginationError,
  TemPolorError,
  UnexpectedAnswerError,
  WaitTimeoutError,
} from "./errors.js";
import { addressIn, Job, type JobCalls, type MusicFile, Order, type Track, type WaitOptions } from "./jobs.js";
import { Paged } from "./pages.js";
import {
  type Answer,
  Call,
  type CallOptions,
  type CallPlan,
  isTransient,
  type Success,
  type Transport,
} from "./transport.js";
import type {
  Account,
  AccountMap,
  AccountRequest,
  ArtistVoice,
  ArtistVoicePage,
  AtLeastOne,
  Capacity,
  ClonedVoice,
  ClonedVoicePage,
  DeleteResult,
  FileFormat,
  InstrumentalOrder,
  MidiFile,
  MidiPage,
  MusicItem,
  MusicPage,
  OperationId,
  RunningJob,
  SongOrder,
  StemsAnswer,
  UploadedMidi,
  VoiceClone,
} from "./types.js";
import { AUDIO, describe, MIDI, type Prepared, prepare, type UploadOptions, type UploadSource } from "./uploads.js";

/** Which account to look at; needed only with several. */
export interface AccountChoice {
  /** The account's id. */
  user_id?: string | undefined;
}

/** Options of an order that is waited for. */
export interface CreateAndWaitOptions extends WaitOptions {
  /** Told as soon as the order is taken: the moment to keep its job ids. */
  onCreated?: ((order: Order) => void) | undefined;
  /** Options of the order itself. Its signal is that of the wait, unless it has its own. */
  call?: CallOptions | undefined;
}

/** An upload may be cloned or split before it is answered. */
const LONG = 5 * 60_000;

/** TemPolor accounts this API may use. */
export class Accounts {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Stores an account's browser parameters, and how many jobs it may run; replaces what was stored before. */
  create(account: AccountRequest, options?: CallOptions): Call<Account> {
    return this.#transport.call({
      operation: "create_account",
      options,
      body: withoutTicket(account),
      send: (api, init) => api.POST("/accounts", { ...init, body: account }),
    });
  }

  /** All configured accounts, keyed by their `user_id`. A 404 says that there is none. */
  list(options?: CallOptions): Call<AccountMap> {
    return this.#transport.call({
      operation: "list_accounts",
      options,
      send: (api, init) => api.GET("/accounts", init),
    });
  }

  /** One configured account. */
  get(userId: string, options?: CallOptions): Call<Account> {
    return this.#transport.call({
      operation: "get_account",
      options,
      send: (api, init) => api.GET("/accounts/{user_id}", { ...init, params: { path: { user_id: userId } } }),
    });
  }

  /** Removes an account's configuration; the TemPolor account itself is not touched. */
  delete(userId: string, options?: CallOptions): Call<void> {
    return this.#transport.call({
      operation: "delete_account",
      options,
      empty: true,
      send: (api, init) => api.DELETE("/accounts/{user_id}", { ...init, params: { path: { user_id: userId } } }),
    });
  }
}

/** What songs and instrumentals have in common. */
abstract class Orders<O> {
  readonly #calls: JobCalls;

  constructor(calls: JobCalls) {
    this.#calls = calls;
  }

  protected get calls(): JobCalls {
    return this.#calls;
  }

  /** Orders music and returns at once, with the jobs that make it. */
  abstract create(order: O, options?: CallOptions): Call<Order>;

  /** The account's music of this kind, newest first, running jobs included. */
  abstract list(choice?: AccountChoice, options?: CallOptions): Paged<MusicItem, MusicPage>;

  /**
   * Orders music and waits until all of it has completed.
   *
   * @throws JobFailedError if a job ends without music, WaitTimeoutError if it takes too long; both name the jobs.
   */
  async createAndWait(order: O, options: CreateAndWaitOptions = {}): Promise<AtLeastOne<Track>> {
    const { onCreated, call, ...wait } = options;
    const taken = await this.create(order, { signal: options.signal, ...call });
    onCreated?.(taken);
    return taken.wait(wait);
  }

  /** A job of before, by its id. */
  job(jobId: string): Job {
    return new Job(this.calls, jobId);
  }
}

/** Songs with vocals. */
export class Songs extends Orders<SongOrder> {
  create(order: SongOrder, options?: CallOptions): Call<Order> {
    return this.calls.transport
      .call({
        operation: "create_song",
        options,
        body: withoutKeys(order),
        send: (api, init) => api.POST("/music/song", { ...init, body: order }),
      })
      .map((answer, raw) => new Order(this.calls, answer, raw));
  }

  list(choice: AccountChoice = {}, options?: CallOptions): Paged<MusicItem, MusicPage> {
    return listMusic(this.calls, { ...choice, type: "song" }, options);
  }
}

/** Music without vocals. */
export class Instrumentals extends Orders<InstrumentalOrder> {
  create(order: InstrumentalOrder, options?: CallOptions): Call<Order> {
    return this.calls.transport
      .call({
        operation: "create_instrumental",
        options,
        body: withoutKeys(order),
        send: (api, init) => api.POST("/music/instrumental", { ...init, body: order }),
      })
      .map((answer, raw) => new Order(this.calls, answer, raw));
  }

  list(choice: AccountChoice = {}, options?: CallOptions): Paged<MusicItem, MusicPage> {
    return listMusic(this.calls, { ...choice, type: "instrumental" }, options);
  }
}

/** Any music, by the id of its job. */
export class Music {
  readonly #calls: JobCalls;

  constructor(calls: JobCalls) {
    this.#calls = calls;
  }

  /** Looks at a job once. */
  get(jobId: string, options?: CallOptions): Call<MusicItem> {
    return this.#calls.get(jobId, options);
  }

  /** An account's songs, or its instrumentals where `type` says so; newest first, running jobs included. */
  list(
    choice: AccountChoice & { type?: "song" | "instrumental" | undefined } = {},
    options?: CallOptions,
  ): Paged<MusicItem, MusicPage> {
    return listMusic(this.#calls, choice, options);
  }

  /** A job, to be waited for, downloaded, cancelled or deleted. */
  job(jobId: string): Job {
    return new Job(this.#calls, jobId);
  }

  /** Waits until a job has completed; takes up a wait that ended early, in another process too. */
  wait(jobId: string, options?: WaitOptions): Promise<Track> {
    return this.job(jobId).wait(options);
  }

  /** The file of a completed job. */
  download(jobId: string, file?: MusicFile | FileFormat): Download {
    return this.job(jobId).download(file);
  }

  /** Deletes what a job made. */
  delete(jobId: string, options?: CallOptions): Call<DeleteResult> {
    return this.#calls.delete(jobId, options);
  }
}

/** MIDI files a song can be built on. */
export class Midi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Stores a MIDI file; its `midiRenderVO.midiItemId` can be used at once. */
  upload(source: UploadSource, options?: UploadOptions, call?: CallOptions): Call<UploadedMidi> {
    return upload(this.#transport, source, options, MIDI, call, (file, query) => ({
      operation: "upload_midi",
      send: (api, init) =>
        api.POST("/music/midi", {
          ...fileBody(file, init),
          params: { query: { ...query, name: nameFor(file) } },
        }),
    }));
  }

  /** The MIDI files of an account. */
  list(choice: AccountChoice = {}, options?: CallOptions): Paged<MidiFile, MidiPage> {
    return new Paged<MidiFile, MidiPage>((cursor) =>
      this.#transport.call({
        operation: "list_midi",
        options,
        send: (api, init) => api.GET("/music/midi", { ...init, params: { query: given({ ...choice, cursor }) } }),
      }),
    );
  }

  /** Deletes a MIDI file; songs built on it stay. */
  delete(midiItemId: string, options?: CallOptions): Call<DeleteResult> {
    return this.#transport.call({
      operation: "delete_midi",
      options,
      send: (api, init) => api.DELETE("/music/midi/{midiItemId}", { ...init, params: { path: { midiItemId } } }),
    });
  }
}

/** Voices that can sing. */
export class Voices {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Clones a voice from a recording; the service answers when it is ready, or after two minutes. Without
   * `result: true` it is not ready yet: `waitUntilReady()`.
   */
  clone(source: UploadSource, options?: UploadOptions, call?: CallOptions): Call<VoiceClone> {
    return upload(this.#transport, source, options, AUDIO, call, (file, query) => ({
      operation: "clone_voice",
      send: (api, init) =>
        api.POST("/music/cloned-voices", {
          ...fileBody(file, init),
          params: { query: { ...query, name: nameFor(file) } },
        }),
    }));
  }

  /** Waits until a cloned voice can sing, by looking at the list of cloned voices. */
  async waitUntilReady(
    clonedVoiceItemId: string,
    options: Omit<WaitOptions, "onProgress"> & AccountChoice = {},
  ): Promise<ClonedVoice> {
    const { timeout = LONG, interval = 10_000, signal, user_id = accountIn(clonedVoiceItemId) } = options;
    const { now } = this.#transport.settings;
    const until = now() + timeout;
    for (;;) {
      const voice = await this.#find(clonedVoiceItemId, { user_id }, { signal });
      if (voice?.status === 30) return voice;
      if (voice?.status === 10) {
        throw new TemPolorError(`Cloning ${clonedVoiceItemId} has failed. Try another recording: one voice, no music.`);
      }
      const left = until - now();
      if (left <= 0) {
        throw new WaitTimeoutError(
          `The voice ${clonedVoiceItemId} is not ready after ${Math.round(timeout / 1000)} seconds. Wait again with its id.`,
        );
      }
      await this.#transport.sleep(Math.min(interval, left), signal);
    }
  }

  /** The voices cloned on an account, ready or not. */
  listCloned(choice: AccountChoice = {}, options?: CallOptions): Paged<ClonedVoice, ClonedVoicePage> {
    return new Paged<ClonedVoice, ClonedVoicePage>((cursor) =>
      this.#transport.call({
        operation: "list_cloned_voices",
        options,
        send: (api, init) =>
          api.GET("/music/cloned-voices", { ...init, params: { query: given({ ...choice, cursor }) } }),
      }),
    );
  }

  /** The voices TemPolor offers to every account; order one by its `itemId`. */
  listArtists(choice: AccountChoice = {}, options?: CallOptions): Paged<ArtistVoice, ArtistVoicePage> {
    return new Paged<ArtistVoice, ArtistVoicePage>((cursor) =>
      this.#transport.call({
        operation: "list_artist_voices",
        options,
        send: (api, init) =>
          api.GET("/music/artist-voices", { ...init, params: { query: given({ ...choice, cursor }) } }),
      }),
    );
  }

  /** Deletes a cloned voice; songs it has sung stay. */
  delete(clonedVoiceItemId: string, options?: CallOptions): Call<DeleteResult> {
    return this.#transport.call({
      operation: "delete_cloned_voice",
      options,
      send: (api, init) =>
        api.DELETE("/music/cloned-voices/{clonedVoiceItemId}", { ...init, params: { path: { clonedVoiceItemId } } }),
    });
  }

  async #find(id: string, choice: AccountChoice, options: CallOptions): Promise<ClonedVoice | undefined> {
    try {
      for await (const voice of this.listCloned(choice, options)) if (voice.clonedVoiceItemId === id) return voice;
    } catch (error) {
      if (!isTransient(error) && !(error instanceof PaginationError)) throw error;
    }
    return undefined;
  }
}

/** Recordings of your own, taken apart. */
export class Stems {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Takes a recording apart into vocals, drums, bass and so on; can take minutes. */
  split(source: UploadSource, options?: Omit<UploadOptions, "name">, call?: CallOptions): Call<SplitStems> {
    return upload(this.#transport, source, options, AUDIO, call, (file, query) => ({
      operation: "split_stems",
      send: (api, init) => api.POST("/music/stems-splitter", { ...fileBody(file, init), params: { query } }),
    })).map((answer, raw) => new SplitStems(this.#transport, { data: answer, raw }));
  }
}

/** A recording that was taken apart. */
export class SplitStems {
  /** The service's answer. */
  readonly answer: StemsAnswer;
  readonly #transport: Transport;
  readonly #raw: Answer<StemsAnswer>["raw"];

  constructor(transport: Transport, { data, raw }: Answer<StemsAnswer>) {
    this.#transport = transport;
    this.#raw = raw;
    this.answer = data;
  }

  /** The ZIP file with one file for each stem. */
  download(): Download {
    const { stemsZipUrl, state } = this.answer;
    if (!stemsZipUrl) {
      throw new NotReadyError(
        `The stems are not ready (state ${state ?? "unknown"}), and cannot be asked for later: split the recording again.`,
      );
    }
    const url = addressIn(stemsZipUrl, this.#raw, []);
    return new Download(this.#transport, { jobIds: [], renewable: false, ask: async () => url });
  }
}

/** What runs right now, and how much room is left. */
export class Scheduler {
  readonly #calls: JobCalls;

  constructor(calls: JobCalls) {
    this.#calls = calls;
  }

  /** Every job still running, over all accounts. */
  running(options?: CallOptions): Call<RunningJob[]> {
    return this.#calls.transport
      .call({
        operation: "list_running_jobs",
        options,
        send: (api, init) => api.GET("/scheduler", init),
      })
      .map((jobs, raw) => {
        if (!Array.isArray(jobs)) throw new UnexpectedAnswerError(raw);
        return jobs;
      });
  }

  /** The running jobs, and how many more each account could take. */
  available(options?: CallOptions): Call<Capacity> {
    return this.#calls.transport.call({
      operation: "get_available_capacity",
      options,
      send: (api, init) => api.GET("/scheduler/available", init),
    });
  }

  /** Stops tracking a job and frees its slot; TemPolor still finishes the work. */
  cancel(jobId: string, options?: CallOptions): Call<void> {
    return this.#calls.cancel(jobId, options);
  }
}

function listMusic(
  { transport }: JobCalls,
  choice: AccountChoice & { type?: "song" | "instrumental" | undefined },
  options: CallOptions | undefined,
): Paged<MusicItem, MusicPage> {
  return new Paged<MusicItem, MusicPage>((cursor) =>
    transport.call({
      operation: "list_music",
      options,
      send: (api, init) => api.GET("/music", { ...init, params: { query: given({ ...choice, cursor }) } }),
    }),
  );
}

type Uploading = "upload_midi" | "clone_voice" | "split_stems";
type Planned<O extends OperationId> = Pick<CallPlan<O>, "operation" | "send">;

/** Prepares a file, then sends it: all of it, on each try. */
function upload<O extends Uploading>(
  transport: Transport,
  source: UploadSource,
  options: UploadOptions = {},
  accepted: readonly string[],
  call: CallOptions | undefined,
  plan: (file: Prepared<string>, query: { user_id?: string }) => Planned<O>,
): Call<Success<O>> {
  const query = options.user_id === undefined ? {} : { user_id: options.user_id };
  const answer = prepare(source, options, accepted).then((file) =>
    transport.call({ ...plan(file, query), options: call, body: describe(file), timeout: LONG, long: true }).withRaw(),
  );
  return new Call(answer);
}

/** Sends a file as it is, under its own media type. */
function fileBody<I extends { headers: Record<string, string> }>(file: Prepared<string>, init: I) {
  return {
    ...init,
    headers: { "Content-Type": file.contentType, ...init.headers },
    body: file.blob,
    bodySerializer: (body: Blob) => body,
  };
}

function nameFor({ name }: Prepared<string>): string {
  if (!name) throw new InvalidArgumentError("The file has no name of its own. Pass name: what to call it in lists.");
  return name;
}

/** Leaves out what is undefined. */
function given<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

/** The account inside a composite id. */
function accountIn(id: string): string | undefined {
  return /^user:\d+-tempolor:([^:/]+)-/.exec(id)?.[1];
}

/** The order as errors show it: the query of a `replyUrl` is often a key. */
function withoutKeys<T extends { replyUrl?: string }>(order: T): T {
  return order.replyUrl?.includes("?") ? { ...order, replyUrl: `${withoutQuery(order.replyUrl)}?***` } : order;
}

function withoutTicket(account: AccountRequest): AccountRequest {
  const { requestParams } = account;
  return requestParams && "service_ticket" in requestParams
    ? { ...account, requestParams: { ...requestParams, service_ticket: "***" } }
    : account;
}
