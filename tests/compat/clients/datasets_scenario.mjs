// The datasets scenario of the JavaScript SDKs: one dataset in a folder, three items to run and one archived.
export const RUN = process.env.COMPAT_RUN;

export const DATASET = {
  name: `${RUN}/capital cities`,
  description: "Which country is it? 🌍",
  metadata: { owner: "compat", sources: ["atlas", null] },
};

export const itemId = (key) => `${RUN}-item-${key}`;

/** Bodies of items as `POST /dataset-items` takes them. */
export const ITEMS = [
  { key: "bern", input: { city: "Bern" }, expectedOutput: "CH", metadata: { difficulty: 1 } },
  { key: "paris", input: { city: "Paris" }, expectedOutput: "FR" },
  { key: "nowhere", input: { city: "Nowhere" } },
  { key: "byzantium", input: { city: "Byzantium" }, status: "ARCHIVED" },
].map(({ key, ...body }) => ({ datasetName: DATASET.name, id: itemId(key), ...body }));

/** Changes one item: what it does not name stays. */
export const CHANGE = { datasetName: DATASET.name, id: itemId("paris"), metadata: { changed: true } };

export const describeItem = ({ id, input, expectedOutput, metadata, status, datasetName }) => [
  id,
  input,
  expectedOutput,
  metadata,
  status,
  datasetName,
];

const byId = (one, other) => (one.id < other.id ? -1 : 1);
export const describeDataset = ({ id, name, description, metadata, items }) => ({
  id,
  name,
  description,
  metadata,
  items: items.toSorted(byId).map(describeItem),
});

const ANSWERS = { Bern: "CH", Paris: "Fr" };

/** The application under test; it knows no other cities. */
export function answer(city) {
  if (!(city in ANSWERS)) throw new Error("no such city");
  return ANSWERS[city];
}
