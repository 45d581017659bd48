/** Instrumentals. */
import { Order } from "../jobs.js";
import { Paged } from "../pages.js";
import { Call, type CallOptions } from "../transport.js";
import type { InstrumentalOrder, MusicItem, MusicPage } from "../types.js";
import { listMusic } from "./music.js";
import { Orders, withoutKeys } from "./orders.js";
import type { AccountChoice } from "./sending.js";

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
