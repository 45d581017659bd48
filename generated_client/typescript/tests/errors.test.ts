/** Every error the document knows, and some it does not, become an error of their own kind that says what to do. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as client from "tempolor-client";
import { ApiError, type OperationId, TemPolorError } from "tempolor-client";
import { parse } from "yaml";
import { clientOf, Hostile, JOB, PATH, ROOT, thrown } from "./helpers.js";

const SPEC = new URL("../../spec/tempolor_spec/", ROOT);
const KINDS: Record<string, string> = {
  400: "BadRequestError",
  401: "UnauthorizedError",
  402: "SubscriptionRequiredError",
  404: "NotFoundError",
  405: "MethodNotAllowedError",
  413: "BodyTooLargeError",
  429: "AccountBusyError",
};

interface Case {
  id: OperationId;
  status: string;
  name: string;
  body: { error: string };
}

const { errorFor } = (await import(new URL("dist/errors.js", ROOT).href)) as {
  errorFor: (answer: object) => ApiError;
};

const { OPERATIONS } = (await import(new URL("dist/generated/operations.js", ROOT).href)) as {
  OPERATIONS: Record<string, { method: string }>;
};

const answer = (operation: string, status: number, text: string, type = "application/json", attempts = 1) => ({
  status,
  text,
  headers: new Headers({ "content-type": type }),
  request: {
    operation,
    method: OPERATIONS[operation]?.method,
    url: "https://example.test",
    body: undefined,
    attempts,
  },
});

for (const { id, status, name, body } of documented()) {
  test(`${id} ${status} ${name} is a ${KINDS[status]} that says what to do`, () => {
    const error = errorFor(answer(id, Number(status), JSON.stringify(body)));

    assert.ok(isKind(error, KINDS[status] ?? ""), error.name);
    assert.deepEqual(error.body, body);
    assert.equal(error.status, Number(status));
    assert.ok(error.message.includes(body.error.replace(/\.$/, "")));
    assert.match(error.message, /\. [A-Z][^.]{10,}/, "an advice follows");
  });
}

test("the document's errors are all there", () => {
  const pairs = new Set(documented().map(({ id, status }) => `${id} ${status}`));

  assert.equal(pairs.size, declared().filter(({ status }) => status >= "400").length);
});

for (const [title, id, status, text, kind, advice] of [
  ["wrong token", "list_accounts", 401, "Unauthorized", "UnauthorizedError", /USEAPI_TOKEN.*user:<number>-<text>/],
  ["prompt too long", "create_song", 400, "prompt is too long", "BadRequestError", /to 2000 characters/],
  ["lyrics too long", "create_song", 400, "lyrics is too long", "BadRequestError", /to 3000 characters/],
  [
    "two voices",
    "create_song",
    400,
    "Parameters artistVoiceItemId and clonedVoiceItemId cannot be used together",
    "BadRequestError",
    /Choose one singer: artistVoiceItemId/,
  ],
  [
    "a voice that is gone",
    "create_song",
    404,
    "The source material does not exist.",
    "SourceMissingError",
    /pick one from the lists/,
  ],
  [
    "an unfinished job",
    "download_music",
    400,
    "Generation is not completed yet (0)",
    "NotCompletedError",
    /client\.music\.wait/,
  ],
  ["several accounts", "list_music", 400, "Parameter user_id is required", "BadRequestError", /say which one/],
  ["no account", "create_song", 404, "No accounts configured", "NotFoundError", /client\.accounts\.create/],
  [
    "a job that has ended",
    "cancel_job",
    404,
    "Unable to locate running job_id",
    "NotFoundError",
    /has ended or was cancelled/,
  ],
  ["gone", "get_music", 410, "Gone", "GoneError", /order again/],
  ["no credits", "create_song", 412, "Insufficient credits", "NoCreditsError", /Buy credits/],
  ["moderation", "create_song", 422, "Moderated", "ContentRefusedError", /Change the prompt or the lyrics/],
  [
    "a broken account session",
    "create_song",
    596,
    "Session expired",
    "AccountSessionError",
    /Log in to TemPolor with a browser/,
  ],
  ["a failed read", "get_music", 500, "oops", "ServerError", /Try again/],
  ["a failed order", "create_song", 500, "oops", "ServerError", /look at client\.scheduler\.running/],
  ["a status nobody knows", "get_music", 418, "teapot", "ApiError", /baseUrl/],
] as const) {
  test(`${title} is a ${kind} whose message tells what to do`, () => {
    const error = errorFor(answer(id, status, JSON.stringify({ error: text, code: status })));

    assert.equal(error.constructor.name, kind);
    assert.match(error.message, advice);
  });
}

for (const [title, text, type, message] of [
  [
    "HTML",
    "<html><title>504</title><h1>Gateway  Timeout</h1></html>",
    "text/html",
    /\(text\/html\): 504 Gateway Timeout\./,
  ],
  ["text", "upstream connect error", "text/plain", /\(text\/plain\): upstream connect error\./],
  ["nothing", "", "", /without a reason/],
  ["JSON of another shape", '{"detail":[1]}', "application/json", /\(application\/json\): \{"detail":\[1\]\}/],
  ["an error that is no text", '{"error":{"x":1}}', "application/json", /something other than the service/],
  ["null", "null", "application/json", /null/],
] as const) {
  test(`an error of ${title} keeps what came`, () => {
    const error = errorFor(answer("get_music", 504, text, type));

    assert.equal(error.text, text);
    assert.match(error.message, message);
  });
}

test("an error names its job and what was sent", async () => {
  await using server = await Hostile.start();

  const error = await thrown(clientOf(server).music.get(JOB));

  assert.ok(error instanceof ApiError && error instanceof TemPolorError && error instanceof Error);
  assert.equal(error.jobId, JOB);
  assert.ok(error.message.includes(JOB));
  assert.equal(error.request.url, `${server.url}${PATH}/music/${JOB}`);
  assert.equal(error.name, "NotFoundError");
});

test("the README's table of errors is complete", () => {
  const readme = readFileSync(new URL("README.md", ROOT), "utf8");
  const kinds = Object.entries(client).filter(
    ([, value]) => typeof value === "function" && (value as { prototype?: unknown }).prototype instanceof Error,
  );

  const missing = kinds.map(([name]) => name).filter((name) => !readme.includes(`\`${name}\``));

  assert.ok(kinds.length > 20);
  assert.deepEqual(missing, []);
});

function isKind(error: Error, name: string): boolean {
  for (let at = error.constructor; at?.name; at = Object.getPrototypeOf(at)) if (at.name === name) return true;
  return false;
}

/** The error examples of the document. */
function documented(): Case[] {
  return declared().flatMap(({ id, status, examples }) =>
    status < "400"
      ? []
      : Object.entries(examples).map(([name, { $ref }]) => ({
          id,
          status,
          name,
          body: JSON.parse(readFileSync(new URL($ref, SPEC), "utf8")).value,
        })),
  );
}

