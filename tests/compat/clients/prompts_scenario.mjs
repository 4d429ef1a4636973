// The prompts scenario, the same for every JavaScript SDK: each program hands in what its own SDK calls do.
export const RUN = process.env.COMPAT_RUN;
const TEXT = `${RUN}/greeting`; // a folder, so that the name has to travel percent-encoded
const CHAT = `${RUN}-interview`;
const COMPOSED = `${RUN}-composed`;
const HISTORY = [
  { role: "user", content: "Salut {{persona}} 👋" },
  { role: "assistant", content: "Bonjour." },
];

const describe = ({ name, version, prompt, type, config, labels, tags, isFallback, commitMessage }) => ({
  name,
  version,
  prompt,
  type,
  config,
  labels: [...labels].sort(),
  tags,
  isFallback: isFallback ?? false,
  commitMessage: commitMessage ?? null,
});

/** What a call that must fail said. */
async function refusal(call) {
  try {
    return { unexpected: await call() };
  } catch (error) {
    return { status: error.statusCode ?? null, message: error.body?.message ?? error.message };
  }
}

/** The same for a creation; the 3.x client logs a refused one and carries on, so there it says nothing. */
const refuseCreation = (sdk, body) => (sdk.remove ? refusal(() => sdk.create(body)) : null);

async function playText(sdk) {
  const first = await sdk.create({
    name: TEXT,
    type: "text",
    prompt: "Hello {{name}}, welcome to {{ place }}. {{name}}!",
    labels: ["production"],
    tags: ["compat", "greeting"],
    config: { temperature: 0.3, stop: ["\n"], nested: { deep: null } },
    commitMessage: "first version",
  });
  const second = await sdk.create({ name: TEXT, prompt: "Hi {{name}} <b>&amp;</b> 🙂", labels: ["staging"] });
  const reads = {
    default: await sdk.get(TEXT),
    staging: await sdk.get(TEXT, { label: "staging" }),
    latest: await sdk.get(TEXT, { label: "latest" }),
    first: await sdk.get(TEXT, { version: 1 }),
  };
  const compiled = reads.default.compile({ name: "Ada", place: "Zürich" });
  const forLangchain = reads.default.getLangchainPrompt();
  return {
    created: [describe(first), describe(second)],
    reads: Object.fromEntries(Object.entries(reads).map(([key, each]) => [key, describe(each)])),
    compiled,
    forLangchain,
  };
}

async function playChat(sdk) {
  const prompt = [
    { role: "system", content: "You are {{persona}}." },
    { type: "placeholder", name: "history" },
    { role: "user", content: "{{question}}" },
  ];
  await sdk.create({ name: CHAT, type: "chat", prompt, labels: ["production"] });
  const read = await sdk.get(CHAT, { type: "chat" });
  const variables = { persona: "Ada", question: "Why?" };
  return {
    read: describe(read),
    compiled: read.compile(variables, { history: HISTORY }),
    unfilled: read.compile(variables),
    forLangchain: read.getLangchainPrompt(),
    otherType: await refuseCreation(sdk, { name: CHAT, type: "text", prompt: "text now" }),
  };
}

async function playComposed(sdk) {
  const tag = (rest) => `@@@langfusePrompt:name=${TEXT}|${rest}@@@`;
  await sdk.create({
    name: COMPOSED,
    prompt: `Begin. ${tag("version=1")} Then: ${tag("label=staging")} End.`,
    labels: ["production"],
  });
  return {
    read: (await sdk.get(COMPOSED)).prompt,
    cycle: await refuseCreation(sdk, { name: TEXT, prompt: `@@@langfusePrompt:name=${COMPOSED}|version=1@@@` }),
  };
}

/** Labels move behind the SDK's back, by a second client, then through the SDK itself. */
async function playCache(sdk) {
  const versions = [(await sdk.get(TEXT)).version];
  await sdk.updateElsewhere(TEXT, 2, ["production"]);
  versions.push((await sdk.get(TEXT)).version); // from the cache
  versions.push((await sdk.get(TEXT, { cacheTtlSeconds: 0 })).version);
  const updated = await sdk.update(TEXT, 1, ["production", "release-1"]);
  versions.push((await sdk.get(TEXT)).version); // the SDK forgot what it knew of this name
  return { versions, updatedLabels: [...updated.labels].sort() };
}

async function playFallback(sdk) {
  const missing = `${RUN}-missing`;
  const options = { maxRetries: 0 };
  const text = await sdk.get(missing, { ...options, fallback: "Fallback for {{name}}" });
  const messages = [{ role: "user", content: "Fallback for {{name}}" }];
  const chat = await sdk.get(missing, { ...options, label: "beta", type: "chat", fallback: messages });
  return {
    text: describe(text),
    compiled: [text.compile({ name: "Ada" }), chat.compile({ name: "Ada" })],
    chat: describe(chat),
    refusals: {
      label: await refusal(() => sdk.get(missing, options)),
      version: await refusal(() => sdk.get(TEXT, { ...options, version: 99 })),
    },
    fallback: text,
  };
}

/** A prompt of three versions of which one, and then the rest, is deleted; only where the SDK can delete. */
async function playDelete(sdk) {
  if (!sdk.remove) return null;
  const name = `${RUN}/short lived`;
  for (const prompt of ["a", "b", "c"]) await sdk.create({ name, prompt, labels: [`is-${prompt}`] });
  await sdk.remove(name, { version: 3 });
  const latest = (await sdk.get(name, { label: "latest" })).prompt;
  await sdk.remove(name, { label: "is-a" });
  const left = (await sdk.list(name)).data[0].versions;
  await sdk.remove(name);
  const gone = await refusal(() => sdk.get(name, { label: "latest", maxRetries: 0 }));
  return { latest, left, gone, inUse: await refusal(() => sdk.remove(TEXT)) };
}

/** Plays everything and prints the report; `sdk.link` sends one generation for each prompt that it gets. */
export async function play(sdk) {
  const text = await playText(sdk);
  const chat = await playChat(sdk);
  const composed = await playComposed(sdk);
  const cache = await playCache(sdk);
  const { fallback, ...fallbacks } = await playFallback(sdk);
  const prompts = { text: await sdk.get(TEXT), chat: await sdk.get(CHAT, { type: "chat" }), fallback };
  const links = await sdk.link(prompts);
  const ids = { text: prompts.text.promptResponse.id, chat: prompts.chat.promptResponse.id };
  const deleted = await playDelete(sdk);
  console.log(JSON.stringify({ text, chat, composed, cache, fallbacks, links, ids, deleted }));
}
