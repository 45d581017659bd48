/** TemPolor accounts. */
import { Call, type CallOptions, type Transport } from "../transport.js";
import type { Account, AccountMap, AccountRequest } from "../types.js";

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

function withoutTicket(account: AccountRequest): AccountRequest {
  const { requestParams } = account;
  return requestParams && "service_ticket" in requestParams
    ? { ...account, requestParams: { ...requestParams, service_ticket: "***" } }
    : account;
}
