/** Lists that come in pages. */
import { PaginationError } from "./errors.js";
import type { Call } from "./transport.js";

/** What every page of the service looks like. */
export interface Page<T> {
  records?: T[];
  hasNext?: boolean;
  cursor?: string;
}

const MOST_EMPTY = 100;

/**
 * A list, fetched a page at a time as it is read: `for await (const item of list)`. A list that would go on for ever,
 * because a cursor comes twice or is missing, or very many pages in a row are empty, throws a `PaginationError`.
 */
export class Paged<T, P extends Page<T> = Page<T>> implements AsyncIterable<T> {
  readonly #fetch: (cursor: string | undefined) => Call<P>;

  constructor(fetch: (cursor: string | undefined) => Call<P>) {
    this.#fetch = fetch;
  }

  /** One page: the first, or the one a cursor names. */
  page(cursor?: string): Call<P> {
    return this.#fetch(cursor || undefined);
  }

  /** The pages, one after the other. */
  async *pages(): AsyncGenerator<P, void, undefined> {
    const seen = new Set<string>();
    let empty = 0;
    for (let cursor: string | undefined; ;) {
      const page = await this.page(cursor);
      yield page;
      cursor = page.cursor;
      if (!(page.hasNext ?? Boolean(cursor))) return;
      if (!cursor) throw new PaginationError("The list promises another page without naming it. Use what came so far.");
      if (seen.has(cursor)) {
        throw new PaginationError(`The list names the cursor ${JSON.stringify(cursor)} twice. Use what came so far.`);
      }
      seen.add(cursor);
      empty = page.records?.length ? 0 : empty + 1;
      if (empty >= MOST_EMPTY) {
        throw new PaginationError(`The last ${empty} pages of the list are empty. Use what came so far.`);
      }
    }
  }

  /** The entries, one after the other. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for await (const page of this.pages()) yield* page.records ?? [];
  }

  /** The entries as an array, no more than `limit` of them. */
  async toArray(limit = Number.POSITIVE_INFINITY): Promise<T[]> {
    const all: T[] = [];
    if (limit <= 0) return all;
    for await (const entry of this) {
      all.push(entry);
      if (all.length >= limit) break;
    }
    return all;
  }
}
