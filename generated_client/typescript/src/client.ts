/** The client. */
import type { Client } from "openapi-fetch";
import { adviceOn } from "./advice.js";
import { badHeader, baseUrlOf, LIVE } from "./address.js";
import { Download } from "./downloads.js";
import { ConfigurationError, InvalidArgumentError } from "./errors.js";
import { BUSY_TIMEOUT, MAX_CONNECTIONS, MAX_RETRIES, TIMEOUT } from "./generated/defaults.js";
import type { paths } from "./generated/schema.js";
import { JobCalls } from "./jobs.js";
import { Accounts, Instrumentals, Midi, Music, Scheduler, Songs, Stems, Voices } from "./resources/index.js";
import { sleepWithTimer } from "./timing.js";
import { type LogEvent, type OnBusy, Transport } from "./transport.js";
import type { Sleep } from "./types.js";

/** Options of a client. All times are milliseconds. */
export interface TemPolorOptions {
  /** The useapi.net API token; the environment variable `USEAPI_TOKEN` by default, where there is an environment. */
  token?: string | undefined;
  /** Where the API is; `TEMPOLOR_BASE_URL` by default, else the live service. A host alone gets `/v1/tempolor` added. */
  baseUrl?: string | undefined;
  /** Sends the requests; the platform's own by default. */
  fetch?: typeof globalThis.fetch | undefined;
  /** Waits; give your own in tests. */
  sleep?: Sleep | undefined;
  /** The time in milliseconds since 1970; give your own in tests. */
  now?: (() => number) | undefined;
  /** A number from 0 up to 1 for jitter; give your own in tests. */
  random?: (() => number) | undefined;
  /** How long one try of a call may take: 60 seconds by default, 5 minutes for uploads, 15 for stems. */
  timeout?: number | undefined;
  /** How often a GET or DELETE is sent again after a failure on the way, and anything after a refused connection: 4. */
  maxRetries?: number | undefined;
  /** How long a call waits in all while the account is busy: 30 minutes. 0 throws the first 429. */
  busyTimeout?: number | undefined;
  /** How many short calls run at a time; the others wait their turn, so that connections are shared: 20. */
  maxConnections?: number | undefined;
  /** Headers for every call to the service. */
  headers?: Record<string, string> | undefined;
  /** Told before each wait for a busy account. */
  onBusy?: OnBusy | undefined;
  /** The debug log. Events hold no token, no body and no query of a file's address. */
  log?: ((event: LogEvent) => void) | undefined;
}

/**
 * A client of useapi.net's TemPolor API v1.
 *
 * ```ts
 * const client = new TemPolor();
 * const [song] = await client.songs.createAndWait({ prompt: "A harbour ballad with warm strings" });
 * const audio = await song.download("mp3").blob();
 * ```
 */
export class TemPolor {
  /** TemPolor accounts this API may use. */
  readonly accounts: Accounts;
  /** Songs with vocals. */
  readonly songs: Songs;
  /** Music without vocals. */
  readonly instrumentals: Instrumentals;
  /** Any music, by the id of its job. */
  readonly music: Music;
  /** Voices that can sing. */
  readonly voices: Voices;
  /** MIDI files a song can be built on. */
  readonly midi: Midi;
  /** Recordings of your own, taken apart. */
  readonly stems: Stems;
  /** What runs right now, and how much room is left. */
  readonly scheduler: Scheduler;
  readonly #transport: Transport;

  constructor(options: TemPolorOptions = {}) {
    const token = tokenOf(options.token ?? environment("USEAPI_TOKEN"));
    const bad = badHeader(options.headers ?? {});
    if (bad !== undefined) throw new ConfigurationError(`The header ${bad} cannot be sent. Pass plain text.`);
    const settings = {
      baseUrl: baseUrlOf(options.baseUrl ?? environment("TEMPOLOR_BASE_URL") ?? LIVE),
      fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
      sleep: options.sleep ?? sleepWithTimer,
      now: options.now ?? Date.now,
      random: options.random ?? Math.random,
      timeout: options.timeout ?? TIMEOUT,
      maxRetries: options.maxRetries ?? MAX_RETRIES,
      busyTimeout: options.busyTimeout ?? BUSY_TIMEOUT,
      maxConnections: Math.max(1, options.maxConnections ?? MAX_CONNECTIONS),
      onBusy: options.onBusy,
      log: options.log,
    };
    this.#transport = new Transport(settings, token, options.headers ?? {});
    const calls = new JobCalls(this.#transport);
    this.accounts = new Accounts(this.#transport);
    this.songs = new Songs(calls);
    this.instrumentals = new Instrumentals(calls);
    this.music = new Music(calls);
    this.voices = new Voices(this.#transport);
    this.midi = new Midi(this.#transport);
    this.stems = new Stems(this.#transport);
    this.scheduler = new Scheduler(calls);
  }

  /** Where the API is. */
  get baseUrl(): string {
    return this.#transport.settings.baseUrl;
  }

  /**
   * openapi-fetch on the same address: every path of the document, fully typed, with the token and nothing else. It
   * neither retries nor throws on an error status: `const { data, error, response } = await client.api.GET("/music")`.
   */
  get api(): Client<paths> {
    return this.#transport.api;
  }

  /** A file an answer names, such as `item.cover` or `musicMaterial.waveformUrl`. The token is not sent. */
  file(url: string): Download {
    if (!URL.canParse(url, this.baseUrl) || !/^https?:$/.test(new URL(url, this.baseUrl).protocol)) {
      throw new InvalidArgumentError(
        `${JSON.stringify(url)} is not the address of a file. Some fields hold storage keys instead.`,
      );
    }
    const address = new URL(url, this.baseUrl).href;
    return new Download(this.#transport, { jobIds: [], renewable: false, ask: async () => address });
  }
}

function tokenOf(given: string | undefined): string {
  const token = given?.trim().replace(/^Bearer\s+/i, "");
  if (!token) throw new ConfigurationError(`There is no API token. ${adviceOn("no_token")}`);
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new ConfigurationError(
      "The API token holds characters no token has. Copy it again; it looks like user:<number>-<text>.",
    );
  }
  return token;
}

/** Reads an environment variable where there is an environment. */
function environment(name: string): string | undefined {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  return process?.env?.[name] || undefined;
}
