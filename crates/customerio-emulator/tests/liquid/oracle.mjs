// Renders templates with liquidjs: reads {"template", "scope", "now"} a line, and writes {"text"} or {"error"} a line.
// The first argument is the folder with its node_modules. See .ci/liquid.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { resolve } from "node:path";

const { Liquid } = createRequire(resolve(process.argv[2], "package.json"))("liquidjs");

const engine = new Liquid({ strictVariables: true, strictFilters: true, lenientIf: true });

// How numbers and money are written is not liquidjs's own, but that of every ECMAScript engine.
const digits = (fraction) => ({ minimumFractionDigits: fraction, maximumFractionDigits: fraction });
const money = (fraction) => (amount, locale = "en", currency = "USD") =>
  new Intl.NumberFormat(locale, { style: "currency", currency, ...(currency === "JPY" ? {} : digits(fraction)) }).format(amount);
engine.registerFilter("format_number", (number, locale = "en") => new Intl.NumberFormat(locale).format(number));
engine.registerFilter("currency", money(2));
engine.registerFilter("rounded_currency", money(0));

for await (const line of createInterface({ input: process.stdin })) {
  const { template, scope, now } = JSON.parse(line);
  Date.now = () => now * 1000;
  let response;
  try {
    // JSON in UTF-8 has no half of a character.
    response = { text: engine.parseAndRenderSync(template, scope).toWellFormed() };
  } catch (error) {
    response = { error: error.message };
  }
  process.stdout.write(JSON.stringify(response) + "\n");
}
