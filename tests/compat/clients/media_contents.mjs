// The files of the media programs: their bytes differ from client to client, so that each really uploads.
import { createHash } from "node:crypto";

const TYPES = { picture: "image/png", sound: "audio/wav", document: "application/pdf", note: "text/plain" };
const LENGTHS = { picture: 257, sound: 200_000, document: 4096, note: 12 };

function makeBytes(name) {
  const blocks = [];
  for (let i = 0; i * 32 < LENGTHS[name]; i++) {
    blocks.push(createHash("sha256").update(`${process.env.COMPAT_RUN} ${name} ${i}`).digest());
  }
  return Buffer.concat(blocks).subarray(0, LENGTHS[name]);
}

export const hash = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** name -> {type, bytes, base64, uri} */
export const CONTENTS = Object.fromEntries(
  Object.entries(TYPES).map(([name, type]) => {
    const bytes = makeBytes(name);
    const base64 = bytes.toString("base64");
    return [name, { type, bytes, base64, uri: `data:${type};base64,${base64}` }];
  }),
);

/** What the report says of the files that were sent. */
export const describeContents = () =>
  Object.fromEntries(Object.entries(CONTENTS).map(([name, { type, bytes }]) => [name, [type, bytes.length, hash(bytes)]]));

/** [type, length, hash] of a data URI that an SDK put in the place of a reference. */
export function describeUri(uri) {
  const [, type, base64] = /^data:([^;]+);base64,(.*)$/.exec(uri) ?? [null, null, ""];
  const bytes = Buffer.from(base64, "base64");
  return [type, bytes.length, hash(bytes)];
}
