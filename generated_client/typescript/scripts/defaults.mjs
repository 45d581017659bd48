/** Writes the defaults and the advice that both clients share as a TypeScript module. */
import { readFileSync } from "node:fs";
import { parse } from "yaml";

const SOURCE = new URL("../../defaults.yaml", import.meta.url);

export const readDefaults = () => parse(readFileSync(SOURCE, "utf8"));

/** @returns {string} the module, without its header */
export function defaultsModule({ constants, vocabulary, answers, failures }) {
  const said = (text) =>
    JSON.stringify(
      text.replace(/\{(\w+)\}/g, (_, name) => {
        const word = vocabulary[name]?.typescript;
        if (word === undefined) throw new Error(`the vocabulary has no word for ${name}`);
        return word;
      }),
    );
  const numbers = Object.entries(constants).map(([name, { value, count, note }]) => {
    const unit = count ? "" : " Milliseconds.";
    return `/** ${note}${unit} */\nexport const ${name.toUpperCase()} = ${count ? value : value * 1000};\n`;
  });
  const rows = answers.map((row) => {
    const [lowest, highest] = range(String(row.status ?? "0-999"));
    const fields = [
      `lowest: ${lowest}, highest: ${highest}`,
      row.method && `method: ${JSON.stringify(row.method)}`,
      row.operation && `operation: /^(?:${row.operation})$/`,
      row.words && `words: /${row.words}/i`,
      row.web_page && "webPage: true",
      `say: ${said(row.say)}`,
    ];
    return `  { ${fields.filter(Boolean).join(", ")} },\n`;
  });
  const texts = Object.entries(failures).map(([name, text]) => `  ${name}: ${said(text)},\n`);
  return `/** What to do about an error answer, where all of it fits. \`<job>\` stands for the job's id. */
export interface Row {
  readonly lowest: number;
  readonly highest: number;
  readonly method?: string;
  readonly operation?: RegExp;
  readonly words?: RegExp;
  readonly webPage?: boolean;
  readonly say: string;
}

${numbers.join("")}
/** Advice on error answers; the first row that fits. */
export const ANSWERS: readonly Row[] = [
${rows.join("")}];

/** Advice on everything else, by name. */
export const FAILURES = {
${texts.join("")}} as const;
`;
}

/** The statuses of a row; what the document calls server errors goes on beyond 599 at some gateways. */
function range(status) {
  if (!status.includes("x"))
    return status.includes("-") ? status.split("-").map(Number) : [Number(status), Number(status)];
  return [Number(`${status[0]}00`), status[0] === "5" ? 999 : Number(`${status[0]}99`)];
}
