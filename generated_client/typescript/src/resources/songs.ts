/** Songs. */
import { Order } from "../jobs.js";
import { Paged } from "../pages.js";
import { Call, type CallOptions } from "../transport.js";
import type { MusicItem, MusicPage, SongOrder } from "../types.js";
import { listMusic } from "./music.js";
import { Orders, withoutKeys } from "./orders.js";
import type { AccountChoice } from "./sending.js";

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
