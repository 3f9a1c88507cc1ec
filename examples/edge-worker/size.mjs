// Says how large a module is and what it is made of, and writes it without its names.
//
//     node size.mjs with-names.wasm without.wasm

import { readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const [input, output] = process.argv.slice(2);
const bytes = readFileSync(input);
const NAMES = ["custom", "type", "import", "function", "table", "memory", "global", "export", "start", "element", "code", "data"];

let position = 8;
/** An unsigned LEB128 number. */
const number = () => {
  let [value, shift, byte] = [0, 0, 0];
  do {
    byte = bytes[position++];
    value += (byte & 0x7f) * 2 ** shift;
    shift += 7;
  } while (byte & 0x80);
  return value;
};
const text = () => {
  const length = number();
  return bytes.toString("utf8", position, (position += length));
};

const kept = [bytes.subarray(0, 8)];
const sections = [];
const functions = []; // How large the code of each is.
const names = []; // Imported functions come first.
let imports = 0;
while (position < bytes.length) {
  const start = position;
  const section = bytes[position++];
  const end = number() + position;
  if (section === 0) {
    if (text() === "name") {
      while (position < end) {
        const kind = bytes[position++];
        const next = number() + position;
        if (kind === 1) for (let left = number(); left > 0; left--) names[number()] = text();
        position = next;
      }
    }
  } else {
    kept.push(bytes.subarray(start, end));
    sections.push([NAMES[section] ?? String(section), end - start]);
    if (section === 2) imports = number();
    if (section === 10) {
      for (let left = number(); left > 0; left--) {
        const size = number();
        functions.push(size);
        position += size;
      }
    }
  }
  position = end;
}
if (imports > 0) throw new Error(`${imports} imports: the module needs something that not every host has`);

/**
 * The crate of a mangled name, of the newer kind (`_RNvNtCs1ULEIAsc64Z_4core3fmt5write`) or the older
 * (`_ZN4core3fmt5write17h…E`, `_ZN50_$LT$alloc..string..String$u20$as…`).
 */
const crate = (name = "") => {
  const newer = /Cs[0-9A-Za-z]*_(\d+)_?(.*)/.exec(name);
  if (newer) return newer[2].slice(0, Number(newer[1]));
  const older = /^_ZN(\d+)(.*)/.exec(name);
  const first = older?.[2].slice(0, Number(older[1]));
  return (first?.startsWith("_$LT$") ? /([a-z]\w*)\.\./.exec(first)?.[1] : first) ?? "(the compiler's own)";
};
const crates = new Map();
functions.forEach((size, index) => {
  const of = crate(names[imports + index]);
  crates.set(of, (crates.get(of) ?? 0) + size);
});

const module = Buffer.concat(kept);
writeFileSync(output, module);
const table = (rows) => {
  for (const [name, size] of [...rows].sort((a, b) => b[1] - a[1])) console.log(`${String(size).padStart(8)}  ${name}`);
};
console.log(`${module.length} bytes, ${gzipSync(module, { level: 9 }).length} compressed by gzip; imports: none`);
console.log("by section:");
table(sections);
console.log("its code by crate:");
table(crates);
