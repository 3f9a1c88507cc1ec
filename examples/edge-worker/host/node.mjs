// Under Node: the commands on standard input, the outcomes on standard output.
//
//     node host/node.mjs edge_worker.wasm < commands.json

import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { load, play } from "./customerio.mjs";

const call = await load(await WebAssembly.compile(await readFile(process.argv[2])));
console.log(JSON.stringify(await play(call, JSON.parse(await text(process.stdin)))));
