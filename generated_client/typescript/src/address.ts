/** Addresses: the base URL, ids in paths, and what of an address may be shown. */
import { ConfigurationError, InvalidArgumentError } from "./errors.js";

/** The live service. */
export const LIVE = "https://api.useapi.net/v1/tempolor";

const PATH = "/v1/tempolor";

/** Returns a base URL without a trailing slash; where only a host is given, adds the service's path. */
export function baseUrlOf(given: string): string {
  const mend = `such as ${LIVE} or http://127.0.0.1:4010`;
  let url: URL;
  try {
    url = new URL(given.trim());
  } catch {
    throw new ConfigurationError(`The base URL is no URL. Pass one ${mend}.`);
  }
  if (!/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash) {
    throw new ConfigurationError(
      `The base URL must be http or https, without user, query or fragment. Pass one ${mend}.`,
    );
  }
  const path = url.pathname.replace(/\/+$/, "");
  return url.origin + (path === "" ? PATH : path);
}

/** Puts ids into a path as they are: the service's ids hold colons, and its own samples send them raw. */
export function fillPath(template: string, values: Record<string, unknown>): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => segment(name, values[name]));
}

function segment(name: string, value: unknown): string {
  if (typeof value !== "string" || value === "") {
    throw new InvalidArgumentError(`${name} is empty. Pass the id as an earlier answer gave it.`);
  }
  const raw = /%3a/i.test(value) ? value.replace(/%3a/gi, ":") : value;
  if (/[/\\]/.test(raw) || /^\.{1,2}$/.test(raw)) {
    throw new InvalidArgumentError(
      `${name} ${JSON.stringify(value)} cannot be part of a path. Pass an id, not an address.`,
    );
  }
  let encoded: string;
  try {
    encoded = encodeURIComponent(raw);
  } catch {
    throw new InvalidArgumentError(`${name} holds half a character. Pass the id as an earlier answer gave it.`);
  }
  // What RFC 3986 allows in a segment stays as it is.
  return encoded.replace(/%(3A|40|24|26|2B|2C|3B|3D)/g, (code) => decodeURIComponent(code));
}

/** An address without its query, which may hold a signature. */
export function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/s, "");
}

/** Returns the name of the first header that cannot be sent. Its value may be a secret, and the platform's error shows it. */
export function badHeader(headers: Record<string, string>): string | undefined {
  return Object.entries(headers).find(([name, value]) => {
    try {
      new Headers([[name, value]]);
      return false;
    } catch {
      return true;
    }
  })?.[0];
}
