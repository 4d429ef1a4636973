// Media through `@langfuse/otel` 4.x and 5.x, which takes data URIs out of the attributes of spans; and through
// the client: `media.resolveReferences`, and (5.x) `LangfuseMedia` in dataset items.
import { LangfuseClient } from "@langfuse/client";
import { LangfuseMedia } from "@langfuse/core";
import { LangfuseSpanProcessor } from "@langfuse/otel";
import { startActiveObservation, startObservation } from "@langfuse/tracing";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { CONTENTS, describeContents, describeUri, hash } from "./media_contents.mjs";
import { eventually } from "./waiting.mjs";

const processor = new LangfuseSpanProcessor();
const sdk = new NodeSDK({ spanProcessors: [processor] });
sdk.start();
const langfuse = new LangfuseClient();
const { picture, sound, document, note } = CONTENTS;
const RUN = process.env.COMPAT_RUN;

const wrap = ({ type, bytes }) => new LangfuseMedia({ source: "bytes", contentBytes: bytes, contentType: type });

function sendGeneration() {
  const content = [{ type: "input_audio", input_audio: { data: sound.uri, format: "wav" } }];
  const attributes = { input: [{ role: "user", content }], output: wrap(document), metadata: { note: note.uri } };
  const generation = startObservation("multimodal", attributes, { asType: "generation" });
  generation.end();
  return generation.id;
}

const report = { contents: describeContents() };
await startActiveObservation("media", async (root) => {
  report.trace = root.traceId;
  root.update({ input: { text: "look", image: picture.uri }, output: ["the same", picture.uri] });
  report.observation = sendGeneration();
});
await processor.forceFlush();

async function readBack(traceId) {
  const read = () => langfuse.api.trace.get(traceId);
  const { observations } = await eventually(read, (trace) => trace.observations.length === 2);
  const [root, { input, output, metadata }] = ["media", "multimodal"].map((name) => observations.find((o) => o.name === name));
  const obj = { image: root.input.image, input, output, note: metadata.note };
  const resolved = await langfuse.media.resolveReferences({ obj, resolveWith: "base64DataUri" });
  report.downloaded = await download(root.output[1]);
  return {
    picture: describeUri(resolved.image),
    sound: describeUri(resolved.input[0].content[0].input_audio.data),
    document: describeUri(resolved.output),
    note: describeUri(resolved.note),
  };
}

async function download(reference) {
  const { mediaId } = langfuse.media.constructor.parseReferenceString(reference);
  const { contentType, contentLength, url } = await langfuse.api.media.get(mediaId);
  return [contentType, contentLength, hash(Buffer.from(await (await fetch(url)).arrayBuffer()))];
}

/** A dataset item with a file of its own and one that the server has already. */
async function playDatasetItem() {
  if (!langfuse.dataset.createItem) return null;
  const datasetName = `${RUN}/media`;
  await langfuse.api.datasets.create({ name: datasetName });
  const fresh = { type: "image/webp", bytes: Buffer.from(`fresh of ${RUN}`) };
  await langfuse.dataset.createItem({
    datasetName,
    id: `${RUN}-media-item`,
    input: { pictures: [wrap(fresh), wrap(picture)], "it's": { deep: wrap(fresh) } },
    expectedOutput: wrap(sound),
  });
  const [item] = (await langfuse.dataset.get(datasetName)).items;
  const files = [...item.input.pictures, item.expectedOutput];
  const read = await Promise.all(files.map(async (file) => [file.contentType, hash(await file.fetchBytes())]));
  return { sent: hash(fresh.bytes), read, fields: item.mediaReferences.map((each) => [each.field, each.jsonPath]) };
}

report.resolved = await readBack(report.trace);
report.item = await playDatasetItem();
console.log(JSON.stringify(report));
await sdk.shutdown();
