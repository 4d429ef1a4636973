// Media through npm `langfuse` 3.x: data URIs, `LangfuseMedia` and the audio of OpenAI messages within events.
import { Langfuse, LangfuseMedia } from "langfuse";
import { CONTENTS, describeContents, describeUri, hash } from "./media_contents.mjs";
import { eventually } from "./waiting.mjs";

await new Promise((resolve) => setTimeout(resolve, 20)); // the SDK loads what it hashes with in the background
const langfuse = new Langfuse();
const { picture, sound, document, note } = CONTENTS;

const trace = langfuse.trace({ name: "media", input: { text: "look", image: picture.uri } });
const generation = trace.generation({
  name: "multimodal",
  input: [{ role: "user", content: [{ type: "input_audio", input_audio: { data: sound.base64, format: "wav" } }] }],
  metadata: { note: note.uri },
});
generation.end({ output: new LangfuseMedia({ contentBytes: document.bytes, contentType: document.type }) });
trace.update({ output: ["the same", picture.uri] });
await langfuse.flushAsync();

async function readBack(data) {
  const [{ input, output, metadata }] = data.observations;
  const obj = { image: data.input.image, input, output, note: metadata.note };
  const resolved = await langfuse.resolveMediaReferences({ obj, resolveWith: "base64DataUri" });
  return {
    picture: describeUri(resolved.image),
    sound: describeUri(resolved.input[0].content[0].input_audio.data),
    document: describeUri(resolved.output),
    note: describeUri(resolved.note),
  };
}

async function download(reference) {
  const { mediaId } = LangfuseMedia.parseReferenceString(reference);
  const { contentType, contentLength, url } = await langfuse.fetchMedia(mediaId);
  return [contentType, contentLength, hash(Buffer.from(await (await fetch(url)).arrayBuffer()))];
}

// Of the plain API: the SDK's own reader logs a refusal, once for each time that it is too early.
const isComplete = ({ output, observations }) => output && observations[0]?.output;
const data = await eventually(() => langfuse.api.traceGet(trace.id), isComplete);
const report = { trace: trace.id, observation: generation.id, contents: describeContents() };
report.resolved = await readBack(data);
report.downloaded = await download(data.output[1]);
console.log(JSON.stringify(report));
await langfuse.shutdownAsync();
