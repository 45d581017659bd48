/**
 * The view of the document that the generator gets. The document itself stays strict; a client has to live with what a
 * later revision of the service sends, so its types are wider in two places:
 *
 * - a list of values in an answer or a callback is open: values it does not name type-check too;
 * - so is one in a request, where a later revision's overlay adds a value.
 *
 * Examples leave: in the source they are references to files, and types do not need them.
 */

/** Marks a list of values as open for the generator's hook. */
export const OPEN = "x-open-enum";

/**
 * @param {any} document the parsed openapi.yaml
 * @param {any[]} overlays the parsed overlays of later revisions
 * @returns {any} a copy, changed
 */
export function transform(document, overlays) {
  const view = structuredClone(document);
  for (const schema of answered(view)) {
    if (Array.isArray(schema.enum)) schema[OPEN] = true;
  }
  for (const name of extended(overlays)) {
    const schema = view.components.schemas[name];
    if (!Array.isArray(schema?.enum))
      throw new Error(`an overlay adds a value to ${name}, which has no list of values`);
    schema[OPEN] = true;
  }
  dropExamples(view);
  return view;
}

/** Names of the schemas whose list of values a later revision makes longer. */
export function extended(overlays) {
  const actions = overlays.flatMap((overlay) => overlay.actions).filter((action) => action.update?.enum);
  const names = actions.map((action) => /^\$\.components\.schemas\.(\w+)$/.exec(action.target)?.[1]);
  return new Set(names.filter((name) => name !== undefined));
}

/** Every schema that an answer, or a call of the service to us, can contain. */
function answered(document) {
  const found = new Set();
  for (const item of Object.values(document.paths)) {
    for (const operation of Object.values(item)) {
      collect(operation.responses, document, found);
      collect(operation.callbacks, document, found);
    }
  }
  return found;
}

function collect(node, document, found) {
  if (node === null || typeof node !== "object" || found.has(node)) return;
  found.add(node);
  if (typeof node.$ref === "string" && node.$ref.startsWith("#/")) {
    const target = node.$ref
      .slice(2)
      .split("/")
      .reduce((at, key) => at?.[key], document);
    if (target === undefined) throw new Error(`nothing at ${node.$ref}`);
    collect(target, document, found);
  }
  for (const [key, child] of Object.entries(node)) {
    if (key !== "examples" && key !== "example") collect(child, document, found);
  }
}

function dropExamples(node) {
  if (node === null || typeof node !== "object") return;
  delete node.examples;
  for (const child of Object.values(node)) dropExamples(child);
}

/** The operations of a document in its own order: id, method, path. */
export function operationsOf(document) {
  const methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => methods.includes(method))
      .map(([method, operation]) => ({ id: operation.operationId, method: method.toUpperCase(), path })),
  );
}