function declared(): { id: OperationId; status: string; examples: Record<string, { $ref: string }> }[] {
  const document = parse(readFileSync(new URL("openapi.yaml", SPEC), "utf8"));
  const operations = Object.values<Record<string, { operationId: OperationId; responses: object }>>(
    document.paths,
  ).flatMap((item) => Object.values(item));
  return operations.flatMap(({ operationId: id, responses }) =>
    Object.entries<{ $ref?: string; content?: Record<string, { examples: never }> }>({ ...responses }).map(
      ([status, given]) => {
        const response = given.$ref ? document.components.responses[given.$ref.split("/").at(-1) ?? ""] : given;
        return { id, status, examples: response.content?.["application/json"]?.examples ?? {} };
      },
    ),
  );
}

test("every error has its own name spelt out, whatever tools make of the names of classes", () => {
  const kinds = Object.entries(client).filter(
    ([, kind]) => kind === TemPolorError || (kind as { prototype?: unknown }).prototype instanceof TemPolorError,
  );

  assert.ok(kinds.length > 25);
  const source = readFileSync(new URL("src/errors.ts", ROOT), "utf8");
  for (const [name] of kinds) {
    const spelt = name === "CancelledError" ? "AbortError" : name;
    assert.match(source, new RegExp(`class ${name} [^}]*override readonly name: string = "${spelt}";`));
  }
});
