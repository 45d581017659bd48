/** MIDI files. */
import { Paged } from "../pages.js";
import { Call, type CallOptions, type Transport } from "../transport.js";
import type { DeleteResult, MidiFile, MidiPage, UploadedMidi } from "../types.js";
import { MIDI, type UploadOptions, type UploadSource } from "../uploads.js";
import { type AccountChoice, fileBody, given, nameFor, upload } from "./sending.js";

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
