// After the build: every text file beside its .gz and .br, so that the server sends them without any work, and the
// licences of all that went into the build in one file.
//   node scripts/pack.mjs [folder of the build]
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const UI = new URL("..", import.meta.url).pathname;
const OUT = process.argv[2] ?? join(UI, "../src/spyglass/static");
const PACKED = /\.(js|mjs|css|svg|json|txt|wasm|webmanifest)$/;
const SMALLEST_BYTES = 1024;

function* filesIn(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesIn(path);
    else yield path;
  }
}

function pack(path) {
  const data = readFileSync(path);
  if (data.length < SMALLEST_BYTES) return;
  const params = { [constants.BROTLI_PARAM_SIZE_HINT]: data.length, [constants.BROTLI_PARAM_QUALITY]: 11 };
  writeFileSync(`${path}.br`, brotliCompressSync(data, { params }));
  writeFileSync(`${path}.gz`, gzipSync(data, { level: 9 }));
}

/** The text of a package's own licence file, or nothing. */
function licenceText(folder) {
  const name = readdirSync(folder).find((each) => /^(licen[cs]e|copying)(\.|$|-)/i.test(each));
  return name && statSync(join(folder, name)).isFile() ? readFileSync(join(folder, name), "utf8").trim() : "";
}

function licences() {
  const lock = JSON.parse(readFileSync(join(UI, "package-lock.json"), "utf8"));
  const parts = [];
  for (const [place, entry] of Object.entries(lock.packages)) {
    const folder = join(UI, place);
    const found = statSync(join(folder, "package.json"), { throwIfNoEntry: false });
    if (!place || entry.dev || !found) continue;
    const about = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    parts.push(`${about.name} ${about.version} (${about.license ?? "see below"})\n\n${licenceText(folder)}`);
  }
  return `The web UI of Spyglass contains these packages.\n\n${parts.join(`\n\n${"-".repeat(80)}\n\n`)}\n`;
}

writeFileSync(join(OUT, "licences.txt"), licences());
// All names first: packing adds files.
const built = Array.from(filesIn(OUT));
for (const path of built) if (PACKED.test(path)) pack(path);
