/** Voices. */
import { adviceOn } from "../advice.js";
import { AccountBusyError, PaginationError, TemPolorError, WaitTimeoutError } from "../errors.js";
import { LAST_LOOK, POLL_INTERVAL, WAIT_TIMEOUT } from "../generated/defaults.js";
import type { WaitOptions } from "../jobs.js";
import { Paged } from "../pages.js";
import { Call, type CallOptions, type Transport, isTransient } from "../transport.js";
import type { ArtistVoice, ArtistVoicePage, ClonedVoice, ClonedVoicePage, DeleteResult, VoiceClone } from "../types.js";
import { AUDIO, type UploadOptions, type UploadSource } from "../uploads.js";
import { type AccountChoice, fileBody, given, nameFor, upload } from "./sending.js";

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

  /**
   * Waits until a cloned voice can sing, by looking at the list of cloned voices. Failures of the network and
   * the service do not end the wait; its timeout does, and a refusal.
   */
  async waitUntilReady(
    clonedVoiceItemId: string,
    options: Omit<WaitOptions, "onProgress"> & AccountChoice = {},
  ): Promise<ClonedVoice> {
    const {
      timeout = WAIT_TIMEOUT,
      interval = POLL_INTERVAL,
      signal,
      user_id = accountIn(clonedVoiceItemId),
    } = options;
    const { now, timeout: longest } = this.#transport.settings;
    const until = now() + timeout;
    for (;;) {
      const limit = Math.min(longest, Math.max(LAST_LOOK, until - now()));
      const look = { signal, maxRetries: 0, busyTimeout: 0, timeout: limit };
      const voice = await this.#find(clonedVoiceItemId, { user_id }, look);
      if (voice?.status === 30) return voice;
      if (voice?.status === 10) {
        throw new TemPolorError(`Cloning ${clonedVoiceItemId} has failed. ${adviceOn("voice_failed")}`);
      }
      const left = until - now();
      if (left <= 0) {
        throw new WaitTimeoutError(
          `The voice ${clonedVoiceItemId} is not ready after ${Math.round(timeout / 1000)} seconds. ${adviceOn("voice_goes_on")}`,
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
      const survived = error instanceof AccountBusyError || error instanceof PaginationError || isTransient(error);
      if (!survived) throw error;
    }
    return undefined;
  }
}

/** The account inside a composite id. */
function accountIn(id: string): string | undefined {
  return /^user:\d+-tempolor:([^:/]+)-/.exec(id)?.[1];
}
